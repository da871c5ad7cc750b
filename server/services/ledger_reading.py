"""Reading the ledger: a township's month as a list, one entry with its facts, and an entry's history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from server.domain.codes import FieldGroup
from server.domain.ledger_rules import Due, overdue
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.resident_views import ResidentPlain, ResidentView, resident_view
from server.domain.visibility import Sight, sight_of
from server.errors import NotFound
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.services.ledger_moves import EntryBrief, EntryView, entry_brief, entry_view
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.ledger import entry_by_id, steps_of
from server.store.ledger_facts import SealedFact, facts_of
from server.store.ledger_pages import LedgerFilter, page_of_entries
from server.store.residents import ALL_FIELDS, SealedName, names_of, plain_of
from server.store.transaction import Caller, Work, transaction

__all__ = ["LedgerFilter", "list_ledger", "read_entry", "read_steps"]

#: What an entry tells of the care that follows acceptance.
_CARE = EntryView.__dataclass_fields__.keys() - EntryBrief.__dataclass_fields__.keys()
_LISTED = AccessEvent(Permission.LEDGER_READ, fields=("resident.name",), table="ledger_entry")
_READ = AccessEvent(Permission.LEDGER_READ, fields=("observation.fact", *ALL_FIELDS), table="ledger_entry")
_READ_MASKED = AccessEvent(Permission.LEDGER_READ, fields=ALL_FIELDS, table="ledger_entry")


def list_ledger(caller: Caller, wanted: LedgerFilter, asked: PageAsked) -> Page[Mapping[str, Any]]:
    """A page of the ledger, each line with the person's name as the caller is shown it.

    The number of statements does not depend on the number of lines; one event names everybody listed.
    """
    with transaction(caller) as work:
        page = page_of_entries(work, wanted, asked)
        rows = page.items
        keys = disclose(work, _LISTED, [row["resident_id"] for row in rows])
        sealed = [SealedName(row["resident_id"], row["area_code"], row["sealed_name"]) for row in rows]
        names = names_of(work, keys, sealed)
        return page.of([_line(work, row, name) for row, name in zip(rows, names, strict=True)])


def read_entry(caller: Caller, entry_id: UUID) -> "EntryDetail":
    """One entry with the person and the facts it rests on, as far as the caller's role sees them."""
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.LEDGER_READ, entry_id)
        resident = work.session.get(Resident, (work.county_code, entry.resident_id))
        if resident is None:
            raise NotFound("not_found")
        shows_facts = sight_of(work.identity, FieldGroup.OBSERVATION, entry.area_code) is Sight.FULL
        event = _READ if shows_facts else _READ_MASKED
        keys = disclose(work, event, [resident.id])
        facts = _facts(keys, facts_of(work, entry.id), open_text=shows_facts)
        told = entry_view(entry) if _sees_care(work, entry.area_code) else entry_brief(entry)
        return EntryDetail(told, _overdue(entry, work), _shown(work, keys, resident), facts)


def read_steps(caller: Caller, entry_id: UUID) -> "list[StepView]":
    """Everything that was done to an entry: who, when, why."""
    with transaction(caller) as work:
        entry = entry_by_id(work, Permission.LEDGER_READ, entry_id)
        work.note(AccessEvent(Permission.LEDGER_READ, table="ledger_step", record_id=entry.id))
        return [
            StepView(step.act, step.from_state, step.to_state, step.actor_id, step.at, step.reason)
            for step in steps_of(work, entry.id)
        ]


def _sees_care(work: Work, area_code: str) -> bool:
    """Whether the caller has a part in what follows acceptance; a village officer does not (invariant 7)."""
    return sight_of(work.identity, FieldGroup.PLAN_VISITS, area_code) is not Sight.NONE


def _line(work: Work, row: Mapping[Any, Any], name: str | None) -> dict[str, Any]:
    line = dict(row)
    del line["sealed_name"]
    line["name"] = name
    due = Due(
        line["review_due_at"],
        line["resubmit_due_at"],
        line["first_contact_due_at"],
        line["assessment_due_at"],
        line["plan_due_at"],
    )
    line["overdue"] = overdue(line["state"], due, work.now)
    if _sees_care(work, line["area_code"]):
        return line
    return {key: value for key, value in line.items() if key not in _CARE}


def _overdue(entry: LedgerEntry, work: Work) -> tuple[str, ...]:
    due = Due(
        entry.review_due_at,
        entry.resubmit_due_at,
        entry.first_contact_due_at,
        entry.assessment_due_at,
        entry.plan_due_at,
    )
    return overdue(entry.state, due, work.now)


def _shown(work: Work, keys: SubjectKeys, resident: Resident) -> ResidentView:
    plain: ResidentPlain = plain_of(work, keys, resident)
    return resident_view(work.identity, plain)


def _facts(keys: SubjectKeys, facts: Sequence[SealedFact], *, open_text: bool) -> "tuple[FactView, ...]":
    return tuple(
        FactView(
            fact.id,
            fact.observed_on,
            fact.ground,
            fact.source,
            fact.urgent,
            keys.open("observation.fact", fact.id, fact.resident_id, fact.sealed_fact) if open_text else None,
        )
        for fact in facts
    )


@dataclass(frozen=True, repr=False)
class FactView:
    """One observation an entry rests on; ``fact`` is None for roles that see the ground alone."""

    id: UUID
    observed_on: date
    ground: str
    source: str
    urgent: bool
    fact: str | None


@dataclass(frozen=True, repr=False)
class EntryDetail:
    """An entry as opened for one reader; has no readable ``repr``."""

    entry: EntryBrief
    overdue: tuple[str, ...]
    resident: ResidentView
    facts: tuple[FactView, ...]


@dataclass(frozen=True)
class StepView:
    """One transition; the all-zero actor is the clockwork."""

    act: str
    from_state: str | None
    to_state: str
    actor_id: UUID
    at: datetime
    reason: str
