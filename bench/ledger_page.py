"""The township's ledger of a month, 500 entries over HTTP, against select + open + dumps by hand."""

import json
from collections.abc import Callable

import psycopg

from bench.measure import Result, best_of
from bench.office import coordinator, master_key, plain_url
from bench.people import PERIOD, fill_entries, fill_residents
from bench.place import COUNTY, TOWNSHIP, Place
from server.crypto.keys import WrappedDataKey
from server.crypto.registry import FIELDS, Retention
from server.crypto.sealed import Context, open_sealed
from server.crypto.suites import Suite

ENTRIES = 500
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
    client, headers = coordinator(place, "ledger")

    def path() -> None:
        answer = client.get(ADDRESS, headers=headers)
        assert answer.status_code == 200, answer.text
        assert len(answer.json["items"]) == ENTRIES  # type: ignore[index]

    with psycopg.connect(plain_url(place)) as connection:
        taken = best_of(8, path, _by_hand(place, connection))
    return [Result("ledger page of 500 over HTTP", ENTRIES, *taken, target="≤ 3 × time")]


def _by_hand(place: Place, connection: psycopg.Connection) -> Callable[[], None]:
    master = master_key(place)
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
