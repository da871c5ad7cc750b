"""Disputes: noting what a return brought, reading them, and recording how one went on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.codes import DisputeOutcome
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.returns import DisputeDraft
from server.models.sweep import Dispute
from server.store import disputes
from server.store.disclosure import disclose
from server.store.disputes import PARTIES, DisputeFilter, NewDispute
from server.store.events import AccessEvent
from server.store.observations import Place
from server.store.transaction import Caller, Work, new_id, transaction

__all__ = [
    "DisputeChange",
    "DisputeFilter",
    "DisputeView",
    "change_dispute",
    "list_disputes",
    "note_disputes",
    "read_dispute",
]


@dataclass(frozen=True, repr=False)
class DisputeView:
    """One dispute with the parties' names opened; has no readable ``repr``."""

    id: UUID
    return_id: UUID
    area_code: str
    period: str
    dispute_type: str
    party_count: int
    mediation_body: str | None
    outcome: str
    parties: str | None
    created_by: UUID
    created_at: datetime
    version: int


@dataclass(frozen=True, repr=False)
class DisputeChange:
    """How a dispute went on; None leaves a value as it is."""

    outcome: DisputeOutcome | None = None
    mediation_body: str | None = None
    parties: str | None = None


def note_disputes(work: Work, place: Place, drafts: Sequence[DisputeDraft]) -> None:
    """Write the disputes of a return; raises Conflict ``record_exists``."""
    if drafts:
        disputes.add_disputes(work, place, [NewDispute(draft.id or new_id(), draft) for draft in drafts])


def list_disputes(caller: Caller, wanted: DisputeFilter, asked: PageAsked) -> Page[DisputeView]:
    """A page of disputes with their parties; the event names every dispute whose parties were opened."""
    with transaction(caller) as work:
        page = disputes.disputes_page(work, wanted, asked)
        return page.of(_views(work, page.items))


def read_dispute(caller: Caller, dispute_id: UUID) -> DisputeView:
    """One dispute; raises NotFound."""
    with transaction(caller) as work:
        return _views(work, [disputes.dispute_by_id(work, dispute_id)])[0]


def change_dispute(caller: Caller, dispute_id: UUID, version: int, change: DisputeChange) -> DisputeView:
    """Record how a dispute went on; raises NotFound, Stale."""
    with transaction(caller) as work:
        row = disputes.dispute_for_change(work, dispute_id, version)
        row.outcome = str(change.outcome or row.outcome)
        row.mediation_body = change.mediation_body or row.mediation_body
        if change.parties:
            disputes.name_parties(work, row, change.parties)
        disputes.note_change(work, row)
        return _views(work, [row])[0]


def _views(work: Work, rows: Sequence[Dispute]) -> list[DisputeView]:
    event = AccessEvent(Permission.DISPUTE_READ, table="dispute", fields=(PARTIES,))
    keys = disclose(work, event, {row.id for row in rows if row.sealed_parties})
    return [
        DisputeView(
            id=row.id,
            return_id=row.return_id,
            area_code=row.area_code,
            period=row.period,
            dispute_type=row.dispute_type,
            party_count=row.party_count,
            mediation_body=row.mediation_body,
            outcome=row.outcome,
            parties=keys.open_optional(PARTIES, row.id, row.id, row.sealed_parties),
            created_by=row.created_by,
            created_at=row.created_at,
            version=row.version,
        )
        for row in rows
    ]
