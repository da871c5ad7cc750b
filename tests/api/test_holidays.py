"""Holidays over HTTP: read by all, edited by administrators, versioned and written down."""

from datetime import date

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, delete, text
from werkzeug.test import TestResponse

from server.domain.codes import Role
from server.models.reference import Holiday
from tests.make import County
from tests.signed_in import Signed, sign_in

BODY = {"kind": "workday", "name_zh": "调休", "name_en": "Make-up day", "source": "county notice"}


@pytest.fixture
def admin(client: FlaskClient, county: County, owner_engine: Engine) -> Signed:
    with owner_engine.begin() as connection:
        connection.execute(delete(Holiday).where(Holiday.day.between(date(2090, 1, 1), date(2095, 1, 1))))
    return sign_in(client, county, Role.SYSADMIN, county.code)


def enter(person: Signed, day: str, **changes: str) -> TestResponse:
    return person.post("/holidays", json=BODY | {"day": day} | changes)


def test_a_day_is_entered_changed_and_removed_under_its_version(admin: Signed) -> None:
    made = enter(admin, "2091-03-03")
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    changed = admin.put("/holidays/2091-03-03", json=BODY | {"kind": "holiday"}, headers={"If-Match": '"1"'})
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    assert changed.json == BODY | {"kind": "holiday", "day": "2091-03-03", "version": 2}
    year = admin.get("/holidays?year=2091").json
    assert year == {"year": 2091, "provisional": True, "items": [changed.json]}
    assert admin.delete("/holidays/2091-03-03", headers={"If-Match": '"2"'}).status_code == 204
    assert admin.get("/holidays?year=2091").json == {"year": 2091, "provisional": True, "items": []}


@pytest.mark.parametrize(("tag", "status", "code"), [(None, 428, "version_required"), ('"9"', 412, "record_changed")])
def test_an_entry_is_not_overwritten_unread(admin: Signed, tag: str | None, status: int, code: str) -> None:
    enter(admin, "2091-03-04")
    headers = {"If-Match": tag} if tag else {}
    for method, body in (("PUT", BODY), ("DELETE", None)):
        answer = admin.open(method, "/holidays/2091-03-04", json=body, headers=headers)
        assert answer.json is not None
        assert (answer.status_code, answer.json["code"]) == (status, code)


def test_a_day_is_entered_once(admin: Signed) -> None:
    enter(admin, "2091-03-07")
    answer = enter(admin, "2091-03-07", kind="holiday")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (409, "record_exists")


def test_an_entry_that_is_gone_is_not_found(admin: Signed) -> None:
    assert admin.put("/holidays/2091-03-05", json=BODY, headers={"If-Match": '"1"'}).status_code == 404
    assert admin.delete("/holidays/2091-03-05", headers={"If-Match": '"1"'}).status_code == 404


@pytest.mark.parametrize("day", ["tomorrow", "2091-02-30", "20910301", "2091-W01-1", "١٢٣٤-٠١-٠١"])
def test_what_is_no_day_is_not_found(admin: Signed, day: str) -> None:
    assert admin.put(f"/holidays/{day}", json=BODY, headers={"If-Match": '"1"'}).status_code == 404


def test_a_day_of_another_century_is_refused(admin: Signed) -> None:
    answer = enter(admin, "1999-12-31")
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (422, "holiday_year_unlikely")


def test_a_year_is_provisional_until_its_last_holiday_is_entered(admin: Signed) -> None:
    enter(admin, "2092-01-01", kind="holiday")
    first = admin.get("/holidays?year=2092").json
    enter(admin, "2092-10-01", kind="holiday")
    second = admin.get("/holidays?year=2092").json
    assert first is not None
    assert second is not None
    assert (first["provisional"], second["provisional"]) == (True, False)


def test_only_an_administrator_edits(client: FlaskClient, county: County) -> None:
    person = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township)
    assert person.get("/holidays?year=2026").status_code == 200
    assert enter(person, "2091-03-06").status_code == 403
    assert person.put("/holidays/2091-03-06", json=BODY, headers={"If-Match": '"1"'}).status_code == 403
    assert person.delete("/holidays/2091-03-06", headers={"If-Match": '"1"'}).status_code == 403


def test_an_edit_is_written_down_with_its_day_and_versions(admin: Signed, county: County, owner_engine: Engine) -> None:
    enter(admin, "2093-05-01")
    with owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        events = connection.scalars(text("SELECT encode(event, 'escape') FROM access_stage")).all()
    edits = [event for event in events if "holiday:manage" in event]
    assert len(edits) == 1
    assert "000020930501" in edits[0]
    assert '"after":1' in edits[0].replace(" ", "")
