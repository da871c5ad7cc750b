"""Consent as it stands: whether somebody agreed, at this instant, to what is about to be done."""

from uuid import UUID

from sqlalchemy import or_, select

from server.clock import day_of
from server.domain.codes_care import ConsentScope, ConsentState
from server.errors import Conflict
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.store.transaction import Work


def consent_in_force(
    work: Work, entry: LedgerEntry, scope: ConsentScope, agency_id: UUID | None = None
) -> Consent | None:
    """The consent that allows it now, if there is one. Lock the entry first, so that it still stands at the commit."""
    statement = select(Consent).where(
        Consent.county_code == work.county_code,
        Consent.entry_id == entry.id,
        Consent.scope == scope.value,
        Consent.agency_id.is_not_distinct_from(agency_id),
        Consent.state == ConsentState.GIVEN.value,
        or_(Consent.valid_to.is_(None), Consent.valid_to >= day_of(work.now)),
    )
    return work.session.scalar(statement)


def require_consent(work: Work, entry: LedgerEntry, scope: ConsentScope, agency_id: UUID | None = None) -> Consent:
    """As ``consent_in_force``; raises Conflict ``consent_missing`` where nobody agreed (invariant 3)."""
    consent = consent_in_force(work, entry, scope, agency_id)
    if consent is None:
        raise Conflict("consent_missing", scope=scope.value)
    return consent
