"""Promotion and reporting: what an entry may rest on."""

import pytest

from server.errors import LinliError
from server.services.ledger import promote_observations
from server.services.ledger_reading import LedgerFilter, PageAsked, list_ledger, read_entry, read_steps
from server.services.ledger_review import Acceptance, accept_entry, open_review
from tests.make import County
from tests.make_ledger import (
    FACT,
    a_coordinator,
    a_promotion,
    an_officer,
    observed,
)


def code_of(refusal: pytest.ExceptionInfo[LinliError]) -> str:
    return refusal.value.code


def test_an_entry_goes_from_what_was_seen_to_the_township_ledger(county: County) -> None:
    officer, coordinator = an_officer(county), a_coordinator(county)
    entry = promote_observations(officer, a_promotion(observed(county)))
    assert (entry.state, entry.entry_no, entry.version) == ("reported", county.township + "20260001", 2)
    opened = open_review(coordinator, entry.id, entry.version)
    accepted = accept_entry(coordinator, entry.id, opened.version, Acceptance())
    page = list_ledger(coordinator, LedgerFilter(county.township, "202611"), PageAsked(50))
    assert [(line["id"], line["state"], line["name"]) for line in page.items] == [(entry.id, "accepted", "欧阳试验")]
    detail = read_entry(coordinator, entry.id)
    assert [fact.fact for fact in detail.facts] == [FACT]
    steps = read_steps(coordinator, entry.id)
    assert [(step.act, step.to_state) for step in steps] == [
        ("promote", "draft"),
        ("report", "reported"),
        ("open_review", "in_review"),
        ("accept", "accepted"),
    ]
    assert accepted.expires_at is not None
