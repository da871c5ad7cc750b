"""The township's ledger as a list: columns, not objects, in one join, however long the page.

A hot path: the ORM's unit of work stays off it, and nothing is asked once per row.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, and_, any_, func, literal, or_, select

from server.domain.area_codes import Level
from server.domain.codes import LedgerState
from server.domain.ledger_rules import UNDECIDED_STATES
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.models.area import Area
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.store.ledger import SCOPE
from server.store.pages import page_of, paged
from server.store.scope import under, within
from server.store.transaction import Work

_E = LedgerEntry
#: What a line of the ledger tells of the entry, under these very names.
ENTRY_COLUMNS = (
    _E.id, _E.entry_no, _E.resident_id, _E.area_code, _E.township_code, _E.period, _E.state, _E.urgency, _E.grounds,
    _E.reporter_id, _E.reviewer_id, _E.assessor_id, _E.carer_ids, _E.reported_at, _E.review_due_at,
    _E.resubmit_due_at, _E.decided_at, _E.decision_reason, _E.accepted_at, _E.first_contact_due_at, _E.consented_at,
    _E.assessment_due_at, _E.assessed_at, _E.plan_due_at, _E.paused_until, _E.renewed_at, _E.expires_at, _E.closed_at,
    _E.closure_reason, _E.due_provisional, _E.version,
)  # fmt: skip
_JOIN = (Resident.county_code == _E.county_code) & (Resident.id == _E.resident_id)


def page_of_entries(work: Work, wanted: "LedgerFilter", asked: PageAsked) -> Page[RowMapping]:
    """One page of the entries the caller may see, in the order they were made: one statement."""
    statement = (
        select(*ENTRY_COLUMNS, Resident.sealed_name, Resident.sex, Resident.birth_year, Area.name.label("village_name"))
        .join(Resident, _JOIN)
        .outerjoin(Area, Area.code == func.left(_E.area_code, Level.VILLAGE.value))
        .where(_E.county_code == work.county_code, within(work.identity, Permission.LEDGER_READ, SCOPE))
        .where(*_conditions(wanted, work.now))
    )
    rows = work.session.execute(paged(statement, _E.id, asked)).mappings().all()
    return page_of(rows, [row["id"] for row in rows], asked)


def _conditions(wanted: "LedgerFilter", now: datetime) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.period is not None:
        found.append(_E.period == wanted.period)
    if wanted.township_code is not None:
        found.append(_E.township_code == wanted.township_code)
    if wanted.state is not None:
        found.append(_E.state == wanted.state)
    if wanted.ground is not None:
        found.append(literal(wanted.ground) == any_(_E.grounds))
    if wanted.village_code is not None:
        found.append(under(_E.area_code, wanted.village_code))
    if wanted.overdue is not None:
        found.append(_is_overdue(now) if wanted.overdue else ~_is_overdue(now))
    return found


def _is_overdue(now: datetime) -> ColumnElement[bool]:
    """As ``overdue`` of the rules; an absent deadline has not passed."""
    return or_(
        _passed(_E.state.in_(sorted(UNDECIDED_STATES)), _E.review_due_at, now),
        _passed(_E.state == LedgerState.RETURNED.value, _E.resubmit_due_at, now),
        _passed(_E.state == LedgerState.ACCEPTED.value, _E.first_contact_due_at, now),
        _passed(_E.state == LedgerState.CONSENTED.value, _E.assessment_due_at, now),
        _passed(_E.state == LedgerState.ASSESSED.value, _E.plan_due_at, now),
    )


def _passed(state: ColumnElement[bool], due: Any, now: datetime) -> ColumnElement[bool]:
    return and_(state, due.is_not(None), due < now)


@dataclass(frozen=True)
class LedgerFilter:
    """Which entries; None leaves a column open."""

    township_code: str | None = None
    period: str | None = None
    state: str | None = None
    ground: str | None = None
    village_code: str | None = None
    overdue: bool | None = None
