"""Acts without consent: writing one down, looking into it, and telling the person."""

from typing import Any
from uuid import UUID

from server.domain.legal_basis import BasisReview, BasisSaid
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.legal_basis import (
    BASIS,
    OPENED,
    BasisPageSchema,
    BasisQuery,
    BasisReviewSchema,
    BasisSaidSchema,
    BasisSchema,
    OpenedBasisSchema,
    PersonToldSchema,
)
from server.services import legal_basis
from server.services.legal_basis import BasisFilter, BasisView, OpenedBasis

blueprint = Blueprint("legal_basis", __name__, description="Acts without consent on a basis the law gives.")

_REVIEWED = OPENED | {
    "reviewed_by": "01936f3e-0000-7000-8000-000000000005",
    "reviewed_at": "2026-11-23T02:00:00+00:00",
    "finding": "upheld",
    "version": 2,
}


@blueprint.post("/ledger-entries/<uuid:entry_id>/legal-basis-uses")
@needs(Permission.LEGAL_BASIS_USE)
@refuses("not_found", "legal_basis_not_for_assessment", "ledger_not_in_service", "seal_broken")
@blueprint.arguments(BasisSaidSchema)
@blueprint.response(201, BasisSchema, example=BASIS)
def use(said: BasisSaid, entry_id: UUID) -> tuple[BasisView, dict[str, str]]:
    """Write down what was done without asking; the privacy officer looks into it within three working days."""
    return tagged(legal_basis.use_basis(current_caller(), entry_id, said))


@blueprint.get("/legal-basis-uses")
@needs(Permission.LEGAL_BASIS_READ)
@refuses("cursor_malformed")
@blueprint.arguments(BasisQuery, location="query")
@blueprint.response(200, BasisPageSchema, example={"items": [BASIS], "next_cursor": None})
def list_uses(query: dict[str, Any]) -> dict[str, Any]:
    """List acts without consent, those to be looked into first; reasons are opened one at a time."""
    asked = page_asked(query)
    return shown(legal_basis.list_uses(current_caller(), BasisFilter(**query), asked))


@blueprint.get("/legal-basis-uses/<uuid:use_id>")
@needs(Permission.LEGAL_BASIS_READ)
@refuses("not_found", "seal_broken")
@blueprint.response(200, OpenedBasisSchema, example=OPENED)
def read_use(use_id: UUID) -> tuple[OpenedBasis, dict[str, str]]:
    """Read one act without consent with its reason."""
    return tagged(legal_basis.read_use(current_caller(), use_id))


@blueprint.post("/legal-basis-uses/<uuid:use_id>/review")
@needs(Permission.LEGAL_BASIS_REVIEW)
@refuses("not_found", "legal_basis_own_use", "legal_basis_reviewed", "person_told_at_wrong", "seal_broken")
@versioned
@blueprint.arguments(BasisReviewSchema)
@blueprint.response(200, OpenedBasisSchema, example=_REVIEWED)
def review(found: BasisReview, use_id: UUID) -> tuple[OpenedBasis, dict[str, str]]:
    """Write down whether the basis bore it; never by whoever used it."""
    return tagged(legal_basis.review_use(current_caller(), use_id, expected_version(), found))


@blueprint.post("/legal-basis-uses/<uuid:use_id>/person-told")
@needs(Permission.LEGAL_BASIS_USE)
@refuses("not_found", "person_told_at_wrong")
@versioned
@blueprint.arguments(PersonToldSchema)
@blueprint.response(200, BasisSchema, example=BASIS | {"person_told_at": "2026-11-21T02:00:00+00:00", "version": 2})
def tell(body: dict[str, Any], use_id: UUID) -> tuple[BasisView, dict[str, str]]:
    """Write down when the person was told of what was done without asking."""
    return tagged(legal_basis.tell_person(current_caller(), use_id, expected_version(), body["person_told_at"]))
