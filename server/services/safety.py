"""Safety events: raised by anybody from any screen, without a score, and read by whoever answers them.

A raiser names only somebody they have to do with, or nobody; either way the township and the assessors are called
within two hours. The system calls nobody outside: no police, no family.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from server.domain.codes import FieldGroup, LegalBasis
from server.domain.codes_care import SafetyKind, SafetySource, SafetyState
from server.domain.crisis_reports import CrisisReport
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Facts, Permission, may
from server.domain.visibility import Sight, sight_of
from server.errors import NotFound
from server.models.safety import SafetyEvent, SafetyNotice
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.grants import area_is_known
from server.store.legal_basis import NewBasisUse, use_legal_basis
from server.store.safety_events import ACTIONS, FACTS, KIND, NewSafetyEvent, raise_event
from server.store.safety_records import (
    SafetyFilter,
    entry_to_name,
    event_by_id,
    events_page,
    notices_of,
    resident_to_name,
)
from server.store.transaction import Caller, Work, transaction
from server.store.word_lists import word_list

__all__ = [
    "SafetyFilter",
    "list_safety_events",
    "raise_safety_event",
    "read_safety_event",
    "safety_view",
    "safety_views",
]

NOTE = "safety_notice.note"
_LISTED = AccessEvent(Permission.SAFETY_READ, fields=(KIND,), table="safety_event")
_READ = AccessEvent(Permission.SAFETY_READ, fields=(ACTIONS, FACTS, KIND, NOTE), table="safety_event")


def raise_safety_event(caller: Caller, report: "SafetyReport") -> "SafetyStatus":
    """Raise an emergency about somebody, known or not.

    Raises NotFound for a person or an area that is not the caller's; Invalid ``diagnosis_in_text``; Conflict
    ``record_exists``.
    """
    with transaction(caller) as work:
        return safety_view(work, raise_safety_event_in(work, report))


def raise_safety_event_in(work: Work, report: "SafetyReport") -> SafetyEvent:
    """Raise an emergency within an open transaction; raises as ``raise_safety_event`` does."""
    event = raise_event(work, _named(work, report))
    if report.legal_basis is not None:
        event.legal_basis_use_id = use_basis(work, event, report.legal_basis, report.basis_reason)
    return event


def list_safety_events(caller: Caller, wanted: SafetyFilter, asked: PageAsked) -> "Page[SafetyStatus]":
    """A page of events with their kind; one event of the log names everybody they are about."""
    with transaction(caller) as work:
        page = events_page(work, wanted, asked)
        keys = disclose(work, _LISTED, [row.subject_id for row in page.items])
        return page.of([_line(work, keys, row) for row in page.items])


def read_safety_event(caller: Caller, event_id: UUID) -> "SafetyStatus":
    """One event as far as the caller's role sees it; raises NotFound."""
    with transaction(caller) as work:
        return safety_view(work, event_by_id(work, Permission.SAFETY_READ, event_id))


def safety_view(work: Work, row: SafetyEvent) -> "SafetyStatus":
    """One event for the caller, named in the log with what was opened."""
    return safety_views(work, [row])[0]


def safety_views(work: Work, rows: Sequence[SafetyEvent]) -> "list[SafetyStatus]":
    """These events for the caller, in the rows' order; the log names whom they are about with what was opened."""
    shown = [row for row in rows if _shown(work, row)]
    views = _details(work, shown) if shown else {}
    hidden = [row for row in rows if row.id not in views]
    views |= _outlines(work, hidden) if hidden else {}
    return [views[row.id] for row in rows]


def use_basis(work: Work, row: SafetyEvent, basis: LegalBasis, reason: str) -> UUID:
    """Write down on which basis somebody is told without consent (guardrail G6); the privacy officer looks into it."""
    new = NewBasisUse(row.area_code, row.subject_id, row.entry_id, basis, "safety_event", reason)
    return use_legal_basis(work, new).id


def overdue(row: SafetyEvent, now: datetime) -> tuple[str, ...]:
    """What is late: taking it in hand, or looking back at it."""
    late = (
        ("acknowledgement", row.state == SafetyState.RAISED, row.ack_due_at),
        ("review", row.reviewed_at is None, row.review_due_at),
    )
    return tuple(name for name, waits, due in late if waits and due < now)


def _named(work: Work, report: "SafetyReport") -> NewSafetyEvent:
    """What is to be raised: where, and about whom as far as the caller may say."""
    home, resident_id = _person_named(work, report)
    area = report.area_code or home
    if area is None or not may(work.identity, Permission.SAFETY_RAISE, Facts(area)) or not area_is_known(work, area):
        raise NotFound("not_found", field="area_code")
    told = CrisisReport(report.kind, report.facts, report.actions).checked(word_list())
    return NewSafetyEvent(area, told, SafetySource.STAFF, resident_id, report.entry_id, id=report.id)


def _person_named(work: Work, report: "SafetyReport") -> tuple[str | None, UUID | None]:
    """Where the person named lives, and who they are; nothing where nobody is named."""
    if report.entry_id is not None:
        entry = entry_to_name(work, report.entry_id)
        if report.resident_id not in {None, entry.resident_id}:
            raise NotFound("not_found", field="resident_id")
        return entry.area_code, entry.resident_id
    if report.resident_id is not None:
        return resident_to_name(work, report.resident_id).area_code, report.resident_id
    return None, None


def _shown(work: Work, row: SafetyEvent) -> bool:
    """Whether the caller sees what happened: by their role in the area, or because they raised it."""
    sight = sight_of(work.identity, FieldGroup.SAFETY_EVENT, row.area_code)
    return sight is Sight.FULL or (sight is Sight.OWN and row.created_by == work.identity.user_id)


def _outlines(work: Work, rows: Sequence[SafetyEvent]) -> "dict[UUID, SafetyStatus]":
    """What stands open of each; the log names whom they are about all the same."""
    only = rows[0].id if len(rows) == 1 else None
    event = AccessEvent(Permission.SAFETY_READ, table="safety_event", record_id=only)
    disclose(work, event, [row.subject_id for row in rows])
    return {row.id: SafetyStatus(**_plain(work, row)) for row in rows}


def _details(work: Work, rows: Sequence[SafetyEvent]) -> "dict[UUID, SafetyStatus]":
    keys = disclose(work, _READ, [row.subject_id for row in rows])
    notices: dict[UUID, list[SafetyNotice]] = {row.id: [] for row in rows}
    for notice in notices_of(work, notices.keys()):
        notices[notice.event_id].append(notice)
    return {row.id: _detail(work, keys, row, notices[row.id]) for row in rows}


def _detail(work: Work, keys: SubjectKeys, row: SafetyEvent, notices: Sequence[SafetyNotice]) -> "SafetyDetail":
    return SafetyDetail(
        **_plain(work, row),
        kind=keys.open(KIND, row.id, row.subject_id, row.sealed_kind),
        facts=keys.open(FACTS, row.id, row.subject_id, row.sealed_facts),
        actions=keys.open_optional(ACTIONS, row.id, row.subject_id, row.sealed_actions),
        resident_id=row.resident_id,
        entry_id=row.entry_id,
        legal_basis_use_id=row.legal_basis_use_id,
        notices=[_notice(keys, row.subject_id, notice) for notice in notices],
    )


def _notice(keys: SubjectKeys, subject_id: UUID, notice: SafetyNotice) -> "NoticeView":
    note = keys.open_optional(NOTE, notice.id, subject_id, notice.sealed_note)
    return NoticeView(notice.id, notice.recipient, notice.told_at, notice.created_by, note)


def _line(work: Work, keys: SubjectKeys, row: SafetyEvent) -> "SafetyStatus":
    if not _shown(work, row):
        return SafetyStatus(**_plain(work, row))
    kind = keys.open(KIND, row.id, row.subject_id, row.sealed_kind)
    return SafetyLine(**_plain(work, row), kind=kind, entry_id=row.entry_id)


def _plain(work: Work, row: SafetyEvent) -> dict[str, Any]:
    names = SafetyStatus.__dataclass_fields__.keys() - {"overdue"}
    return {name: getattr(row, name) for name in names} | {"overdue": overdue(row, work.now)}


@dataclass(frozen=True, repr=False)
class SafetyReport:
    """An emergency as somebody tells it; has no readable ``repr``."""

    kind: SafetyKind
    facts: str
    #: Where it is; left out, where the person named lives.
    area_code: str | None = None
    resident_id: UUID | None = None
    entry_id: UUID | None = None
    actions: str | None = None
    legal_basis: LegalBasis | None = None
    basis_reason: str = ""
    id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class SafetyStatus:
    """Where a safety event stands; what happened is not in it."""

    id: UUID
    area_code: str
    source: str
    state: str
    raised_at: datetime
    ack_due_at: datetime
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    review_due_at: datetime
    reviewed_by: UUID | None
    reviewed_at: datetime | None
    closed_by: UUID | None
    closed_at: datetime | None
    created_by: UUID
    overdue: tuple[str, ...]
    version: int


@dataclass(frozen=True, repr=False, kw_only=True)
class SafetyLine(SafetyStatus):
    """A line of a list, for those who see what happened; has no readable ``repr``."""

    kind: str
    entry_id: UUID | None


@dataclass(frozen=True, repr=False, kw_only=True)
class SafetyDetail(SafetyLine):
    """An event with what was seen, what was done and who was told; has no readable ``repr``."""

    facts: str
    actions: str | None
    resident_id: UUID | None
    legal_basis_use_id: UUID | None
    notices: "list[NoticeView]"


@dataclass(frozen=True, repr=False)
class NoticeView:
    """Who was told, when and by whom; has no readable ``repr``."""

    id: UUID
    recipient: str
    told_at: datetime
    told_by: UUID
    note: str | None
