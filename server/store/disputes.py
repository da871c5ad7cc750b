"""Disputes: written in bulk with a return, followed up later; the parties' names stay sealed here."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, insert, select

from server.crypto.registry import Retention
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.returns import DisputeDraft
from server.models.sweep import Dispute
from server.store.disclosure import SubjectKeys, compare, refs_of, register_subjects
from server.store.events import AccessEvent
from server.store.observations import Place
from server.store.pages import records_page
from server.store.records import as_read, count_up, found, note_written
from server.store.returns import of_sweep
from server.store.scope import ScopeColumns, under, within
from server.store.taken import unless_taken
from server.store.transaction import Work

_SCOPE = ScopeColumns(Dispute.area_code, Dispute.created_by)
PARTIES = "dispute.parties"


@dataclass(frozen=True, repr=False)
class NewDispute:
    """One dispute about to be written."""

    id: UUID
    draft: DisputeDraft


@dataclass(frozen=True)
class DisputeFilter:
    """Which disputes; None leaves a column open."""

    sweep_id: UUID | None = None
    township_code: str | None = None
    period: str | None = None
    dispute_type: str | None = None
    outcome: str | None = None


def add_disputes(work: Work, place: Place, new: Sequence[NewDispute]) -> None:
    """Seal and write disputes: statements do not grow with their number; raises Conflict ``record_exists``."""
    named = [one.id for one in new if one.draft.parties]
    with unless_taken():
        keys = register_subjects(work, named, (Retention.CASE,))
        work.session.execute(insert(Dispute), [_row(work, place, one, keys) for one in new])
    refs = refs_of(work, named) if named else {}
    for one in new:
        about = (refs[one.id],) if one.id in refs else ()
        work.note(AccessEvent("return:submit", table="dispute", record_id=one.id, version_after=1, subject_refs=about))


def dispute_by_id(work: Work, dispute_id: UUID) -> Dispute:
    """One dispute; raises NotFound ``not_found``."""
    return found(work.session.scalar(_disputes(work, Permission.DISPUTE_READ).where(Dispute.id == dispute_id)))


def dispute_for_change(work: Work, dispute_id: UUID, version: int) -> Dispute:
    """One dispute to be changed; raises NotFound, Stale ``record_changed``."""
    statement = _disputes(work, Permission.DISPUTE_UPDATE).where(Dispute.id == dispute_id).with_for_update()
    return as_read(work.session.scalar(statement), version)


def disputes_page(work: Work, wanted: DisputeFilter, asked: PageAsked) -> Page[Dispute]:
    """A page of the disputes the caller may read."""
    statement = _disputes(work, Permission.DISPUTE_READ)
    if wanted.sweep_id is not None:
        statement = statement.where(of_sweep(work, Dispute.return_id, wanted.sweep_id))
    if wanted.township_code is not None:
        statement = statement.where(under(Dispute.area_code, wanted.township_code))
    equal = {
        Dispute.period: wanted.period,
        Dispute.dispute_type: wanted.dispute_type,
        Dispute.outcome: wanted.outcome,
    }
    statement = statement.where(*(column == value for column, value in equal.items() if value is not None))
    return records_page(work.session, statement, Dispute.id, asked)


def name_parties(work: Work, row: Dispute, parties: str) -> None:
    """Seal the parties' names anew; the first names given make the dispute a subject of its own."""
    known = row.id in refs_of(work, [row.id])
    told = AccessEvent("dispute:update", table="dispute", record_id=row.id, fields=(PARTIES,))
    keys = compare(work, told, [row.id]) if known else register_subjects(work, [row.id], (Retention.CASE,))
    row.sealed_parties = keys.seal(PARTIES, row.id, row.id, parties)


def note_change(work: Work, row: Dispute) -> None:
    """Stamp a changed dispute with its next version and note it."""
    count_up(work, row)
    note_written(work, "dispute:update", row, refs_of(work, [row.id]).values())


def _row(work: Work, place: Place, new: NewDispute, keys: SubjectKeys) -> dict[str, object]:
    draft = new.draft
    return {
        "county_code": work.county_code,
        "id": new.id,
        "return_id": place.return_id,
        "area_code": place.area_code,
        "period": place.period,
        "dispute_type": str(draft.dispute_type),
        "party_count": draft.party_count,
        "mediation_body": draft.mediation_body,
        "outcome": str(draft.outcome),
        "sealed_parties": keys.seal_optional(PARTIES, new.id, new.id, draft.parties or None),
        "version": 1,
        "created_by": work.identity.user_id,
        "created_at": work.now,
        "updated_at": work.now,
    }


def _disputes(work: Work, permission: Permission) -> Select[Dispute]:
    scope = within(work.identity, permission, _SCOPE)
    return select(Dispute).where(Dispute.county_code == work.county_code, scope)
