from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, create_engine, text
from structlog.testing import capture_logs

from server.config import Config
from server.crypto.suites import Suite
from server.domain.codes import FieldGroup, Purpose, Role
from server.domain.visibility import VISIBILITY, Sight
from server.store.residents import ALL_FIELDS
from server.store.transaction import Store, new_id
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_care import in_care
from tests.residents import ID_NO, OTHER_ID_NO
from tests.signed_in import Signed, sign_in

BODY = {
    "name": "欧阳试验", "sex": "2", "birth_date": "1990-03-07", "id_type": "01", "id_no": ID_NO,
    "phone": "138 0000 1234", "address": "试验镇试验村3组12号",
}  # fmt: skip
SHOWN = ("name", "birth_date", "id_no", "phone", "address")


@pytest.fixture
def officer(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.JUDICIAL_OFFICER, county.township, Purpose.SWEEP)


def entered(officer: Signed, area_code: str, **changes: Any) -> dict[str, Any]:
    answer = officer.post("/residents", json=BODY | {"area_code": area_code} | changes)
    assert answer.status_code == 201, answer.text
    return answer.json or {}


def changed(officer: Signed, id_: str, version: int, **changes: Any) -> Any:
    return officer.patch(f"/residents/{id_}", json=changes, headers={"If-Match": f'"{version}"'})


def shown(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.text
    return [answer.json[name] for name in SHOWN]


def events(owner_engine: Engine, county: County) -> str:
    """Everything that stands in the county's log so far, staged or moved."""
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :code, true)"), {"code": county.code})
        rows = connection.scalars(text("SELECT convert_from(event, 'UTF8') FROM access_stage ORDER BY id"))
        return "\n".join(rows)


def test_who_entered_somebody_reads_them_back(officer: Signed, county: County) -> None:
    made = entered(officer, county.grid)
    assert made["warnings"] == ["id_no_region_unknown"]
    answer = officer.get(f"/residents/{made['id']}")
    assert shown(answer) == ["欧阳试验", "1990-03-07", ID_NO, "13800001234", "试验镇试验村3组12号"]
    assert answer.headers["ETag"] == '"1"'


def test_the_same_id_is_not_entered_twice(officer: Signed, county: County) -> None:
    made = entered(officer, county.grid)
    again = officer.post("/residents", json=BODY | {"area_code": county.grid, "id": made["id"]})
    assert (again.status_code, again.json["code"]) == (409, "record_exists")


def test_a_grid_worker_reads_their_own_only_and_shortened(client: FlaskClient, county: County, officer: Signed) -> None:
    worker = sign_in(client, county, Role.GRID_WORKER, county.grid, Purpose.SWEEP)
    made = entered(officer, county.grid)
    assert worker.get(f"/residents/{made['id']}").status_code == 404
    with county.owner_engine.begin() as connection:
        context = {"code": county.code, "worker": worker.user_id, "id": made["id"]}
        connection.execute(
            text("SELECT set_config('linli.county', :code, true), set_config('linli.areas', :code, true)"), context
        )
        connection.execute(text("UPDATE resident SET created_by = :worker WHERE id = :id"), context)
    assert shown(worker.get(f"/residents/{made['id']}")) == [
        "欧阳**", None, "4309**********0023", "138****1234", "试验镇试验村***",
    ]  # fmt: skip


def test_a_protected_address_is_shown_to_the_assessor_alone(client: FlaskClient, county: County) -> None:
    assessor = sign_in(client, county, Role.ASSESSOR, county.code, Purpose.CARE)
    made = entered(assessor, county.grid, address_protected=True)
    clinician = sign_in(client, county, Role.CLINICIAN, county.township, Purpose.CARE)
    in_care(county, carers=(assessor.user_id, clinician.user_id), resident_id=UUID(made["id"]))
    assert assessor.get(f"/residents/{made['id']}").json["address"] == BODY["address"]
    offices = (Role.JUDICIAL_OFFICER, Role.TOWNSHIP_COORDINATOR)
    for other in (clinician, *(sign_in(client, county, role, county.township, Purpose.SWEEP) for role in offices)):
        answer = other.get(f"/residents/{made['id']}").json
        assert (answer["address"], answer["address_protected"]) == (None, True)


def test_an_assessor_reaches_nobody_else_s_people(client: FlaskClient, county: County, officer: Signed) -> None:
    made = entered(officer, county.grid)
    assessor = sign_in(client, county, Role.ASSESSOR, county.code, Purpose.CARE)
    assert assessor.get(f"/residents/{made['id']}").status_code == 404
    in_care(county, resident_id=UUID(made["id"]))
    assert assessor.get(f"/residents/{made['id']}").status_code == 404
    assert assessor.post("/residents/search", json={"phone": BODY["phone"]}).json["items"] == []


def test_only_the_roles_of_the_table_protect_an_address(officer: Signed, county: County) -> None:
    refused = officer.post("/residents", json=BODY | {"area_code": county.grid, "address_protected": True})
    assert (refused.status_code, refused.json["code"]) == (403, "field_not_for_role")


def test_a_minor_needs_a_guardian_or_a_stated_conflict(officer: Signed, county: County) -> None:
    minor = {"birth_date": "2016-02-29", "id_no": None, "id_type": "09"}
    refused = officer.post("/residents", json=BODY | {"area_code": county.grid} | minor)
    assert (refused.status_code, refused.json["code"]) == (422, "guardian_required")
    entered(officer, county.grid, **minor, guardian_name="李试验", guardian_relation="52")
    entered(officer, county.grid, **minor, guardian_conflict=True)


def test_a_correction_keeps_the_rest_and_counts_up(officer: Signed, county: County, owner_engine: Engine) -> None:
    made = entered(officer, county.grid)
    assert changed(officer, made["id"], 1, phone="13900005678", address=None).json["version"] == 2
    assert shown(officer.get(f"/residents/{made['id']}")) == ["欧阳试验", "1990-03-07", ID_NO, "13900005678", None]
    assert changed(officer, made["id"], 1, phone=None).json["code"] == "record_changed"
    assert '"after":2' in events(owner_engine, county)
    assert '"fields":["resident.address","resident.phone"]' in events(owner_engine, county)


def test_a_correction_is_found_under_the_new_name_only(officer: Signed, county: County) -> None:
    made = entered(officer, county.grid)
    changed(officer, made["id"], 1, name="慕容试验")
    assert officer.post("/residents/search", json={"name": "欧阳试验"}).json["items"] == []
    assert len(officer.post("/residents/search", json={"name": "慕容"}).json["items"]) == 1


def test_nobody_outside_the_area_reads_corrects_or_enters(client: FlaskClient, county: County, officer: Signed) -> None:
    made = entered(officer, county.grid)
    other = sign_in(client, county, Role.JUDICIAL_OFFICER, county.other_township, Purpose.SWEEP)
    assert other.get(f"/residents/{made['id']}").status_code == 404
    assert changed(other, made["id"], 1, phone=None).status_code == 404
    outside = other.post("/residents", json=BODY | {"area_code": county.grid})
    assert (outside.status_code, outside.json["code"]) == (404, "resident_area_outside")
    assert changed(officer, made["id"], 1, area_code=county.other_grid).status_code == 404


@pytest.fixture(params=list(Suite), ids=lambda suite: suite.name)
def any_suite(request: Any, store: Store, owner_engine: Engine) -> County:
    return a_county(store, owner_engine, a_county_code(), request.param)


@pytest.mark.parametrize(
    "sought",
    [{"name": "欧阳 试验"}, {"name": "阳试"}, {"phone": "+86 138-0000-1234"}, {"id_no": ID_NO.lower()}],
    ids=["name", "part of a name", "phone", "id_no"],
)
def test_search_finds_by_each_field_and_in_the_own_area_only(
    client: FlaskClient, any_suite: County, sought: dict[str, str]
) -> None:
    here, there = (
        sign_in(client, any_suite, Role.JUDICIAL_OFFICER, area, Purpose.SWEEP)
        for area in (any_suite.township, any_suite.other_township)
    )
    ids = [entered(who, area)["id"] for who, area in ((here, any_suite.grid), (there, any_suite.other_grid))]
    entered(here, any_suite.grid, name="旁人", phone=None, id_no=OTHER_ID_NO)
    for who, id_ in zip((here, there), ids, strict=True):
        assert [item["id"] for item in who.post("/residents/search", json=sought).json["items"]] == [id_]
    beyond = here.post("/residents/search", json=sought | {"area_code": any_suite.other_township})
    assert beyond.json["items"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "search_one_field"),
        ({"name": "欧阳", "phone": "13800001234"}, "search_one_field"),
        ({"phone": "12"}, "phone_invalid"),
        ({"id_no": "12"}, "document_invalid"),
        ({"name": " "}, "name_invalid"),
    ],
)
def test_a_search_is_for_one_thing(officer: Signed, body: dict[str, str], code: str) -> None:
    answer = officer.post("/residents/search", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_one_character_matches_a_whole_name_only(officer: Signed, county: County) -> None:
    entered(officer, county.grid)
    assert officer.post("/residents/search", json={"name": "欧"}).json["items"] == []


def test_too_many_matches_show_nobody(officer: Signed, county: County, owner_engine: Engine) -> None:
    for _ in range(51):
        entered(officer, county.grid, id_no=None, id_type="09", phone=None, birth_date=None)
    before = events(owner_engine, county)
    answer = officer.post("/residents/search", json={"name": "欧阳试验"})
    assert (answer.status_code, answer.json["code"]) == (422, "too_many_matches")
    assert "items" not in answer.json
    assert "resident:search" not in events(owner_engine, county).removeprefix(before)


def test_a_search_names_exactly_those_it_shows(officer: Signed, county: County, owner_engine: Engine) -> None:
    entered(officer, county.grid)
    entered(officer, county.grid, name="旁人", phone=None, id_no=OTHER_ID_NO)
    officer.post("/residents/search", json={"name": "欧阳试验"})
    compared, shown_ = [line for line in events(owner_engine, county).split("\n") if '"resident:search"' in line]
    assert '"count":2' in compared
    assert "subjects" not in compared
    assert '"count":1' in shown_
    assert shown_.partition('"subjects":[')[2].partition("]")[0].count(",") == 0


def test_what_was_sought_stands_nowhere(officer: Signed, county: County, owner_engine: Engine) -> None:
    with capture_logs() as logs:
        officer.post("/residents/search", json={"name": "独孤求踪"})
    assert "独孤求踪" not in events(owner_engine, county) + str(logs)


def test_nothing_typed_is_stored_or_logged_in_the_open(
    officer: Signed, county: County, owner_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    canaries = {"name": "独孤金丝雀", "phone": "13777770007", "address": "金丝雀巷7号", "guardian_name": "令狐金丝雀"}
    with capture_logs() as logs:
        made = entered(officer, county.grid, **canaries)
        changed(officer, made["id"], 1, guardian_phone="13777770008")
        officer.get(f"/residents/{made['id']}")
    stored = everything_stored(owner_engine, county)
    assert made["id"] in stored
    for canary in (*canaries.values(), ID_NO, "13777770008"):
        assert canary not in stored
        assert canary.encode().hex() not in stored
        assert canary not in caplog.text + str(logs)


def everything_stored(owner_engine: Engine, county: County) -> str:
    """Every column of every table that the county's rows stand in, as text."""
    with owner_engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('linli.county', :code, true), set_config('linli.areas', :code, true)"),
            {"code": county.code},
        )
        tables = connection.scalars(
            text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user ORDER BY 1")
        )
        return "\n".join(
            str(row)
            for table in tables.all()
            for row in connection.scalars(text(f'SELECT t::text FROM "{table}" t ORDER BY 1'))
        )


def test_rows_swapped_in_the_database_do_not_open(officer: Signed, county: County, owner_engine: Engine) -> None:
    first = entered(officer, county.grid)["id"]
    second = entered(officer, county.grid, name="旁人", id_no=OTHER_ID_NO, phone=None)["id"]
    with owner_engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('linli.county', :code, true), set_config('linli.areas', :code, true)"),
            {"code": county.code},
        )
        connection.execute(
            text(
                "UPDATE resident r SET sealed_name = o.sealed_name FROM resident o WHERE r.id = :first AND o.id = :second"
            ),
            {"first": first, "second": second},
        )
    answer = officer.get(f"/residents/{first}")
    assert (answer.status_code, answer.json["code"]) == (503, "seal_broken")
    assert "旁人" not in answer.text
    assert officer.get(f"/residents/{second}").status_code == 200


def test_duplicates_of_another_township_show_its_code_alone(
    client: FlaskClient, county: County, officer: Signed
) -> None:
    there = sign_in(client, county, Role.JUDICIAL_OFFICER, county.other_township, Purpose.SWEEP)
    entered(there, county.other_grid, name="王异名")
    (pair_id,) = entered(officer, county.grid)["possible_duplicates"]
    assert there.get("/possible-duplicates").json["items"] == []
    answer = officer.get("/possible-duplicates?state=open")
    (pair,) = answer.json["items"]
    assert (pair["id"], pair["matched_on"]) == (pair_id, "id_no")
    assert [side["township_code"] for side in pair["sides"]] == [county.township, county.other_township]
    assert pair["sides"][0]["resident"]["name"] == "欧阳试验"
    assert pair["sides"][1]["resident"] is None
    assert "王" not in answer.text


def test_a_decision_is_written_down_once_and_merges_nothing(officer: Signed, county: County) -> None:
    first = entered(officer, county.grid)["id"]
    made = entered(officer, county.grid)
    path = f"/possible-duplicates/{made['possible_duplicates'][0]}/decision"
    decided = officer.post(path, json={"decision": "same_person"}, headers={"If-Match": '"1"'})
    assert (decided.json["state"], decided.json["decided_by"]) == ("same_person", str(officer.user_id))
    again = officer.post(path, json={"decision": "different_people"}, headers={"If-Match": '"2"'})
    assert (again.status_code, again.json["code"]) == (409, "duplicate_decided")
    assert officer.post(path, json={"decision": "same_person"}, headers={"If-Match": '"1"'}).status_code == 412
    assert officer.get("/possible-duplicates?state=open").json["items"] == []
    for id_ in (first, made["id"]):
        assert officer.get(f"/residents/{id_}").status_code == 200
        assert changed(officer, id_, 1, phone="13800001234").json["possible_duplicates"] == []


def test_what_may_be_opened_in_an_hour_is_limited(
    client: FlaskClient, county: County, app: Any, officer: Signed
) -> None:
    made = entered(officer, county.grid)
    usual = app.extensions["linli"]
    app.extensions["linli"] = replace(usual, disclosure_budget_per_hour=1)
    try:
        assert officer.get(f"/residents/{made['id']}").status_code == 200
        refused = officer.get(f"/residents/{made['id']}")
    finally:
        app.extensions["linli"] = usual
    assert (refused.status_code, refused.json["code"]) == (429, "disclosure_budget_used")
    assert "欧阳" not in refused.text


@pytest.fixture
def unlogged(config: Config) -> Iterator[None]:
    """The application's role may write no access events."""
    owner = create_engine(config.owner_url)
    with owner.begin() as connection:
        connection.execute(text("REVOKE INSERT ON access_stage FROM linli_app"))
    try:
        yield
    finally:
        with owner.begin() as connection:
            connection.execute(text("GRANT INSERT ON access_stage TO linli_app"))
        owner.dispose()


def test_without_the_log_nothing_is_shown_and_nothing_written(
    officer: Signed, county: County, owner_engine: Engine, request: pytest.FixtureRequest
) -> None:
    made = entered(officer, county.grid)
    before = everything_stored(owner_engine, county)
    request.getfixturevalue("unlogged")
    tried = (
        officer.get(f"/residents/{made['id']}"),
        officer.post("/residents/search", json={"name": "欧阳试验"}),
        changed(officer, made["id"], 1, phone=None),
        officer.post("/residents", json=BODY | {"area_code": county.grid, "id": str(new_id())}),
        officer.get(f"/residents/{new_id()}"),
    )
    for answer in tried:
        assert (answer.status_code, answer.json["code"]) == (503, "access_log_unavailable")
        assert "欧阳" not in answer.text
    assert everything_stored(owner_engine, county) == before


@pytest.mark.parametrize("role", [role for role in Role if VISIBILITY[FieldGroup.IDENTITY][role] is Sight.NONE])
def test_roles_that_see_no_person_have_no_way_in(
    client: FlaskClient, county: County, officer: Signed, role: Role
) -> None:
    made = entered(officer, county.grid)
    blind = sign_in(client, county, role, county.code, Purpose.AUDIT)
    assert blind.get(f"/residents/{made['id']}").status_code == 403
    assert blind.post("/residents/search", json={"name": "欧阳试验"}).status_code == 403
    assert blind.get("/possible-duplicates").status_code == 403


def test_every_sealed_field_is_named_when_a_record_is_read(
    officer: Signed, county: County, owner_engine: Engine
) -> None:
    made = entered(officer, county.grid)
    officer.get(f"/residents/{made['id']}")
    (read,) = [line for line in events(owner_engine, county).split("\n") if '"resident:read"' in line]
    assert all(f'"{field}"' in read for field in ALL_FIELDS)
