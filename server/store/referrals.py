"""Referrals as rows: who reaches which, and how one is moved.

Two faces of one table. Those who look after the person, and the township, reach a referral through its entry and area;
an agency's people reach what was sent to their agency, from the moment it was sent, and nothing through any area. The
two never mix: a role of one face opens nothing through the other.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    Uuid,
    and_,
    cast,
    func,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import array

from server.domain.codes import Role
from server.domain.codes_care import ReferralState
from server.domain.codes_referral import Direction
from server.domain.identity import Identity
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission, allowances
from server.domain.referral_states import AGENCY_STATES, AWAITING_FEEDBACK, ReferralAct, find
from server.errors import Forbidden
from server.models.ledger import LedgerEntry
from server.models.referral import AgencyMember, Referral
from server.store.care import lock_entry
from server.store.disclosure import refs_of
from server.store.pages import records_page
from server.store.records import as_read, count_up, found, note_written
from server.store.referral_steps import ReferralMove, insert_referral_steps
from server.store.scope import ScopeColumns, under, within
from server.store.transaction import Work

PACKET, FEEDBACK = "referral.packet", "referral.feedback"
_STAFF = ScopeColumns(Referral.area_code, Referral.created_by, Referral.state, LedgerEntry.carer_ids)


def referral_by_id(work: Work, permission: Permission, referral_id: UUID) -> Referral:
    """One referral; raises NotFound ``not_found`` where there is none, or none the caller reaches."""
    return found(work.session.scalar(_referrals(work, permission).where(Referral.id == referral_id)))


def referral_for_change(work: Work, permission: Permission, referral_id: UUID, version: int | None) -> Referral:
    """One referral, its entry locked first and then itself; raises NotFound, Stale ``record_changed``."""
    known = referral_by_id(work, permission, referral_id)
    if known.entry_id is not None:
        lock_entry(work, known.entry_id)
    statement = _referrals(work, permission).where(Referral.id == referral_id)
    statement = statement.with_for_update(of=Referral).execution_options(populate_existing=True)
    return as_read(work.session.scalar(statement), version)


def referrals_page(work: Work, wanted: "ReferralFilter", asked: PageAsked) -> Page[Referral]:
    """A page of the referrals the caller reaches."""
    statement = _referrals(work, Permission.REFERRAL_READ)
    equal = {
        Referral.state: wanted.state,
        Referral.direction: wanted.direction,
        Referral.urgency: wanted.urgency,
        Referral.agency_id: wanted.agency_id,
        Referral.entry_id: wanted.entry_id,
    }
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    if wanted.township_code is not None:
        statement = statement.where(under(Referral.area_code, wanted.township_code))
    if wanted.overdue is not None:
        late = _overdue(work)
        statement = statement.where(late if wanted.overdue else ~late)
    return records_page(work.session, statement, Referral.id, asked)


def move_referral(work: Work, row: Referral, act: ReferralAct, reason: str) -> None:
    """Make a move of the table: state, version, step and event. Set the move's own columns before.

    Raises:
        Conflict: ``referral_transition_forbidden``, there is no such move from this state.
        Forbidden: ``role_forbidden``, another role makes this move.
    """
    source = ReferralState(row.state)
    transition = find(Direction(row.direction), source, act)
    roles = {grant.role for grant in work.identity.grants if row.area_code.startswith(grant.area_code)}
    if not roles & set(transition.roles):
        raise Forbidden("role_forbidden", permission=act)
    row.state = transition.target.value
    count_up(work, row)
    work.session.flush()
    insert_referral_steps(work, [ReferralMove(row, source.value, act, reason)])
    note_referral(work, act, row)


def begin_referral(work: Work, row: Referral, reason: str) -> None:
    """Write a new referral with its first step."""
    work.session.add(row)
    work.session.flush()
    insert_referral_steps(work, [ReferralMove(row, None, ReferralAct.DRAFT, reason)])
    note_referral(work, ReferralAct.DRAFT, row)


def note_referral(work: Work, act: str, row: Referral) -> None:
    """Have it logged that a referral was written, and about whom."""
    note_written(work, f"referral:{act}", row, refs_of(work, [row.subject_id]).values())


def without_agency(identity: Identity) -> Identity:
    """The caller without the roles that answer for an agency."""
    return _only(identity, lambda role: role is not Role.RECEIVING_AGENCY)


def carers_of(work: Work, rows: Iterable[Referral]) -> dict[UUID, frozenset[UUID]]:
    """Referral → who looks after the person it is about: nobody, where somebody unknown was referred in."""
    entries = {row.id: row.entry_id for row in rows}
    statement = select(LedgerEntry.id, LedgerEntry.carer_ids).where(
        LedgerEntry.county_code == work.county_code,
        LedgerEntry.id == func.any([entry_id for entry_id in entries.values() if entry_id is not None]),
    )
    carers = {row.id: frozenset(row.carer_ids) for row in work.session.execute(statement)}
    return {id_: carers.get(entry_id, frozenset()) if entry_id else frozenset() for id_, entry_id in entries.items()}


def answers_for(work: Work, agency_id: UUID) -> bool:
    """Whether the caller is one of this agency's people."""
    statement = select(AgencyMember.id).where(
        AgencyMember.county_code == work.county_code,
        AgencyMember.agency_id == agency_id,
        AgencyMember.user_id == work.identity.user_id,
    )
    return work.session.scalar(statement) is not None


def has_open_return(work: Work, referral_id: UUID) -> bool:
    """Whether the person was already sent back and the township has not ended that."""
    statement = select(Referral.id).where(
        Referral.county_code == work.county_code,
        Referral.back_of == referral_id,
        Referral.state != ReferralState.CLOSED.value,
    )
    return work.session.scalar(statement) is not None


def _referrals(work: Work, permission: Permission) -> Select[Referral]:
    identity = work.identity
    allowances(identity, permission)
    agency = _only(identity, lambda role: role is Role.RECEIVING_AGENCY)
    columns = ScopeColumns(Referral.area_code, Referral.created_by, Referral.state, _members())
    sent = Referral.state.in_(sorted(AGENCY_STATES))
    reached = [
        *_through(without_agency(identity), permission, _STAFF),
        *(and_(each, sent) for each in _through(agency, permission, columns)),
    ]
    return (
        select(Referral)
        .outerjoin(
            LedgerEntry,
            (LedgerEntry.county_code == Referral.county_code) & (LedgerEntry.id == Referral.entry_id),
        )
        .where(Referral.county_code == work.county_code, or_(*reached))
    )


def _through(identity: Identity, permission: Permission, columns: ScopeColumns) -> list[ColumnElement[bool]]:
    """What these roles alone let through, if they let anything through for this purpose."""
    try:
        return [within(identity, permission, columns)]
    except Forbidden:
        return []


def _members() -> SQLColumnExpression[list[UUID]]:
    """The users who answer for the referral's agency, as an array."""
    members: ScalarSelect[list[UUID]] = (
        select(func.array_agg(AgencyMember.user_id))
        .where(AgencyMember.county_code == Referral.county_code, AgencyMember.agency_id == Referral.agency_id)
        .correlate(Referral)
        .scalar_subquery()
    )
    return func.coalesce(members, cast(array([]), ARRAY(Uuid())))


def _only(identity: Identity, keeps: Callable[[Role], bool]) -> Identity:
    return replace(identity, grants=tuple(grant for grant in identity.grants if keeps(grant.role)))


def _overdue(work: Work) -> ColumnElement[bool]:
    """Not answered, not seen, or nothing told, in time."""
    unanswered = Referral.state.in_([ReferralState.SENT.value, ReferralState.NO_ACK.value])
    unseen = Referral.state.in_([ReferralState.RECEIVED.value, ReferralState.APPOINTED.value])
    untold = Referral.state.in_(sorted(AWAITING_FEEDBACK))
    return or_(
        and_(unanswered, func.coalesce(Referral.ack_due_at < work.now, False)),
        and_(unseen, func.coalesce(Referral.seen_due_at < work.now, False)),
        and_(untold, func.coalesce(Referral.feedback_due_at < work.now, False)),
    )


@dataclass(frozen=True)
class ReferralFilter:
    """Which referrals; None leaves a column open."""

    state: str | None = None
    direction: str | None = None
    urgency: str | None = None
    agency_id: UUID | None = None
    entry_id: UUID | None = None
    township_code: str | None = None
    overdue: bool | None = None
