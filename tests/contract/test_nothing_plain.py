"""Nothing typed about a person stands readable in the database: every free text is sent, then every column searched."""

import json
import os
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, create_engine, make_url, text

from server.config import Config, psycopg_url
from server.domain.permissions import roles_with
from server.services.seeds import load_seeds
from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.contract.arranging import arrange
from tests.contract.cast import ROLES, area_of, let_in, purposes_for, stated
from tests.contract.operations import Operation, guarded, own_account
from tests.contract.scene import Scene
from tests.make import a_county

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
MARK = "金丝雀密语"
#: Columns that hold facts of places, lists and services, and never of a person.
PUBLIC = {
    "agency.hours", "agency.name", "body_count.evidence", "crisis_contact.hours_zh", "crisis_contact.zh",
    "device_enrolment.label", "family_school_session.topic", "holiday.name_zh", "holiday.source", "indicator_value.evidence",
    "instrument.definition", "instrument.licence_evidence", "outreach_activity.place", "provider.name",
    "provider.supervisor", "service_site.address", "service_site.hours", "service_site.name", "survey.title",
}  # fmt: skip
TEXTS = text(
    "SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'"
    " AND data_type IN ('text', 'character varying', 'character', 'json', 'jsonb', 'ARRAY', 'bytea')"
)


def marked(value: Any) -> Any:
    """The body with the mark behind every text in Chinese, for such was typed by a person."""
    if isinstance(value, dict):
        return {key: marked(each) for key, each in value.items()}
    if isinstance(value, list):
        return [marked(each) for each in value]
    return value + MARK if isinstance(value, str) and any("\u4e00" <= sign <= "\u9fff" for sign in value) else value


def send(app: Flask, store: Store, owner_engine: Engine, operation: Operation) -> int | None:
    """Send the arranged request with its texts marked; the status, or None where it has no text."""
    assert operation.permission
    county = a_county(store, owner_engine, a_county_code())
    role = next(each for each in ROLES if each in roles_with(operation.permission))
    signed = let_in(app, county, role, area_of(county, role))
    call = arrange(Scene(operation, county, role, area_of(county, role), signed.user_id))
    body = marked(json.loads(json.dumps(call.body, default=str)))
    if MARK not in json.dumps(body, ensure_ascii=False):
        return None
    path = operation.path
    for name, value in call.path.items():
        path = path.replace(f"{{{name}}}", value)
    purpose = next(iter(purposes_for(operation.permission, role)), None)
    headers = stated(purpose) | {"If-Match": f'"{call.version or 1}"'}
    return signed.open(operation.method, path, headers=headers, json=body).status_code


def readable(connection: Connection) -> set[str]:
    """Columns of our tables in which the mark can be read."""
    found = set()
    for table, column, kind in connection.execute(TEXTS):
        quoted = f'"{column}"' if kind == "bytea" else f"convert_to(\"{column}\"::text, 'UTF8')"
        query = f"SELECT EXISTS (SELECT FROM \"{table}\" WHERE position(convert_to(:mark, 'UTF8') IN {quoted}) > 0)"
        if connection.scalar(text(query), {"mark": MARK}):
            found.add(f"{table}.{column}")
    return found


def test_no_text_about_a_person_is_readable_in_any_column(
    app: Flask, config: Config, store: Store, owner_engine: Engine
) -> None:
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)
    writing = [each for each in guarded() if each.method != "GET" and not own_account(each)]
    statuses = {each.name: send(app, store, owner_engine, each) for each in writing}
    sent = {name for name, status in statuses.items() if status is not None and status < 300}
    assert len(sent) >= 30, statuses
    url = make_url(psycopg_url(os.environ["LINLI_TEST_OWNER_URL"])).set(database=make_url(config.app_url).database)
    watcher = create_engine(url)
    with watcher.begin() as connection:
        found = readable(connection)
    watcher.dispose()
    assert found == PUBLIC
