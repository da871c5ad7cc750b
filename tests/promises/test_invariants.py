"""The invariants that this part of the product must keep, each tried at its weakest place."""

from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from server import clock
from server.domain.codes import Purpose, Role
from server.domain.deadlines import add_months
from server.errors import Conflict, Forbidden, Invalid
from server.services.ledger import promote_observations
from server.services.ledger_review import Acceptance, accept_entry, open_review
from server.store.transaction import bind
from tests.make import County
from tests.make_ledger import (
    a_coordinator,
    a_promotion,
    a_reported_entry,
    an_officer,
    an_opened_entry,
    observed,
    observed_again,
    refusal,
)
from tests.signed_in import sign_in
from tests.sweeping import a_dispute, a_month, an_observation, events_of, filed, sweep_id_of


def rows(county: County, query: str) -> list[Any]:
    """Ask the database as its owner, within the county."""
    with county.owner_engine.begin() as connection:
        scope = "SELECT set_config('linli.county', :c, true), set_config('linli.areas', :c, true)"
        connection.execute(text(scope), {"c": county.code})
        return list(connection.execute(text(query)))


def test_invariant_1_no_entry_without_a_ground_and_a_fact_that_bears_it(county: County) -> None:
    person = observed(county)
    for changes, error, code in (
        ({"grounds": frozenset()}, Invalid, "ground_missing"),
        ({"grounds": frozenset({"1"})}, Invalid, "ground_without_fact"),
        ({"grounds": frozenset({"5"})}, Invalid, "ground_import_only"),
    ):
        with refusal(error, code):
            promote_observations(an_officer(county), a_promotion(person, **changes))
    assert rows(county, "SELECT * FROM ledger_entry") == []


@pytest.mark.parametrize("grounds", ["{}", "{2,5}"])
def test_invariant_1_stands_in_the_database_too(county: County, grounds: str) -> None:
    entry = a_reported_entry(county)
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(IntegrityError, match="ck_ledger_entry_grounds"):
            session.execute(text("UPDATE ledger_entry SET grounds = :g WHERE id = :id"), {"g": grounds, "id": entry.id})


def test_invariant_2_at_most_one_open_entry_per_resident(county: County) -> None:
    person = observed(county)
    promote_observations(an_officer(county), a_promotion(person))
    again = observed_again(county, person)
    with refusal(Conflict, "open_entry_exists"):
        promote_observations(an_officer(county), a_promotion(person, observation_ids=frozenset({again})))
    assert len(rows(county, "SELECT * FROM ledger_entry")) == 1


@pytest.mark.parametrize("statement", ["UPDATE ledger_step SET reason = 'x'", "DELETE FROM ledger_step"])
def test_invariant_5_what_was_done_is_never_rewritten(county: County, statement: str) -> None:
    a_reported_entry(county)
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))


def test_invariant_6_every_read_of_a_person_is_logged_with_its_purpose_before_the_answer(
    client: FlaskClient, county: County
) -> None:
    entry = an_opened_entry(county, a_coordinator(county))
    reader = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    paths = [
        f"/ledger-entries/{entry.id}",
        f"/ledger-entries?township_code={county.township}",
        f"/residents/{entry.resident_id}",
        "/observations",
    ]
    ((ref,),) = rows(county, f"SELECT subject_ref FROM subject WHERE id = '{entry.resident_id}'")
    for path in paths:
        answer = reader.get(path)
        assert answer.status_code == 200, path
        told = [event for event in events_of(county) if event["request"] == answer.headers["X-Request-Id"]]
        named = [event for event in told if str(ref) in event.get("subjects", [])]
        assert [(event["actor"], event["purpose"], event["decision"]) for event in named] == [
            (str(reader.user_id), "review", "allowed")
        ], path


def test_invariant_6_without_the_log_nothing_is_shown(client: FlaskClient, county: County) -> None:
    entry = a_reported_entry(county)
    reader = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.REVIEW)
    with county.owner_engine.begin() as connection:
        connection.execute(text("REVOKE INSERT ON access_stage FROM linli_app"))
    try:
        answers = [
            reader.get(path)
            for path in (
                f"/ledger-entries/{entry.id}",
                "/ledger-entries",
                f"/residents/{entry.resident_id}",
                "/observations",
            )
        ]
    finally:
        with county.owner_engine.begin() as connection:
            connection.execute(text("GRANT INSERT ON access_stage TO linli_app"))
    assert [(answer.status_code, answer.json["code"]) for answer in answers] == [(503, "access_log_unavailable")] * 4
    assert not [answer for answer in answers if "欧阳" in answer.get_data(as_text=True)]


def test_invariant_9_an_entry_ends_after_twelve_months_at_the_latest(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    accepted = accept_entry(coordinator, opened.id, opened.version, Acceptance())
    assert accepted.expires_at is not None
    assert accepted.accepted_at is not None
    assert clock.day_of(accepted.expires_at) <= add_months(clock.day_of(accepted.accepted_at), 12)


@pytest.mark.parametrize("change", ["expires_at + interval '1 day'", "NULL"])
def test_invariant_9_no_statement_of_ours_can_lengthen_it(county: County, change: str) -> None:
    """No route extends an entry; a new one needs a new fact and two persons (invariants 1 and 16)."""
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    accept_entry(coordinator, opened.id, opened.version, Acceptance())
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(IntegrityError, match="ck_ledger_entry"):
            session.execute(text(f"UPDATE ledger_entry SET expires_at = {change}"))


@pytest.mark.parametrize(("nil", "items"), [("true", 1), ("false", 0)])
def test_invariant_10_nil_means_no_items_in_the_database_too(county: County, nil: str, items: int) -> None:
    filed(county, sweep_id_of(a_month(county)))
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(IntegrityError, match="nil_means_no_items"):
            session.execute(text(f"UPDATE sweep_return SET nil = {nil}, item_count = {items}"))


def test_invariant_11_what_a_sweep_counts_is_the_sum_of_its_returns(client: FlaskClient, county: County) -> None:
    month = a_month(county)
    concern, dispute = sweep_id_of(month), sweep_id_of(month, "dispute")
    filed(county, concern, an_observation(), an_observation())
    filed(county, dispute, a_dispute())
    own = sign_in(client, county, Role.TOWNSHIP_COORDINATOR, county.township)
    for sweep_id, items in ((concern, 2), (dispute, 1)):
        found = own.get(f"/sweeps/{sweep_id}/completeness").json
        summed = sum(village["count"]["items"] for village in found["villages"])
        ((counted,),) = rows(county, f"SELECT sum(item_count) FROM sweep_return WHERE sweep_id = '{sweep_id}'")
        assert (summed, counted) == (items, items)


def test_invariant_12_every_transition_has_actor_time_and_reason(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    accept_entry(coordinator, opened.id, opened.version, Acceptance())
    steps = rows(county, "SELECT act, from_state, to_state, actor_id, at, reason FROM ledger_step ORDER BY id")
    assert [step.to_state for step in steps] == ["draft", "reported", "in_review", "accepted"]
    assert all(step.actor_id and step.at and step.reason is not None for step in steps)


@pytest.mark.parametrize("role", [Role.JUDICIAL_OFFICER, Role.TOWNSHIP_COORDINATOR])
def test_invariant_13_the_other_township_sees_nothing(client: FlaskClient, county: County, role: Role) -> None:
    entry = a_reported_entry(county)
    filed(county, sweep_id_of(a_month(county)), an_observation())
    other = sign_in(client, county, role, county.other_township, Purpose.REVIEW)
    lists = ["/ledger-entries", "/observations", "/disputes", "/months", "/possible-duplicates", "/tasks"]
    assert [other.get(path).json["items"] for path in lists] == [[]] * len(lists)
    singles = [f"/ledger-entries/{entry.id}", f"/residents/{entry.resident_id}"]
    assert [other.get(path).status_code for path in singles] == [404, 404]


def test_invariant_16_nobody_reviews_what_they_reported(county: County) -> None:
    officer = an_officer(county)
    coordinator = a_coordinator(county)
    both = replace(coordinator, identity=replace(coordinator.identity, user_id=officer.identity.user_id))
    entry = a_reported_entry(county, officer)
    with refusal(Forbidden, "entry_of_own_report"):
        open_review(both, entry.id, entry.version)


def test_invariant_16_stands_in_the_database_too(county: County) -> None:
    entry = a_reported_entry(county)
    with Session(county.store.engine) as session:
        bind(session, county.code, (county.code,))
        with pytest.raises(IntegrityError, match="ck_ledger_entry_two_people"):
            session.execute(text("UPDATE ledger_entry SET reviewer_id = reporter_id WHERE id = :id"), {"id": entry.id})
