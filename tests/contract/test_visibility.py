"""The visibility matrix (reference, 3.1) tried over HTTP: every group of fields × every role that can be given.

One person goes through everything; every role then asks every read it has the permission for, and what it got is held
to the table the server itself reads (``VISIBILITY``). ``GROUPS`` says by which words and keys a group is known.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine

from server.domain.codes import FieldGroup, Role
from server.domain.permissions import roles_with
from server.domain.visibility import VISIBILITY, Sight
from server.schemas import assessments, screenings
from server.services.seeds import load_seeds
from server.store.transaction import Store
from tests.conftest import a_county_code
from tests.contract.cast import ROLES
from tests.contract.one_person import (
    ADDRESS,
    BIRTH_DATE,
    DOCUMENT,
    EVENTS,
    FACT,
    GOALS,
    ITEMS,
    MOOD_NOTE,
    NAME,
    NARRATIVE,
    OWN_FACT,
    PHONE,
    SAFETY_NOTE,
    SHORT_NAME,
    SMD_DOCUMENT,
    STRENGTHS,
    Answer,
    Told,
    tell,
)
from tests.contract.operations import name_of, operations, resolved
from tests.make import a_county
from tests.residents import ID_NO

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
G, S, R = FieldGroup, Sight, Role
#: From the narrowest sight to the widest.
WIDTHS = tuple(Sight)


@dataclass(frozen=True)
class Group:
    """By what a group of fields is known in an answer."""

    #: Words that stand nowhere but in this group.
    words: tuple[str, ...] = ()
    #: The part of the words that is of one role's own making or doing.
    own: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    #: What stands in place of the words for a masked sight.
    short: tuple[str, ...] = ()
    #: Key → the narrowest sight in whose answers it may stand.
    keys: Mapping[str, Sight] = field(default_factory=dict)
    #: Words that a task lends to a masked sight, and the addresses at which it does.
    lent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


#: Whoever makes a visit or takes a referral is told how to find the person, and nothing more of who they are.
_TO_FIND = {"/visits": (NAME, PHONE, ADDRESS), "/visits/{visit_id}": (NAME, PHONE, ADDRESS),
            "/referrals/{referral_id}": (NAME, PHONE)}  # fmt: skip

#: Care categories have no route, and so no words; a session's notes are those of the assessment.
GROUPS: Mapping[FieldGroup, Group] = {
    G.IDENTITY: Group(
        words=(NAME, PHONE, ADDRESS, ID_NO, BIRTH_DATE),
        short=(SHORT_NAME,),
        keys={"id_no": S.MASKED, "guardian_name": S.MASKED, "guardian_phone": S.MASKED},
        lent=_TO_FIND,
    ),
    G.OBSERVATION: Group(
        words=(FACT, OWN_FACT),
        own={R.GRID_WORKER: (OWN_FACT,)},
        short=('"grounds"',),
        keys={"fact": S.OWN, "ground": S.OWN},
    ),
    G.CARE_CATEGORY: Group(keys={"care_category": S.OWN, "care_categories": S.OWN}),
    G.ASSESSMENT_BAND: Group(
        words=('"result_band"',), keys={"result_band": S.FULL, "recommendations": S.FULL, "safety_concern": S.FULL}
    ),
    G.SCREENING: Group(
        words=(NARRATIVE, STRENGTHS),
        keys={
            "answers": S.OWN, "crisis_item_positive": S.OWN, "narrative": S.FULL,
            "strengths": S.FULL, "needs": S.FULL, "inputs": S.FULL, "has_medical_word": S.FULL,
        },
    ),
    G.PLAN_VISITS: Group(
        words=(GOALS, MOOD_NOTE, *ITEMS.values()),
        own={role: (item,) for role, item in ITEMS.items()},
        keys={"goals": S.FULL, "mood_note": S.FULL, "lead_id": S.FULL, "contact_wishes": S.OWN},
    ),
    G.SMD: Group(
        words=(SMD_DOCUMENT,),
        short=('"next_contact_due_on"',),
        keys={
            "danger": S.FULL, "adherence": S.FULL, "stability": S.FULL, "diagnosis": S.FULL,
            "contact_interval": S.FULL, "next_contact_due_on": S.MASKED,
        },
    ),
    G.REFERRAL: Group(
        words=(SAFETY_NOTE,),
        short=('"seen_due_at"',),
        keys={"seen_due_at": S.MASKED, "appointment_at": S.MASKED, "packet": S.MASKED},
    ),
    G.SAFETY_EVENT: Group(
        words=tuple(EVENTS.values()),
        own={role: (facts,) for role, facts in EVENTS.items()},
        keys={"notices": S.OWN, "actions": S.OWN},
    ),
    G.AGGREGATES: Group(words=('"cells"',), own={R.VILLAGE_OFFICER: ('"cells"',)}, keys={"cells": S.OWN}),
    G.CONSENT_LOG: Group(
        words=(DOCUMENT,), short=('"leaflet_version"',), keys={"leaflet_version": S.MASKED, "asked_at": S.MASKED}
    ),
}  # fmt: skip

#: Where the server shows less than the matrix allows, and why.
NARROWER: Mapping[tuple[FieldGroup, Role], str] = {
    (G.IDENTITY, R.PRIVACY_OFFICER): "watches by ids; names nobody",
    (G.CARE_CATEGORY, R.JUDICIAL_OFFICER): "no route",
    (G.CARE_CATEGORY, R.TOWNSHIP_COORDINATOR): "no route",
    (G.CARE_CATEGORY, R.ASSESSOR): "no route",
    (G.CARE_CATEGORY, R.CLINICIAN): "no route",
    (G.ASSESSMENT_BAND, R.RECEIVING_AGENCY): "the packet's reason stands for it (guardrail G7)",
    (G.PLAN_VISITS, R.JUDICIAL_OFFICER): "figures of the month alone",
    (G.SAFETY_EVENT, R.RECEIVING_AGENCY): "the packet's safety note stands for it",
    (G.AGGREGATES, R.GRID_WORKER): "their own returns alone",
    (G.AGGREGATES, R.ASSESSOR): "no figures route",
    (G.AGGREGATES, R.CLINICIAN): "no figures route",
    (G.AGGREGATES, R.DEPT_REPORTER): "indicators, not the month's figures",
    (G.CONSENT_LOG, R.JUDICIAL_OFFICER): "told by the entry's state",
    (G.CONSENT_LOG, R.AUDITOR): "verifies the log's chain, reads no consent",
}
#: Roles that reach a person because the entry, a task or a referral names them: a colleague reaches nobody.
NAMED = (R.GRID_WORKER, R.ASSESSOR, R.CLINICIAN, R.COUNSELLOR, R.CASE_MEMBER, R.RECEIVING_AGENCY)
#: What no such colleague is told; an emergency is answered by every assessor and clinician of the area.
OF_THE_PERSON = tuple(group for group in G if group not in {G.SAFETY_EVENT, G.AGGREGATES})


@pytest.fixture(scope="session")
def told(app: Flask, store: Store, owner_engine: Engine) -> Told:
    """One person with a whole course, in a county of their own."""
    with owner_engine.begin() as connection:
        load_seeds(connection, SEEDS)
    return tell(app, a_county(store, owner_engine, a_county_code()))


@pytest.mark.parametrize("role", ROLES)
def test_every_role_is_told_of_each_group_what_the_matrix_says(told: Told, role: Role) -> None:
    answers = told.to(role)
    odd = {(each.path, each.status) for each in answers if each.status not in {200, 201, 403, 404}}
    assert odd == set()
    wrong = {group: found for group in FieldGroup if (found := list(complaints(answers, group, role)))}
    assert wrong == {}


@pytest.mark.parametrize("role", NAMED)
def test_a_colleague_of_the_same_role_and_area_is_told_nothing_of_the_person(told: Told, role: Role) -> None:
    answers = told.to(role, concerned=False)
    assert answers, "nothing was asked"
    found = {group: list(traces(answers, GROUPS[group], Sight.NONE)) for group in OF_THE_PERSON}
    assert {group: what for group, what in found.items() if what} == {}


@pytest.mark.parametrize("role", [R.JUDICIAL_OFFICER, R.GRID_WORKER, R.COUNSELLOR, R.CASE_MEMBER])
def test_whoever_did_not_raise_an_emergency_is_told_of_none(told: Told, role: Role) -> None:
    answers = told.to(role, concerned=False)
    assert list(traces(answers, GROUPS[G.SAFETY_EVENT], Sight.NONE)) == []


def test_a_counsellor_sees_the_screening_they_made_and_no_other(told: Told) -> None:
    said = "".join(each.text for each in told.to(R.COUNSELLOR))
    assert told.screenings[R.COUNSELLOR] in said
    assert told.screenings[R.ASSESSOR] not in said
    for role in (R.ASSESSOR, R.CLINICIAN):
        assert all(each in "".join(answer.text for answer in told.to(role)) for each in told.screenings.values())


def test_a_copy_of_the_course_holds_forms_for_those_who_see_screenings_alone(told: Told) -> None:
    def holds(role: Role) -> bool:
        courses = [each.text for each in told.to(role) if each.path.endswith("/course") and each.text]
        assert courses
        return any("QuestionnaireResponse" in course for course in courses)

    assert (holds(R.TOWNSHIP_COORDINATOR), holds(R.ASSESSOR), holds(R.CLINICIAN)) == (False, True, True)


def test_every_exception_to_the_matrix_is_one() -> None:
    """What is listed as narrower would be shown by the matrix."""
    assert [where for where in NARROWER if VISIBILITY[where[0]][where[1]] is Sight.NONE] == []


CLINICAL = frozenset({*assessments.AssessmentShownSchema().fields, *screenings.ScreeningSchema().fields})
#: Keys that other records have as well; what a family answered is a narrative too.
PLAIN = frozenset({
    "id", "entry_id", "number", "kind", "state", "held_on", "version", "created_by", "created_at", "name", "total",
    "safety_event_id", "narrative",
})  # fmt: skip
LAY = (R.GRID_WORKER, R.VILLAGE_OFFICER, R.CASE_MEMBER)


@pytest.mark.parametrize(
    "operation",
    [each for each in operations() if each.permission and roles_with(each.permission) & set(LAY)],
    ids=name_of,
)
def test_invariant_7_no_answer_to_lay_people_has_a_key_of_an_assessment_or_a_screening(operation: Any) -> None:
    """The document itself: of no route that a grid worker, village officer or case member may call."""
    found = {key for _, _, content in operation.answers(good=True) for key in properties(content.get("schema", {}))}
    assert found & (CLINICAL - PLAIN) == set()


def properties(schema: Mapping[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """Every key that an answer of this schema can have, however deep."""
    ref = schema.get("$ref", "")
    if ref in seen:
        return
    whole = resolved(dict(schema))
    yield from whole.get("properties", {})
    for part in (*whole.get("properties", {}).values(), *whole.get("allOf", ()), *whole.get("anyOf", ())):
        yield from properties(part, seen | {ref} if ref else seen)
    for name in ("items", "additionalProperties"):
        if isinstance(whole.get(name), dict):
            yield from properties(whole[name], seen | {ref} if ref else seen)


def complaints(answers: list[Answer], group: FieldGroup, role: Role) -> Iterator[str]:
    """What of a group is shown against the matrix, or missing."""
    known, sight = GROUPS[group], VISIBILITY[group][role]
    if (group, role) in NARROWER:
        yield from traces(answers, known, Sight.NONE)
        return
    own = known.own.get(role, ()) if sight is Sight.OWN else ()
    yield from traces(answers, known, sight, own)
    said = "".join(each.text for each in answers)
    if sight is Sight.FULL:
        yield from (f"{word} is missing" for word in known.words if word not in said)
    if sight is Sight.OWN:
        yield from (f"{word} is missing" for word in own if word not in said)
    if sight is Sight.MASKED:
        instead = (*known.short, *(word for words in known.lent.values() for word in words))
        if not any(word in said for word in instead):
            yield "nothing is shown"


def traces(answers: list[Answer], known: Group, sight: Sight, own: tuple[str, ...] = ()) -> Iterator[str]:
    """Words and keys of a group in answers to somebody whose sight is too narrow for them."""
    for answer in answers:
        path = answer.path.partition("/api/v1")[2]
        lent = known.lent.get(path, ()) if sight is Sight.MASKED else ()
        for word in known.words if sight is not Sight.FULL else ():
            if word in answer.text and word not in (*own, *lent):
                yield f"{word} at {path}"
        for key, narrowest in known.keys.items():
            if key in answer.keys and not reaches(sight, narrowest):
                yield f"key {key} at {path}"


def reaches(sight: Sight, narrowest: Sight) -> bool:
    """Whether a key may stand; a masked sight sees that there is something of whatever an author sees."""
    return WIDTHS.index(sight) >= WIDTHS.index(narrowest)
