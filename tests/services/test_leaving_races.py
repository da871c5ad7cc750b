"""Two people at once over one person's care, on the real database: nothing happens twice or without consent."""

import pytest

from server.domain.codes import ClosureReason, LedgerState
from server.domain.codes_assessments import CorrectionReason
from server.domain.codes_care import ConsentScope, ConsentState
from server.errors import LinliError
from server.models.consent import Consent
from server.services.assessments import correct_assessment, sign_assessment
from server.services.assessments_reading import read_assessment
from server.services.entry_proposals import agree, propose_closure, take_back
from server.store.care import lock_entry
from server.store.consents import require_consent
from server.store.transaction import transaction
from tests.make import County
from tests.make_assessments import drafted, signed
from tests.make_care import InCare, entry_of, in_care
from tests.services.test_ledger_races import at_once, refused

S = LedgerState


def withdraw(person: InCare) -> None:
    """Take the consent to an assessment back, as every act of care: with the entry locked."""
    with transaction(person.assessor) as work:
        lock_entry(work, person.entry_id)
        consent: Consent = require_consent(work, entry_of(work, person), ConsentScope.ASSESSMENT)
        consent.state = ConsentState.WITHDRAWN.value
        consent.withdrawn_at = work.now


@pytest.mark.parametrize("turn", range(4))
def test_invariant_3_a_signature_and_a_withdrawal_never_cross(county: County, turn: int) -> None:
    person = in_care(county, S.PLAN_ACTIVE)
    draft = drafted(person)
    results = at_once(lambda: withdraw(person), lambda: sign_assessment(person.assessor, draft.id, draft.version))
    state = read_assessment(person.assessor, draft.id).state
    codes = [error.code for error in refused(results)]
    assert (state, codes) in (("signed", []), ("draft", ["consent_missing"])), turn


@pytest.mark.parametrize("turn", range(3))
def test_of_two_signatures_one_stands(county: County, turn: int) -> None:
    person = in_care(county)
    draft = drafted(person)
    results = at_once(*[lambda: sign_assessment(person.assessor, draft.id, draft.version)] * 2)
    (loser,) = refused(results)
    assert loser.code == "record_changed", turn


def test_of_two_corrections_one_is_begun(county: County) -> None:
    person = in_care(county)
    view = signed(person)
    acts = [lambda: correct_assessment(person.assessor, view.id, view.version, CorrectionReason.WRONG_FACT)] * 2
    (loser,) = refused(at_once(*acts))
    assert loser.code == "correction_open"


@pytest.mark.parametrize("turn", range(3))
def test_of_agreeing_and_taking_back_one_stands(county: County, turn: int) -> None:
    person = in_care(county, S.STABLE)
    proposal = propose_closure(person.assessor, person.entry_id, ClosureReason.NEED_MET)
    results = at_once(
        lambda: agree(person.coordinator, proposal.id, proposal.version),
        lambda: take_back(person.assessor, proposal.id, proposal.version),
    )
    (loser,) = refused(results)
    assert loser.code in {"record_changed", "not_found"}, turn
    with transaction(person.coordinator) as work:
        state = entry_of(work, person).state
    won = next(result for result in results if not isinstance(result, LinliError))
    assert (state, won.state) in (("closed", "agreed"), ("stable", "taken_back"))  # type: ignore[attr-defined]


def test_of_two_proposals_at_once_one_waits(county: County) -> None:
    person = in_care(county, S.STABLE)
    results = at_once(
        lambda: propose_closure(person.assessor, person.entry_id, ClosureReason.NEED_MET),
        lambda: propose_closure(person.coordinator, person.entry_id, ClosureReason.MOVED),
    )
    (loser,) = refused(results)
    assert loser.code == "proposal_open"
