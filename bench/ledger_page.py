"""The township's ledger of a month, 500 entries over HTTP, against select + open + dumps by hand."""

import json
from collections.abc import Callable

import psycopg
from flask.testing import FlaskClient

from bench.measure import Result, best_of
from bench.people import PERIOD, fill_entries, fill_residents
from bench.place import COUNTY, TOWNSHIP, Place
from server import clock
from server.app import create_app
from server.crypto.keys import MasterKey, WrappedDataKey
from server.crypto.passwords import hash_password
from server.crypto.registry import FIELDS, Retention
from server.crypto.sealed import Context, open_sealed
from server.crypto.suites import Suite
from server.domain.codes import Purpose, Role
from server.store.grants import GrantSpec, add_grant
from server.store.transaction import transaction
from server.store.users import UserSpec, add_users

ENTRIES = 500
PASSWORD = "three quiet rivers"  # noqa: S105  of a user in a database that is dropped
ADDRESS = f"/api/v1/ledger-entries?township_code={TOWNSHIP}&period={PERIOD}&limit={ENTRIES}"
_SELECT = """
    SELECT e.id, e.entry_no, e.area_code, e.state, e.urgency, e.grounds, e.reported_at, e.review_due_at, e.version,
           r.id, r.sealed_name, r.sex, r.birth_year, k.version, k.suite, k.epoch, k.wrapped, k.commitment
    FROM ledger_entry e
    JOIN resident r ON (r.county_code, r.id) = (e.county_code, e.resident_id)
    JOIN subject_key k ON (k.county_code, k.subject_id) = (r.county_code, r.id) AND k.retention = 'id'
    WHERE e.county_code = %s AND e.period = %s AND e.township_code = %s ORDER BY e.id LIMIT %s
"""


def measure(place: Place) -> list[Result]:
    """The same page by both ways: every name opened, everything dumped."""
    people = fill_residents(place, ENTRIES, seed=1)
    fill_entries(place, [person.id for person in people])
    client, headers = _signed_in(place)

    def path() -> None:
        answer = client.get(ADDRESS, headers=headers)
        assert answer.status_code == 200, answer.text
        assert len(answer.json["items"]) == ENTRIES  # type: ignore[index]

    with psycopg.connect(_plain(place)) as connection:
        taken = best_of(8, path, _by_hand(place, connection))
    return [Result("ledger page of 500 over HTTP", ENTRIES, *taken, target="≤ 3 × time")]


def _by_hand(place: Place, connection: psycopg.Connection) -> Callable[[], None]:
    master = _master_key(place)
    deployment, name = place.store.keyring.deployment, FIELDS["resident.name"]

    def floor() -> None:
        with connection.transaction():
            scope = "SELECT set_config('linli.county', %s, true), set_config('linli.areas', %s, true)"
            connection.execute(scope, (COUNTY, TOWNSHIP))
            rows = connection.execute(_SELECT, (COUNTY, PERIOD, TOWNSHIP, ENTRIES)).fetchall()
        items = []
        for row in rows:
            wrapped = WrappedDataKey(row[9], Retention.ID, row[13], Suite(row[14]), row[15], row[16], row[17])
            context = Context(deployment, COUNTY, name, row[9], row[9])
            opened = open_sealed(row[10], master.unwrap_data_key(wrapped), context)
            items.append([str(row[0]), *row[1:6], str(row[6]), str(row[7]), row[8], opened, row[11], row[12]])
        assert len(json.dumps(items)) > ENTRIES

    return floor


def _master_key(place: Place) -> MasterKey:
    with transaction(place.caller) as work:
        return place.store.cupboard.current_master_key(work.session, work.keys, work.now)


def _plain(place: Place) -> str:
    return place.store.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _signed_in(place: Place) -> tuple[FlaskClient, dict[str, str]]:
    """A coordinator of the township, signed in as anybody would."""
    with transaction(place.caller_as(Role.SYSADMIN, COUNTY, Purpose.ADMINISTRATION)) as work:
        spec = UserSpec("bench", "试验用户", hash_password(PASSWORD), must_change_password=False)
        (user,) = add_users(work, [spec])
        add_grant(work, user.id, GrantSpec(Role.TOWNSHIP_COORDINATOR, TOWNSHIP, clock.today()))
    client = create_app(place.config, place.store).test_client()
    signed = client.post("/api/v1/sessions", json={"login": f"bench@{COUNTY}", "password": PASSWORD})
    headers = {"Authorization": f"Bearer {signed.json['access_token']}", "X-Purpose": "review"}  # type: ignore[index]
    return client, headers
