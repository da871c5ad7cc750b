"""The county's users over HTTP: added, changed, shut out; roles given and ended, with effect at once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from server import clock
from server.domain.codes import Role
from server.store.grants import GrantSpec, add_grant
from server.store.transaction import transaction
from tests.make import County, a_caller, a_county
from tests.signed_in import PASSWORD, Signed, a_user, sign_in, sign_in_as

NEXT = "seven slow boats"


def outcome(answer: Any) -> tuple[int, str]:
    return answer.status_code, (answer.json or {}).get("code", "")


@pytest.fixture
def admin(client: FlaskClient, county: County) -> Signed:
    return sign_in(client, county, Role.SYSADMIN, county.code)


def made(admin: Signed, name: str = "sifasuo.qilinqiao", **said: str) -> Any:
    return admin.post("/users", json={"name": name, "display_name": "王建国"} | said)


def raw(county: County, statement: str, **values: object) -> Any:
    with county.owner_engine.begin() as connection:
        connection.execute(text("SELECT set_config('linli.county', :county, true)"), {"county": county.code})
        result = connection.execute(text(statement), values)
        return result.all() if result.returns_rows else result.rowcount


def events_of(county: County) -> list[dict[str, Any]]:
    return [json.loads(row.event) for row in raw(county, "SELECT event FROM access_stage ORDER BY id")]


# A user's life


def test_a_new_user_must_change_the_password_first(client: FlaskClient, county: County, admin: Signed) -> None:
    first = made(admin, phone="0737-4220000").json
    assert first["login"] == f"sifasuo.qilinqiao@{county.code}"
    answer = client.post("/api/v1/sessions", json={"login": first["login"], "password": first["password"]})
    assert answer.json["must_change_password"] is True
    new = Signed(client, first["user_id"], first["login"], answer.json)
    grant = {"role": "judicial_officer", "area_code": county.township}
    assert admin.post(f"/users/{first['user_id']}/grants", json=grant).status_code == 201
    assert outcome(new.get("/users")) == (403, "password_change_required")
    changed = new.post("/users/me/password", json={"old_password": first["password"], "new_password": NEXT})
    assert changed.status_code == 204
    me = new.get("/users/me").json
    assert (me["must_change_password"], me["display_name"]) == (False, "王建国")
    assert [(each["role"], each["area_name"]) for each in me["grants"]] == [("judicial_officer", "试验镇101")]
    assert client.post("/api/v1/sessions", json={"login": first["login"], "password": NEXT}).status_code == 201


def test_names_and_phones_are_stored_sealed_and_phones_not_shown(county: County, admin: Signed) -> None:
    user_id = made(admin, phone="0737-4220000").json["user_id"]
    shown = admin.get(f"/users/{user_id}")
    assert shown.json["display_name"] == "王建国"
    assert "4220000" not in shown.text + admin.get("/users").text
    stored = str(raw(county, "SELECT * FROM app_user"))
    assert "王建国" not in stored
    assert "4220000" not in stored


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"name": "Has.Capitals"}, (422, "login_invalid")),
        ({"name": "has blank"}, (422, "login_invalid")),
        ({"name": "at@430902"}, (422, "login_invalid")),
        ({"name": "x" * 41}, (422, "fields_invalid")),
        ({"display_name": " "}, (422, "name_invalid")),
        ({"phone": "not a phone"}, (422, "phone_invalid")),
        ({"password": "chosen by me"}, (422, "fields_invalid")),
        ({"county_code": "430903"}, (422, "fields_invalid")),
    ],
)
def test_a_user_that_cannot_be_is_refused(admin: Signed, body: dict[str, str], refusal: tuple[int, str]) -> None:
    assert outcome(made(admin, **body)) == refusal


def test_a_login_is_given_once_in_a_county(admin: Signed) -> None:
    assert made(admin).status_code == 201
    assert outcome(made(admin)) == (409, "login_taken")


def test_users_are_listed_page_by_page_and_each_page_names_whom_it_showed(county: County, admin: Signed) -> None:
    ids = [made(admin, f"user-{number}").json["user_id"] for number in range(4)]
    first = admin.get("/users?limit=3").json
    second = admin.get(f"/users?limit=3&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["items"] + second["items"]] == [str(admin.user_id), *ids]
    assert second["next_cursor"] is None
    event = next(event for event in events_of(county) if event["action"] == "user:read")
    assert (event["count"], event["fields"], len(event["subjects"])) == (3, ["user.display_name"], 3)
    assert outcome(admin.get("/users?cursor=xxxx")) == (400, "cursor_malformed")


def test_a_change_needs_the_version_that_was_read(admin: Signed) -> None:
    user_id = made(admin).json["user_id"]
    path, tag = f"/users/{user_id}", admin.get(f"/users/{user_id}").headers["ETag"]
    body = {"display_name": "王建军"}
    assert outcome(admin.patch(path, json=body)) == (428, "version_required")
    changed = admin.patch(path, json=body, headers={"If-Match": tag})
    assert (changed.status_code, changed.json["display_name"]) == (200, "王建军")
    assert changed.headers["ETag"] != tag
    assert outcome(admin.patch(path, json=body, headers={"If-Match": tag})) == (412, "record_changed")
    again = admin.patch(path, json={"phone": "0737-4220001"}, headers={"If-Match": changed.headers["ETag"]})
    assert (again.status_code, again.json["display_name"], again.json["version"]) == (200, "王建军", 3)
    wrong = admin.patch(path, json={"phone": "no phone"}, headers={"If-Match": changed.headers["ETag"]})
    assert outcome(wrong) == (422, "phone_invalid")


# Passwords


@pytest.mark.parametrize(
    ("old", "new", "refusal"),
    [
        ("wrong old one", NEXT, (403, "password_wrong")),
        (PASSWORD, "nine char", (422, "password_too_short")),
        (PASSWORD, PASSWORD, (422, "password_unchanged")),
        (PASSWORD, "Admin123456", (422, "password_too_common")),
        (PASSWORD, "aaaaaaaaaaaaaa", (422, "password_too_common")),
        (PASSWORD, "", (422, "fields_invalid")),
    ],
)
def test_a_poor_password_is_refused_and_the_old_one_stays(
    client: FlaskClient, county: County, old: str, new: str, refusal: tuple[int, str]
) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    answer = signed.post("/users/me/password", json={"old_password": old, "new_password": new})
    assert outcome(answer) == refusal
    assert sign_in_as(client, signed.user_id, signed.login)


def test_the_login_is_no_password(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    own_name = signed.login.split("@")[0]
    for new in (own_name, f"My-{own_name.upper()}-1", signed.login):
        answer = signed.post("/users/me/password", json={"old_password": PASSWORD, "new_password": new})
        assert outcome(answer) == (422, "password_is_login")


def test_guessing_the_old_password_is_paused_like_guessing_at_sign_in(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    body = {"old_password": "wrong old one", "new_password": NEXT}
    assert [signed.post("/users/me/password", json=body).status_code for _ in range(6)] == [403] * 5 + [429]
    answer = client.post("/api/v1/sessions", json={"login": signed.login, "password": PASSWORD})
    assert outcome(answer) == (429, "sign_in_paused")


def test_changing_ones_password_ends_ones_other_sessions(client: FlaskClient, county: County) -> None:
    here = sign_in(client, county, Role.GRID_WORKER, county.grid)
    there = sign_in_as(client, here.user_id, here.login)
    here.post("/users/me/password", json={"old_password": PASSWORD, "new_password": NEXT})
    assert here.get("/users/me").status_code == 200
    assert outcome(there.get("/users/me")) == (401, "session_ended")


def test_a_reset_ends_all_sessions_and_a_pause_and_the_old_password(
    client: FlaskClient, county: County, admin: Signed
) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    for _ in range(6):
        client.post("/api/v1/sessions", json={"login": signed.login, "password": "wrong one"})
    fresh = admin.post(f"/users/{signed.user_id}/password-reset").json
    assert outcome(signed.get("/users/me")) == (401, "session_ended")
    old = client.post("/api/v1/sessions", json={"login": signed.login, "password": PASSWORD})
    assert outcome(old) == (401, "sign_in_refused")
    new = client.post("/api/v1/sessions", json={"login": signed.login, "password": fresh["password"]})
    assert (new.status_code, new.json["must_change_password"]) == (201, True)


# Shutting out


def test_a_deactivated_user_is_out_at_once_and_cannot_return(
    client: FlaskClient, county: County, admin: Signed
) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    answer = admin.post(f"/users/{signed.user_id}/deactivation")
    assert (answer.status_code, answer.json["state"]) == (200, "inactive")
    assert admin.post(f"/users/{signed.user_id}/deactivation").json["version"] == answer.json["version"]
    assert outcome(signed.get("/sessions")) == (401, "session_ended")
    again = client.post("/api/v1/sessions", json={"login": signed.login, "password": PASSWORD})
    assert outcome(again) == (401, "sign_in_refused")
    refreshed = client.post(
        "/api/v1/sessions/refresh", headers={"Authorization": f"Bearer {signed.tokens['refresh_token']}"}
    )
    assert outcome(refreshed) == (401, "session_ended")


def test_an_administrator_signs_a_user_out_everywhere(client: FlaskClient, county: County, admin: Signed) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    assert admin.delete(f"/users/{signed.user_id}/sessions").status_code == 204
    assert outcome(signed.get("/sessions")) == (401, "session_ended")
    assert sign_in_as(client, signed.user_id, signed.login).get("/sessions").status_code == 200


def test_the_last_administrator_stays(client: FlaskClient, county: County, admin: Signed) -> None:
    own_grant = admin.get("/users/me").json["grants"][0]["id"]
    assert outcome(admin.post(f"/users/{admin.user_id}/deactivation")) == (409, "last_sysadmin")
    assert outcome(admin.delete(f"/users/{admin.user_id}/grants/{own_grant}")) == (409, "last_sysadmin")
    other = sign_in(client, county, Role.SYSADMIN, county.code)
    assert admin.post(f"/users/{admin.user_id}/deactivation").status_code == 200
    assert outcome(other.post(f"/users/{other.user_id}/deactivation")) == (409, "last_sysadmin")


def test_two_administrators_cannot_shut_each_other_out_at_once(
    client: FlaskClient, county: County, admin: Signed
) -> None:
    other = sign_in(client, county, Role.SYSADMIN, county.code)

    def shut_out(pair: tuple[Signed, Signed]) -> int:
        actor, victim = pair
        mine = Signed(client.application.test_client(use_cookies=False), actor.user_id, actor.login, actor.tokens)
        return mine.post(f"/users/{victim.user_id}/deactivation").status_code

    with ThreadPoolExecutor(2) as threads:
        answers = sorted(threads.map(shut_out, [(admin, other), (other, admin)]))
    assert answers[0] == 200
    assert answers[1] in {401, 409}
    active = raw(county, "SELECT count(*) FROM app_user WHERE state = 'active'")
    assert active[0][0] == 1


# Roles


def give(admin: Signed, user_id: object, role: str, area: str, **days: Any) -> Any:
    return admin.post(f"/users/{user_id}/grants", json={"role": role, "area_code": area} | days)


def test_a_role_counts_from_the_next_request_and_ends_with_the_next(
    client: FlaskClient, county: County, admin: Signed
) -> None:
    signed = sign_in(client, county, None)
    assert outcome(signed.get("/users")) == (403, "role_forbidden")
    grant = give(admin, signed.user_id, "sysadmin", county.code).json
    assert signed.get("/users").status_code == 200
    assert admin.delete(f"/users/{signed.user_id}/grants/{grant['id']}").status_code == 204
    assert outcome(signed.get("/users")) == (403, "role_forbidden")
    gone = admin.delete(f"/users/{signed.user_id}/grants/{grant['id']}")
    assert outcome(gone) == (404, "not_found")


def test_a_role_counts_on_its_days_only(client: FlaskClient, county: County, admin: Signed) -> None:
    today = clock.today()
    day = timedelta(days=1)
    for first, last, status in (
        (today + day, None, 403),
        (today - 2 * day, today - day, 403),
        (today, today, 200),
        (today - day, today + day, 200),
    ):
        signed = sign_in(client, county, None)
        with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
            add_grant(work, signed.user_id, GrantSpec(Role.SYSADMIN, county.code, first, last))
        assert signed.get("/users").status_code == status, (first, last)


@pytest.mark.parametrize(
    ("role", "area", "days", "refusal"),
    [
        ("grid_worker", "{grid}", {}, (201, "")),
        ("grid_worker", "{village}", {}, (201, "")),
        ("grid_worker", "{township}", {}, (422, "grant_area_level")),
        ("judicial_officer", "{code}", {}, (422, "grant_area_level")),
        ("city_supervisor", "{city}", {}, (422, "grant_area_unknown")),
        ("judicial_officer", "{code}999", {}, (422, "grant_area_unknown")),
        ("judicial_officer", "430902102", {}, (422, "grant_area_unknown")),
        ("judicial_officer", "000000000", {}, (422, "area_code_invalid")),
        ("judicial_officer", "4309021", {}, (422, "fields_invalid")),
        ("emperor", "{code}", {}, (422, "fields_invalid")),
        ("counsellor", "{village}", {}, (422, "grant_area_level")),
        ("assessor", "{code}", {"valid_from": "2027-01-02", "valid_to": "2027-01-01"}, (422, "grant_period_wrong")),
        ("assessor", "{code}", {"valid_from": "2027-01-02", "valid_to": "2027-01-02"}, (201, "")),
    ],
)
def test_a_role_is_given_at_its_level_inside_the_county(
    county: County, admin: Signed, role: str, area: str, days: dict[str, str], refusal: tuple[int, str]
) -> None:
    codes = {"grid": county.grid, "village": county.village, "township": county.township}
    area = area.format(code=county.code, city=county.code[:4], **codes)
    user_id, _ = a_user(county)
    assert outcome(give(admin, user_id, role, area, **days)) == refusal


def test_those_who_watch_hold_no_other_role(county: County, admin: Signed) -> None:
    user_id, _ = a_user(county, (Role.JUDICIAL_OFFICER, county.township))
    for role in ("sysadmin", "auditor", "privacy_officer"):
        assert outcome(give(admin, user_id, role, county.code)) == (409, "grant_kept_apart")
    assert give(admin, user_id, "judicial_officer", county.other_township).status_code == 201
    assert outcome(give(admin, user_id, "judicial_officer", county.township)) == (409, "grant_exists")
    watcher, _ = a_user(county, (Role.AUDITOR, county.code))
    assert outcome(give(admin, watcher, "judicial_officer", county.township)) == (409, "grant_kept_apart")


def test_nobody_gives_a_role_to_themselves(county: County, admin: Signed) -> None:
    assert outcome(give(admin, admin.user_id, "auditor", county.code)) == (403, "grant_to_self")


def test_a_role_widened_in_the_database_is_refused(client: FlaskClient, county: County) -> None:
    signed = sign_in(client, county, Role.GRID_WORKER, county.grid)
    assert signed.get("/users/me").status_code == 200
    for change in (
        "granted_area = :code",
        "role = 'sysadmin'",
        "valid_from = DATE '2020-01-01'",
        "valid_to = DATE '2099-01-01'",
        "version = 9",
    ):
        before = raw(county, "SELECT * FROM role_grant WHERE user_id = :user", user=signed.user_id)[0]._asdict()
        raw(
            county,
            f"UPDATE role_grant SET {change} WHERE user_id = :user",
            user=signed.user_id,
            **_code(county, change),
        )
        assert outcome(signed.get("/users/me")) == (503, "seal_broken"), change
        raw(
            county,
            "UPDATE role_grant SET granted_area = :granted_area, role = :role, valid_from = :valid_from,"
            " valid_to = :valid_to, version = :version WHERE id = :id",
            **{name: before[name] for name in ("granted_area", "role", "valid_from", "valid_to", "version", "id")},
        )
        assert signed.get("/users/me").status_code == 200


def _code(county: County, change: str) -> dict[str, str]:
    return {"code": county.code} if ":code" in change else {}


def test_a_revoked_role_cannot_be_revived_in_the_database(client: FlaskClient, county: County, admin: Signed) -> None:
    signed = sign_in(client, county, Role.AUDITOR, county.code)
    grant_id = signed.get("/users/me").json["grants"][0]["id"]
    admin.delete(f"/users/{signed.user_id}/grants/{grant_id}")
    assert signed.tokens["roles"]
    assert signed.get("/users/me").json["grants"] == []
    raw(county, "UPDATE role_grant SET revoked_at = NULL WHERE id = :id", id=grant_id)
    assert outcome(signed.get("/users/me")) == (503, "seal_broken")


# Who may


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.PRIVACY_OFFICER, Role.COUNTY_SUPERVISOR])
def test_only_the_administrator_sees_and_changes_users(client: FlaskClient, county: County, role: Role) -> None:
    signed = sign_in(client, county, role, county.code)
    other = f"/users/{a_user(county)[0]}"
    for answer in (
        signed.get("/users"),
        signed.get(other),
        signed.post("/users", json={"name": "someone", "display_name": "某人"}),
        signed.patch(other, json={}, headers={"If-Match": '"1"'}),
        signed.post(f"{other}/password-reset"),
        signed.post(f"{other}/deactivation"),
        signed.delete(f"{other}/sessions"),
        signed.post(f"{other}/grants", json={"role": "auditor", "area_code": county.code}),
    ):
        assert outcome(answer) == (403, "role_forbidden")


def test_another_countys_user_is_not_found(client: FlaskClient, county: County, admin: Signed, store: Any) -> None:
    elsewhere = a_county(store, county.owner_engine, str(int(county.code) - 90000))
    stranger, _ = a_user(elsewhere)
    path = f"/users/{stranger}"
    for answer in (
        admin.get(path),
        admin.patch(path, json={}, headers={"If-Match": '"1"'}),
        admin.post(f"{path}/password-reset"),
        admin.post(f"{path}/deactivation"),
        admin.delete(f"{path}/sessions"),
        give(admin, stranger, "auditor", county.code),
        admin.delete(f"{path}/grants/{stranger}"),
    ):
        assert outcome(answer) == (404, "not_found")


def test_what_is_done_to_users_is_written_down_with_versions(county: County, admin: Signed) -> None:
    user_id = made(admin).json["user_id"]
    grant = give(admin, user_id, "auditor", county.code, valid_from=date(2026, 1, 1).isoformat()).json
    admin.delete(f"/users/{user_id}/grants/{grant['id']}")
    admin.post(f"/users/{user_id}/password-reset")
    admin.post(f"/users/{user_id}/deactivation")
    found = {event["action"]: event for event in events_of(county) if event.get("record") in {user_id, grant["id"]}}
    assert {action: (event.get("before"), event.get("after")) for action, event in found.items()} == {
        "user:create": (None, 1),
        "user:grant": (None, 1),
        "user:revoke": (1, 2),
        "user:reset_password": (1, 2),
        "user:deactivate": (2, 3),
    }
    assert "sifasuo" not in json.dumps(events_of(county))
