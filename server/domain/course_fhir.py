"""One person's course as FHIR R5: each kind of record as a resource, and the bundle around them.

Source: HL7 FHIR R5 (5.0.0). Codes of ours have systems ``urn:linli:code:`` and the code list's name. Nothing is here
that a role may not read: the values come without it, and FHIR has no nulls.
"""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from server.domain.codes import Sex
from server.domain.codes_care import ConsentState, PlanState, ReferralState, VisitState
from server.domain.course import (
    ConsentSaid,
    ItemSaid,
    Person,
    PlanSaid,
    Pseudonyms,
    ReferralSaid,
    ScreeningSaid,
    Signed,
    VisitSaid,
)
from server.domain.referral_states import UNSENT_STATES

Resource = dict[str, object]
MEDIA_TYPE = "application/fhir+json"
DISCLAIMER = "筛查结果不是诊断。 Screening, not a diagnosis."
_CODES = "urn:linli:code:"
_GENDERS = {Sex.MALE: "male", Sex.FEMALE: "female", Sex.UNSPECIFIED: "other"}
_CONSENTS = {
    ConsentState.REQUESTED: ("draft", None),
    ConsentState.GIVEN: ("active", "permit"),
    ConsentState.REFUSED: ("active", "deny"),
    ConsentState.WITHDRAWN: ("inactive", "permit"),
    ConsentState.EXPIRED: ("inactive", "permit"),
}
_PLANS = {
    PlanState.DRAFT: "draft",
    PlanState.AGREED: "active",
    PlanState.ACTIVE: "active",
    PlanState.ENDED: "completed",
}
_VISITS = {
    VisitState.PLANNED: "planned",
    VisitState.DONE: "completed",
    VisitState.NOT_SEEN: "cancelled",
    VisitState.DECLINED: "cancelled",
    VisitState.CANCELLED: "cancelled",
}
#: Codes of ActEncounterCode: at home, on foot to a site, from afar; by ``visit_type``.
_CLASSES = {"1": "HH", "2": "AMB", "3": "VR", "4": "VR", "5": "AMB", "6": "HH"}
_PRIORITIES = {"routine": "routine", "soon": "urgent", "green_channel": "asap", "emergency": "stat"}
_REVOKED = frozenset({ReferralState.CANCELLED, ReferralState.REJECTED})
_FINISHED = frozenset({ReferralState.CLOSED, ReferralState.FEEDBACK})


def patient(ids: Pseudonyms, person: Person) -> Resource:
    """The person."""
    born = person.birth_date.isoformat() if person.birth_date else person.birth_year and f"{person.birth_year:04d}"
    return _without_gaps(
        resourceType="Patient",
        id=ids.patient,
        gender=_GENDERS.get(Sex(person.sex), "unknown"),
        birthDate=born,
        name=[{"text": person.name}] if person.name else None,
        telecom=[{"system": "phone", "value": person.phone}] if person.phone else None,
        address=[{"text": person.address}] if person.address else None,
    )


def consent(ids: Pseudonyms, said: ConsentSaid) -> Resource:
    """A question about one scope, and the answer."""
    status, decision = _CONSENTS[ConsentState(said.state)]
    period = _without_gaps(start=_day(said.on), end=_day(said.until))
    return _without_gaps(
        resourceType="Consent",
        id=ids.of(said.id),
        status=status,
        category=[_concept("consent_scope", said.scope)],
        subject=_subject(ids),
        date=_day(said.on),
        period=period or None,
        decision=decision,
    )


def questionnaire_response(ids: Pseudonyms, said: ScreeningSaid) -> Resource:
    """A form that was filled in: answers by number, the total, and that this is no diagnosis."""
    items: list[Resource] = [
        {"linkId": str(number), "answer": [{"valueInteger": value}]} for number, value in sorted(said.answers.items())
    ]
    items.append({"linkId": "total", "answer": [{"valueInteger": said.total}]})
    items.append({"linkId": "band", "text": DISCLAIMER, "answer": [{"valueString": said.band}]})
    return {
        "resourceType": "QuestionnaireResponse",
        "id": ids.of(said.id),
        "questionnaire": f"urn:linli:instrument:{said.instrument}|{said.edition}",
        "status": "completed",
        "subject": _subject(ids),
        "authored": _instant(said.held_at),
        "item": items,
    }


def care_plan(ids: Pseudonyms, said: PlanSaid) -> Resource:
    """A version of the plan."""
    period = _without_gaps(start=_day(said.starts_on), end=_day(said.ended_on))
    return _without_gaps(
        resourceType="CarePlan",
        id=ids.of(said.id),
        status=_PLANS[PlanState(said.state)],
        intent="plan",
        subject=_subject(ids),
        period=period or None,
        description=said.goals,
        activity=[_activity(ids, item) for item in said.items] or None,
    )


def _activity(ids: Pseudonyms, item: ItemSaid) -> Resource:
    """A task: what was done, or what is planned as a request to be made by a day."""
    progress = [{"text": item.detail}] if item.detail else None
    if item.done_at is not None:
        done = [{"concept": _concept("service_type", item.service)}]
        return _without_gaps(performedActivity=done, progress=progress)
    planned = {
        "type": "ServiceRequest",
        "identifier": {"system": "urn:linli:plan-item", "value": ids.of(item.id)},
        "display": f"service_type {item.service}, {item.due_on.isoformat()}",
    }
    return _without_gaps(plannedActivityReference=planned, progress=progress)


def encounter(ids: Pseudonyms, said: VisitSaid) -> Resource:
    """A visit."""
    coding = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": _CLASSES[said.visit_type or "1"]}
    types = [_concept("visit_type", said.visit_type)] if said.visit_type else []
    types += [_concept("visit_outcome", said.outcome)] if said.outcome else []
    return _without_gaps(
        **{"class": [{"coding": [coding]}]},
        resourceType="Encounter",
        id=ids.of(said.id),
        status=_VISITS[VisitState(said.state)],
        type=types or None,
        subject=_subject(ids),
        plannedStartDate=_day(said.due_from),
        plannedEndDate=_day(said.due_to),
        actualPeriod={"start": _instant(said.visited_at)} if said.visited_at else None,
    )


def service_request(ids: Pseudonyms, said: ReferralSaid) -> Resource:
    """A referral; what was sent with it, and what came back, stays with the two sides."""
    return _without_gaps(
        resourceType="ServiceRequest",
        id=ids.of(said.id),
        status=_referral_status(ReferralState(said.state)),
        intent="order",
        priority=_PRIORITIES[said.urgency],
        code={"concept": _concept("referral_reason", said.reason)} if said.reason else None,
        subject=_subject(ids),
        authoredOn=_instant(said.authored_at),
        occurrenceDateTime=_instant(said.appointment_at) if said.appointment_at else None,
        performer=[{"type": "Organization", "display": said.agency}] if said.agency else None,
    )


def _referral_status(state: ReferralState) -> str:
    if state in UNSENT_STATES:
        return "draft"
    if state in _REVOKED:
        return "revoked"
    return "completed" if state in _FINISHED else "active"


def provenance(ids: Pseudonyms, signed: Signed) -> Resource:
    """Who signed for a record; staff are pseudonyms too."""
    who = {"type": "Practitioner", "identifier": {"system": "urn:linli:staff", "value": ids.of(signed.by)}}
    return {
        "resourceType": "Provenance",
        "id": ids.signing(signed.record_id),
        "target": [{"reference": f"urn:uuid:{ids.of(signed.record_id)}"}],
        "recorded": _instant(signed.at),
        "agent": [{"who": who}],
    }


def bundle(copy_id: UUID, taken_at: datetime, resources: Sequence[Resource]) -> Resource:
    """The whole copy."""
    return {
        "resourceType": "Bundle",
        "id": str(copy_id),
        "type": "collection",
        "timestamp": _instant(taken_at),
        "entry": [{"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource} for resource in resources],
    }


def _subject(ids: Pseudonyms) -> Resource:
    return {"reference": f"urn:uuid:{ids.patient}"}


def _concept(list_name: str, code: str) -> Resource:
    return {"coding": [{"system": _CODES + list_name, "code": code}]}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def _without_gaps(**said: object) -> Resource:
    """FHIR has no nulls: what is not known is absent."""
    return {name: value for name, value in said.items() if value is not None}
