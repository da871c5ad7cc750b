"""What the database refuses is told apart: the caller's race, the caller's value, our outage."""

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from server.store.transaction import Store


@pytest.mark.parametrize(
    ("sqlstate", "status", "code"),
    [
        ("40P01", 412, "record_changed"),
        ("40001", 412, "record_changed"),
        ("23505", 409, "record_exists"),
        ("55P03", 503, "database_unavailable"),
        ("57014", 503, "database_unavailable"),
        ("22021", 422, "value_unstorable"),
        ("XX000", 500, "server_fault"),
    ],
)
def test_each_kind_of_refusal_has_its_answer(app: Flask, store: Store, sqlstate: str, status: int, code: str) -> None:
    statement = f"DO $$ BEGIN RAISE EXCEPTION 'with somebody in it' USING ERRCODE = '{sqlstate}'; END $$"
    with pytest.raises(DBAPIError) as raised, store.engine.connect() as connection:
        connection.execute(text(statement))
    with app.test_request_context("/api/v1/areas"):
        answer = app.make_response(app.handle_user_exception(raised.value))
    assert answer.json is not None
    assert (answer.status_code, answer.json["code"]) == (status, code)
    assert "somebody" not in answer.get_data(as_text=True)
