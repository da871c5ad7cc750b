"""The rules of asking, answering and leaving.

A no always counts, from whoever may speak; a yes counts only from those the law asks for it (guardrail G8; Personal
Information Protection Law art. 28 and 31; Mental Health Law art. 27). Nobody is asked again and again.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from server.domain.ages import ADULT_AT, YOUTH_AT
from server.domain.codes import LedgerState
from server.domain.codes_care import ConsentScope, ConsentState
from server.domain.codes_consents import ConsentAnswer, ConsentMethod, GivenBy
from server.domain.ledger_states import IN_SERVICE_STATES
from server.errors import Conflict, Invalid

#: What may be asked before the person has been told of the service in full.
_ASKED_AT_ONCE = frozenset({ConsentScope.ASSESSMENT, ConsentScope.CONTACT})
#: States in which a plan stands or rests: none of them is left but by an end.
_WITH_A_PLAN = frozenset({LedgerState.PLAN_ACTIVE, LedgerState.PAUSED, LedgerState.STABLE})
_FOLLOWS = {
    ConsentState.REQUESTED: frozenset({ConsentState.GIVEN, ConsentState.REFUSED, ConsentState.EXPIRED}),
    ConsentState.GIVEN: frozenset({ConsentState.WITHDRAWN, ConsentState.EXPIRED}),
}


def check_step(state: str, target: ConsentState) -> None:
    """Hold a question to its one way: asked, answered, taken back.

    Raises:
        Conflict: ``consent_already_answered``, or ``consent_not_given`` where there is nothing to take back.
    """
    if target not in _FOLLOWS.get(ConsentState(state), frozenset()):
        code = "consent_not_given" if target is ConsentState.WITHDRAWN else "consent_already_answered"
        raise Conflict(code, state=state)


def check_askable(state: str, scope: ConsentScope) -> None:
    """Hold that this may be asked of somebody whose entry stands here.

    Raises Conflict ``consent_scope_too_early`` for anything but the assessment and being contacted before the person
    has been told of the service.
    """
    if state == LedgerState.ACCEPTED and scope not in _ASKED_AT_ONCE:
        raise Conflict("consent_scope_too_early", scope=scope.value)


def check_agency_named(scope: ConsentScope, agency_id: UUID | None) -> None:
    """Hold that sharing names its one agency, and nothing else does; raises Invalid ``consent_agency_wrong``."""
    if (scope is ConsentScope.REFERRAL_SHARE) != (agency_id is not None):
        raise Invalid("consent_agency_wrong", field="agency_id")


def check_not_too_soon(ask_again_from: date | None, today: date, *, person_asked: bool) -> None:
    """Hold that somebody who said no is left in peace, unless they ask themselves.

    Raises Conflict ``consent_asked_too_soon`` with the day.
    """
    if ask_again_from is not None and today < ask_again_from and not person_asked:
        raise Conflict("consent_asked_too_soon", day=ask_again_from.isoformat())


def check_speaker(decider: "Decider", answer: "Answer") -> None:
    """Hold that whoever answered may answer this.

    A yes needs: under 14 the guardian; from 14 to 17 the person and the guardian, or the person alone where a conflict
    of interest with the guardian is recorded and stated; from 18 the person, or a guardian whose relation is recorded.
    A no counts from the person at any age, and from a guardian who could also have agreed. Where the year of birth is
    not known the person is taken for an adult who answers for themselves; nobody else may then speak for them.

    Raises Invalid on ``given_by``: ``consent_guardian_unknown``, ``consent_guardian_conflict``,
    ``consent_guardian_needed``, ``consent_person_needed``, ``consent_for_adult``; on ``guardian_conflict``:
    ``consent_conflict_not_recorded``.
    """
    if answer.guardian_conflict and not decider.guardian_conflict:
        raise Invalid("consent_conflict_not_recorded", field="guardian_conflict")
    if answer.given_by is not GivenBy.SELF:
        _check_guardian(decider)
    if answer.answer is ConsentAnswer.GIVEN:
        _check_yes(decider, answer)


def check_form(answer: "Answer") -> None:
    """Hold that an answer before a witness names who that was; raises Invalid ``consent_witness_needed``."""
    if answer.method is ConsentMethod.WITNESSED and not answer.document:
        raise Invalid("consent_witness_needed", field="document")


def check_validity(answer: "Answer", today: date, entry_ends: date | None) -> None:
    """Hold that a yes ends between today and the entry's own end, and a no has no end.

    Raises Invalid ``consent_valid_to_wrong`` on field ``valid_to``.
    """
    if answer.valid_to is None:
        return
    late = entry_ends is not None and answer.valid_to > entry_ends
    if answer.answer is ConsentAnswer.REFUSED or answer.valid_to < today or late:
        raise Invalid("consent_valid_to_wrong", field="valid_to")


def ends_the_entry(scope: ConsentScope, state: str, *, keep_open: bool) -> bool:
    """Whether nothing is left to do once this is taken back.

    Everything rests on the assessment. Without contact nobody can come to ask for it. Without plan and visits an entry
    that has a plan is over; before the plan it ends as well, unless the person wishes to stay (``keep_open``), say for
    a referral. Raises Conflict ``consent_cannot_keep_open`` where the wish cannot be met.
    """
    ends = {
        ConsentScope.ASSESSMENT: True,
        ConsentScope.CONTACT: state in {LedgerState.ACCEPTED, LedgerState.AWAITING_CONSENT},
        ConsentScope.PLAN_VISIT: state in _WITH_A_PLAN or not keep_open,
    }.get(scope, False)
    if ends and keep_open:
        raise Conflict("consent_cannot_keep_open", scope=scope.value)
    return ends and state in IN_SERVICE_STATES


def check_in_service(state: str) -> None:
    """Hold that somebody is looked after; raises Conflict ``ledger_not_in_service``."""
    if state not in IN_SERVICE_STATES:
        raise Conflict("ledger_not_in_service", state=state)


def _check_guardian(decider: "Decider") -> None:
    """A guardian speaks only where one is recorded who may: not against the person, not for a sound adult."""
    if not decider.has_guardian:
        raise Invalid("consent_guardian_unknown", field="given_by")
    if decider.age is None or (decider.age >= ADULT_AT and not decider.guardian_related):
        raise Invalid("consent_for_adult", field="given_by")
    if decider.guardian_conflict and decider.age >= YOUTH_AT:
        raise Invalid("consent_guardian_conflict", field="given_by")


def _check_yes(decider: "Decider", answer: "Answer") -> None:
    if decider.age is None or decider.age >= ADULT_AT:
        return
    if decider.age < YOUTH_AT:
        if answer.given_by is GivenBy.SELF:
            raise Invalid("consent_guardian_needed", field="given_by")
    elif answer.given_by is GivenBy.GUARDIAN:
        raise Invalid("consent_person_needed", field="given_by")
    elif answer.given_by is GivenBy.SELF and not answer.guardian_conflict:
        raise Invalid("consent_guardian_needed", field="given_by")


@dataclass(frozen=True)
class Question:
    """What somebody is asked, with the leaflet they were given."""

    scope: ConsentScope
    leaflet_version: str
    agency_id: UUID | None = None
    #: The person wishes to be asked although they said no not long ago.
    person_asked: bool = False
    id: UUID | None = None


@dataclass(frozen=True)
class Decider:
    """What the rules look at in the person who is asked. ``age`` is None where the year of birth is not known."""

    age: int | None
    has_guardian: bool = False
    #: A relation to the guardian is recorded: for an adult, a sign of limited capacity.
    guardian_related: bool = False
    guardian_conflict: bool = False


@dataclass(frozen=True, repr=False)
class Answer:
    """An answer as it was given; ``document`` says where the signed paper lies, or who witnessed."""

    answer: ConsentAnswer
    given_by: GivenBy
    method: ConsentMethod
    document: str | None = None
    valid_to: date | None = None
    #: The guardian was left out, for their interest is against the person's.
    guardian_conflict: bool = False
