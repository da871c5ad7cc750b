"""Leaving together, and staying longer: one side proposes, the other decides."""

from typing import Any
from uuid import UUID

from server.domain.codes import ClosureReason
from server.domain.permissions import Permission
from server.http.caller import current_caller
from server.http.openapi import Blueprint
from server.http.paging import page_asked, shown
from server.http.routes import expected_version, needs, refuses, tagged, versioned
from server.schemas.ledger_leaving import (
    AGREED,
    PROPOSAL,
    REFUSED,
    RENEWAL,
    TAKEN_BACK,
    ClosureProposalSchema,
    EntryProposalPageSchema,
    EntryProposalSchema,
    ProposalQuery,
    RenewalProposalSchema,
)
from server.services import entry_proposals
from server.services.entry_proposals import ProposalView

blueprint = Blueprint(
    "ledger_leaving", __name__, description="Leaving the ledger, and staying longer: by two people of two sides."
)

_ENTRY = "/ledger-entries/<uuid:entry_id>"
_PROPOSALS = "/entry-proposals"
_ONE = _PROPOSALS + "/<uuid:proposal_id>"
_LEAVING = ("closure_reason_unfit", "contact_not_lost")
_STAYING = ("renewal_too_early", "consent_missing", "observation_not_open", "word_review_open")
_FACT = ("observation_of_other_resident", "ground_import_only", "fact_not_new", "fact_too_old")
_DECIDING = ("not_found", "proposal_own", "proposal_same_side", "proposal_decided")


@blueprint.post(_ENTRY + "/closure-proposals")
@needs(Permission.LEDGER_EXIT)
@refuses("not_found", "record_exists", "proposal_open", "closure_reason_of_other_act", *_LEAVING)
@blueprint.arguments(ClosureProposalSchema)
@blueprint.response(201, EntryProposalSchema, example=PROPOSAL)
def propose_closure(body: dict[str, Any], entry_id: UUID) -> tuple[ProposalView, dict[str, str]]:
    """Propose that somebody leaves; coordinator and assessor decide together, each on one side."""
    reason: ClosureReason = body["reason"]
    return tagged(entry_proposals.propose_closure(current_caller(), entry_id, reason, body.get("id")))


@blueprint.post(_ENTRY + "/renewal-proposals")
@needs(Permission.LEDGER_RENEW)
@refuses("not_found", "record_exists", "proposal_open", *_STAYING, *_FACT)
@blueprint.arguments(RenewalProposalSchema)
@blueprint.response(201, EntryProposalSchema, example=RENEWAL)
def propose_renewal(body: dict[str, Any], entry_id: UUID) -> tuple[ProposalView, dict[str, str]]:
    """Propose on a new fact that an entry goes on, in the last sixty days of its term. Nothing renews itself."""
    observation_id: UUID = body["observation_id"]
    return tagged(entry_proposals.propose_renewal(current_caller(), entry_id, observation_id, body.get("id")))


@blueprint.get(_PROPOSALS)
@needs(Permission.LEDGER_EXIT)
@refuses("cursor_malformed")
@blueprint.arguments(ProposalQuery, location="query")
@blueprint.response(200, EntryProposalPageSchema, example={"items": [PROPOSAL], "next_cursor": None})
def list_proposals(query: dict[str, Any]) -> dict[str, object]:
    """List proposals about people you may let leave."""
    asked = page_asked(query)
    return shown(entry_proposals.list_proposals(current_caller(), query.get("state"), asked))


@blueprint.post(_ONE + "/agreement")
@needs(Permission.LEDGER_EXIT)
@refuses(*_DECIDING, *_LEAVING, *_STAYING, *_FACT, "entry_of_own_report", "safety_event_open")
@versioned
@blueprint.response(200, EntryProposalSchema, example=AGREED)
def agree(proposal_id: UUID) -> tuple[ProposalView, dict[str, str]]:
    """Agree for the other side: the entry ends or is renewed at once, if everything still holds."""
    return tagged(entry_proposals.agree(current_caller(), proposal_id, expected_version()))


@blueprint.post(_ONE + "/refusal")
@needs(Permission.LEDGER_EXIT)
@refuses(*_DECIDING)
@versioned
@blueprint.response(200, EntryProposalSchema, example=REFUSED)
def refuse(proposal_id: UUID) -> tuple[ProposalView, dict[str, str]]:
    """Do not agree: nothing changes."""
    return tagged(entry_proposals.refuse(current_caller(), proposal_id, expected_version()))


@blueprint.post(_ONE + "/taking-back")
@needs(Permission.LEDGER_EXIT)
@refuses("not_found", "proposal_of_other_side", "proposal_decided")
@versioned
@blueprint.response(200, EntryProposalSchema, example=TAKEN_BACK)
def take_back(proposal_id: UUID) -> tuple[ProposalView, dict[str, str]]:
    """Withdraw what your own side proposed."""
    return tagged(entry_proposals.take_back(current_caller(), proposal_id, expected_version()))
