"""Reading the ledger: pages, filters, and what each role is shown."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import Connection, event, text

from server import clock
from server.domain.codes import Purpose, ReturnReason, Role, Urgency
from server.domain.pages import PageAsked
from server.errors import NotFound
from server.services.ledger import promote_observations
from server.services.ledger_reading import LedgerFilter, list_ledger, read_entry, read_steps
from server.services.ledger_review import Acceptance, accept_entry, open_review, return_entry
from server.store.transaction import Store, transaction
from tests.make import County, a_caller
from tests.make_ledger import (
    FACT,
    a_coordinator,
    a_promotion,
    a_reported_entry,
    an_officer,
    an_opened_entry,
    observed,
    observed_people,
    overwrite,
    refusal,
)


@contextmanager
def statements(store: Store) -> Iterator[list[str]]:
    """The statements sent to the database meanwhile."""
    sent: list[str] = []

    def note(connection: Connection, cursor: object, statement: str, *_: object) -> None:
        sent.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(store.engine, "before_cursor_execute", note)


def test_an_entry_goes_from_what_was_seen_to_the_township_ledger(county: County) -> None:
    officer, coordinator = an_officer(county), a_coordinator(county)
    entry = promote_observations(officer, a_promotion(observed(county)))
    assert (entry.state, entry.entry_no, entry.version) == ("reported", county.township + "20260001", 2)
    opened = open_review(coordinator, entry.id, entry.version)
    accepted = accept_entry(coordinator, entry.id, opened.version, Acceptance())
    page = list_ledger(coordinator, LedgerFilter(county.township, "202611"), PageAsked(50))
    assert [(line["id"], line["state"], line["name"]) for line in page.items] == [(entry.id, "accepted", "欧阳试验")]
    assert [fact.fact for fact in read_entry(coordinator, entry.id).facts] == [FACT]
    steps = read_steps(coordinator, entry.id)
    assert [(step.act, step.from_state, step.to_state, step.actor_id) for step in steps] == [
        ("promote", None, "draft", officer.identity.user_id),
        ("report", "draft", "reported", officer.identity.user_id),
        ("open_review", "reported", "in_review", coordinator.identity.user_id),
        ("accept", "in_review", "accepted", coordinator.identity.user_id),
    ]
    assert accepted.expires_at is not None
    assert accepted.accepted_at is not None
    assert timedelta(days=364) <= accepted.expires_at - accepted.accepted_at <= timedelta(days=366)


def test_another_township_does_not_see_the_entry(county: County) -> None:
    entry = a_reported_entry(county)
    elsewhere = a_coordinator(county, county.other_township)
    for act in (read_entry, read_steps):
        with refusal(NotFound, "not_found"):
            act(elsewhere, entry.id)
    with refusal(NotFound, "not_found"):
        open_review(elsewhere, entry.id, entry.version)
    assert list_ledger(elsewhere, LedgerFilter(), PageAsked(50)).items == ()


def test_a_page_takes_as_many_statements_for_one_line_as_for_sixty(county: County) -> None:
    coordinator, officer = a_coordinator(county), an_officer(county)
    counts = []
    for people in (1, 59):
        for person in observed_people(county, people):
            promote_observations(officer, a_promotion(person))
        list_ledger(coordinator, LedgerFilter(county.township), PageAsked(500))
        with statements(county.store) as sent:
            page = list_ledger(coordinator, LedgerFilter(county.township), PageAsked(500))
        counts.append((len(page.items), len(sent)))
    assert [lines for lines, _ in counts] == [1, 60]
    assert counts[0][1] == counts[1][1] <= 8


def test_pages_join_without_gap_or_repetition(county: County) -> None:
    made = [a_reported_entry(county).id for _ in range(5)]
    seen, after = [], None
    while True:
        page = list_ledger(a_coordinator(county), LedgerFilter(county.township), PageAsked(2, after))
        seen += [line["id"] for line in page.items]
        after = page.next_keys
        if after is None:
            break
    assert seen == sorted(made)


def test_filters_narrow_the_ledger(county: County) -> None:
    coordinator = a_coordinator(county)
    reported = a_reported_entry(county)
    opened = an_opened_entry(county, coordinator)
    other_village = promote_observations(
        an_officer(county),
        a_promotion(observed(county, county.township + "202001", ground="3"), grounds=frozenset("3")),
    )
    everything = {reported.id, opened.id, other_village.id}
    expected = {
        LedgerFilter(period="202611"): everything,
        LedgerFilter(period="202610"): set(),
        LedgerFilter(state="in_review"): {opened.id},
        LedgerFilter(ground="3"): {other_village.id},
        LedgerFilter(village_code=county.village): {reported.id, opened.id},
        LedgerFilter(overdue=True): set(),
        LedgerFilter(overdue=False): everything,
    }
    found = {
        wanted: {line["id"] for line in list_ledger(coordinator, wanted, PageAsked(50)).items} for wanted in expected
    }
    assert found == expected


def test_what_is_overdue_is_found_and_named(county: County) -> None:
    coordinator = a_coordinator(county)
    entry = a_reported_entry(county)
    overwrite(county, entry.id, review_due_at=clock.now() - timedelta(seconds=1))
    (line,) = list_ledger(coordinator, LedgerFilter(overdue=True), PageAsked(50)).items
    assert (line["id"], line["overdue"]) == (entry.id, ("review",))
    assert read_entry(coordinator, entry.id).overdue == ("review",)


def test_a_village_officer_sees_shortened_names_no_facts_and_nothing_accepted(county: County) -> None:
    officer = a_caller(county, Role.VILLAGE_OFFICER, county.village, Purpose.SWEEP)
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    (line,) = list_ledger(officer, LedgerFilter(), PageAsked(50)).items
    assert line["name"] != "欧阳试验"
    assert line["name"][0] == "欧"
    assert [(fact.ground, fact.fact) for fact in read_entry(officer, opened.id).facts] == [("2", None)]
    accept_entry(coordinator, opened.id, opened.version, Acceptance())
    assert list_ledger(officer, LedgerFilter(), PageAsked(50)).items == ()


def test_an_assessor_sees_who_was_accepted_and_nobody_before(county: County) -> None:
    assessor = a_caller(county, Role.ASSESSOR, county.township, Purpose.CARE)
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator)
    assert list_ledger(assessor, LedgerFilter(), PageAsked(50)).items == ()
    accept_entry(coordinator, opened.id, opened.version, Acceptance())
    assert [line["id"] for line in list_ledger(assessor, LedgerFilter(), PageAsked(50)).items] == [opened.id]


def test_tasks_and_steps_hold_no_plain_text(county: County) -> None:
    coordinator = a_coordinator(county)
    opened = an_opened_entry(county, coordinator, urgency=Urgency.URGENT)
    return_entry(coordinator, opened.id, opened.version, ReturnReason.NEEDS_FACT)
    with transaction(coordinator) as work:
        rows = work.session.scalars(
            text(
                "SELECT t::text FROM task t UNION ALL SELECT s::text FROM ledger_step s UNION ALL SELECT e::text FROM ledger_entry e"
            )
        ).all()
    assert len(rows) >= 6
    assert not any("欧阳" in row or FACT[:6] in row for row in rows)
