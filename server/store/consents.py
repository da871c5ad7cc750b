"""Consent as it stands: what was asked and answered, and whether somebody agreed to what is about to be done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, update

from server.clock import day_of
from server.domain.codes import LedgerState
from server.domain.codes_care import ConsentScope, ConsentState
from server.domain.consents import Question
from server.domain.deadlines import ask_again_from, report_again_from
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.models.referral import Agency
from server.models.sweep import Observation
from server.store.care import columns_of, records
from server.store.pages import records_page
from server.store.scope import under
from server.store.taken import insert_new
from server.store.transaction import Work, widened

_OPEN = (ConsentState.REQUESTED.value, ConsentState.GIVEN.value)
_TAKEN = {"uq_consent_one_open": "consent_open"}
_BATCH = 500


def consent_in_force(
    work: Work, entry: LedgerEntry, scope: ConsentScope, agency_id: UUID | None = None
) -> Consent | None:
    """The consent that allows it now, if there is one. Lock the entry first, so that it still stands at the commit."""
    statement = select(Consent).where(
        Consent.county_code == work.county_code,
        Consent.entry_id == entry.id,
        Consent.scope == scope.value,
        Consent.agency_id.is_not_distinct_from(agency_id),
        *_in_force(work.now),
    )
    return work.session.scalar(statement)


def entries_in_agreement(work: Work, scope: ConsentScope, entry_ids: Collection[UUID]) -> frozenset[UUID]:
    """Of which of these entries the person agrees to it today: one statement. The caller has reached them already."""
    statement = select(Consent.entry_id).where(
        Consent.county_code == work.county_code,
        Consent.entry_id == func.any(list(entry_ids)),
        Consent.scope == scope.value,
        *_in_force(work.now),
    )
    with widened(work):
        return frozenset(work.session.scalars(statement))


def require_consent(work: Work, entry: LedgerEntry, scope: ConsentScope, agency_id: UUID | None = None) -> Consent:
    """As ``consent_in_force``; raises Conflict ``consent_missing`` where nobody agreed (invariant 3)."""
    consent = consent_in_force(work, entry, scope, agency_id)
    if consent is None:
        raise Conflict("consent_missing", scope=scope.value)
    return consent


def add_question(work: Work, entry: LedgerEntry, question: Question) -> Consent:
    """Write down that somebody was asked.

    Raises Conflict ``record_exists``, the id is taken; ``consent_open``, this was asked and is open, or was agreed to.
    """
    columns = columns_of(work, entry, question.id)
    known = select(Consent.id).where(Consent.county_code == work.county_code, Consent.id == columns["id"])
    if work.session.scalar(known) is not None:
        raise Conflict("record_exists")
    row = Consent(
        **columns,
        scope=question.scope.value,
        agency_id=question.agency_id,
        state=ConsentState.REQUESTED.value,
        leaflet_version=question.leaflet_version,
        asked_at=work.now,
        person_asked=question.person_asked,
        guardian_conflict=False,
    )
    insert_new(work, row, _TAKEN)
    return row


def left_in_peace_until(work: Work, resident_id: UUID, question: Question) -> date | None:
    """The first day on which this may be asked of the person again, whoever asked before, wherever in the county."""
    statement = select(func.max(Consent.ask_again_from)).where(
        Consent.county_code == work.county_code,
        Consent.resident_id == resident_id,
        Consent.scope == question.scope.value,
        Consent.agency_id.is_not_distinct_from(question.agency_id),
    )
    with widened(work):
        return work.session.scalar(statement)


def open_consents(
    work: Work, entry: LedgerEntry, scopes: Collection[ConsentScope] = tuple(ConsentScope)
) -> list[Consent]:
    """The entry's questions of these scopes that wait for an answer or were agreed to, locked."""
    statement = select(Consent).where(
        Consent.county_code == work.county_code,
        Consent.entry_id == entry.id,
        Consent.scope.in_([scope.value for scope in scopes]),
        Consent.state.in_(_OPEN),
    )
    statement = statement.order_by(Consent.id).with_for_update().execution_options(populate_existing=True)
    return list(work.session.scalars(statement))


def leave_in_peace(row: Consent, today: date) -> None:
    """Set the day before which nobody asks this again."""
    row.ask_again_from = ask_again_from(today, assessment=row.scope == ConsentScope.ASSESSMENT)


def consents_of(work: Work, entry: LedgerEntry) -> Sequence[Consent]:
    """Everything the person was asked about, oldest first; see that the caller may read the entry first."""
    statement = select(Consent).where(Consent.county_code == work.county_code, Consent.entry_id == entry.id)
    return work.session.scalars(statement.order_by(Consent.id)).all()


def consents_page(work: Work, wanted: "ConsentFilter", asked: PageAsked) -> Page[Consent]:
    """A page of the register of consents, as far as the caller reaches it."""
    statement = records(work, Permission.CONSENT_READ, Consent)
    if wanted.state is not None:
        statement = statement.where(Consent.state == wanted.state)
    if wanted.scope is not None:
        statement = statement.where(Consent.scope == wanted.scope)
    if wanted.township_code is not None:
        statement = statement.where(under(Consent.area_code, wanted.township_code))
    return records_page(work.session, statement, Consent.id, asked)


def end_past(work: Work, entry: LedgerEntry) -> None:
    """End what this person agreed to until a day that has passed, so that it may be asked anew."""
    _end(work, Consent.entry_id == entry.id, _is_past(work.now))


def end_past_everywhere(work: Work, now: datetime) -> int:
    """End a batch of consents whose last day has passed; how many. Rows that somebody is at are left for later."""
    statement = select(Consent.id).where(Consent.county_code == work.county_code, _is_past(now)).limit(_BATCH)
    ids = list(work.session.scalars(statement.with_for_update(skip_locked=True)))
    if ids:
        _end(work, Consent.id == func.any(ids))
    return len(ids)


def check_agency(work: Work, agency_id: UUID) -> None:
    """Hold that an agency takes referrals; raises Conflict ``consent_agency_unknown``."""
    statement = select(Agency.id).where(Agency.county_code == work.county_code, Agency.id == agency_id, Agency.active)
    if work.session.scalar(statement) is None:
        raise Conflict("consent_agency_unknown", field="agency_id")


def check_not_declined_lately(work: Work, resident_id: UUID, observation_ids: Collection[UUID]) -> None:
    """Hold that nobody who refused the service is reported again on what was known before (guardrail G3).

    For three months every fact of a new entry must be later than the refusal; raises Conflict ``declined_recently``.
    """
    refused = select(func.max(LedgerEntry.closed_at)).where(
        LedgerEntry.county_code == work.county_code,
        LedgerEntry.resident_id == resident_id,
        LedgerEntry.state == LedgerState.SERVICE_DECLINED.value,
    )
    with widened(work):
        at = work.session.scalar(refused)
    if at is None or day_of(work.now) >= report_again_from(day_of(at)):
        return
    oldest = select(func.min(Observation.observed_on)).where(
        Observation.county_code == work.county_code, Observation.id == func.any(list(observation_ids))
    )
    if work.session.scalars(oldest).one() <= day_of(at):
        raise Conflict("declined_recently", field="observation_ids", day=report_again_from(day_of(at)).isoformat())


def _is_past(now: datetime) -> ColumnElement[bool]:
    return (Consent.state == ConsentState.GIVEN.value) & (Consent.valid_to < day_of(now))


def _in_force(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        Consent.state == ConsentState.GIVEN.value,
        or_(Consent.valid_to.is_(None), Consent.valid_to >= day_of(now)),
    )


def _end(work: Work, *which: ColumnElement[bool]) -> None:
    statement = update(Consent).where(Consent.county_code == work.county_code, *which)
    statement = statement.values(state=ConsentState.EXPIRED.value, version=Consent.version + 1, updated_at=work.now)
    work.session.execute(statement.execution_options(synchronize_session="fetch"))


@dataclass(frozen=True)
class ConsentFilter:
    """Which consents; None leaves a column open."""

    state: str | None = None
    scope: str | None = None
    township_code: str | None = None
