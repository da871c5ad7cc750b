"""Asking somebody, and writing down what they answered.

The first question about the assessment tells the person of the service; a yes to it opens the way to the assessment, a
no closes the entry and stays without consequence (guardrail G3).
"""

from uuid import UUID

from server.clock import day_of
from server.domain.ages import age_on
from server.domain.codes import ClosureReason, LedgerState
from server.domain.codes_care import ConsentScope, ConsentState
from server.domain.codes_consents import ConsentAnswer
from server.domain.consents import (
    Answer,
    Decider,
    Question,
    check_agency_named,
    check_askable,
    check_form,
    check_not_too_soon,
    check_speaker,
    check_step,
    check_validity,
)
from server.domain.leaflets import Leaflet, check_leaflet, valid_leaflets
from server.domain.ledger_states import LedgerAct
from server.domain.permissions import Permission
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.services.consents_reading import DOCUMENT, ConsentView, consent_view
from server.services.ledger_moves import move, note_move, stamp
from server.store.care import Reach, entry_for_care, note_care, record_for_change, sealing_keys
from server.store.consents import add_question, check_agency, end_past, leave_in_peace, left_in_peace_until
from server.store.leaflets import leaflets
from server.store.ledger_facts import person_of
from server.store.records import count_up
from server.store.transaction import Caller, Work, transaction

__all__ = ["Answer", "Question", "answer_consent", "ask_consent", "list_leaflets"]

ASK, ANSWER = "consent:ask", "consent:answer"
_REACH = Reach(Permission.CONSENT_RECORD, Consent)


def list_leaflets(caller: Caller, scope: ConsentScope | None) -> list[Leaflet]:
    """What may be given out today, for one question or all."""
    with transaction(caller) as work:
        return valid_leaflets(leaflets(), day_of(work.now), scope)


def ask_consent(caller: Caller, entry_id: UUID, question: Question) -> ConsentView:
    """Ask somebody one thing, with its leaflet; the first question about the assessment moves the entry on.

    Raises NotFound; Invalid ``consent_agency_wrong``, ``leaflet_unknown``; Conflict ``consent_scope_too_early``,
    ``consent_agency_unknown``, ``consent_asked_too_soon``, ``consent_open``, ``record_exists``.
    """
    check_agency_named(question.scope, question.agency_id)
    with transaction(caller) as work:
        entry = entry_for_care(work, Permission.CONSENT_RECORD, entry_id)
        _check_question(work, entry, question)
        end_past(work, entry)
        row = add_question(work, entry, question)
        note_care(work, ASK, row)
        _count_as_contact(work, entry, question.scope)
        return consent_view(row)


def answer_consent(caller: Caller, consent_id: UUID, version: int, answer: Answer) -> ConsentView:
    """Write down what somebody answered.

    To the assessment, while the entry waits for it, a yes gives ten working days for the assessment and a no ends the
    entry. Raises NotFound, Stale, Conflict ``consent_already_answered``, and Invalid as ``check_speaker``,
    ``check_form`` and ``check_validity`` do.
    """
    with transaction(caller) as work:
        row = record_for_change(work, _REACH, consent_id, version)
        check_step(row.state, ConsentState(answer.answer.value))
        entry = work.session.get_one(LedgerEntry, (work.county_code, row.entry_id))
        _check_answer(work, entry, answer)
        _write_down(work, row, answer)
        if row.scope == ConsentScope.ASSESSMENT and entry.state == LedgerState.AWAITING_CONSENT:
            _go_on(work, entry, answer.answer)
        return consent_view(row)


def _check_question(work: Work, entry: LedgerEntry, question: Question) -> None:
    today = day_of(work.now)
    check_askable(entry.state, question.scope)
    check_leaflet(leaflets(), question.scope, question.leaflet_version, today)
    if question.agency_id is not None:
        check_agency(work, question.agency_id)
    peace = left_in_peace_until(work, entry.resident_id, question)
    check_not_too_soon(peace, today, person_asked=question.person_asked)


def _count_as_contact(work: Work, entry: LedgerEntry, scope: ConsentScope) -> None:
    """Whoever was asked was met: the first contact is made, and for the assessment the entry moves on."""
    if entry.state != LedgerState.ACCEPTED:
        return
    if scope is ConsentScope.ASSESSMENT:
        move(work, entry, LedgerAct.INFORM)
    elif entry.first_contact_due_at is not None:
        stamp(entry, {"first_contact_due_at": None}, work.now)
        note_move(work, entry, "contact")


def _check_answer(work: Work, entry: LedgerEntry, answer: Answer) -> None:
    today = day_of(work.now)
    person = person_of(work, entry.resident_id, today)
    age = age_on(today, person.born, person.birth_year)
    check_speaker(Decider(age, person.has_guardian, person.guardian_related, person.guardian_conflict), answer)
    check_form(answer)
    check_validity(answer, today, None if entry.expires_at is None else day_of(entry.expires_at))


def _write_down(work: Work, row: Consent, answer: Answer) -> None:
    if answer.document is not None:
        keys = sealing_keys(work, ANSWER, row.resident_id, DOCUMENT)
        row.sealed_document = keys.seal(DOCUMENT, row.id, row.resident_id, answer.document)
    row.state, row.answered_at = answer.answer.value, work.now
    row.given_by, row.method = answer.given_by.value, answer.method.value
    row.guardian_conflict, row.valid_to = answer.guardian_conflict, answer.valid_to
    if answer.answer is ConsentAnswer.REFUSED:
        leave_in_peace(row, day_of(work.now))
    count_up(work, row)
    note_care(work, ANSWER, row)
    work.session.flush()


def _go_on(work: Work, entry: LedgerEntry, answer: ConsentAnswer) -> None:
    if answer is ConsentAnswer.GIVEN:
        move(work, entry, LedgerAct.CONSENT)
        return
    entry.closure_reason = ClosureReason.PERSON_DECLINED.value
    move(work, entry, LedgerAct.REFUSE, ClosureReason.PERSON_DECLINED.value)
