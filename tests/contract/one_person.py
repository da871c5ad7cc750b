"""One person with a whole course, everybody who can have to do with them, and what each is told of them.

Every role is there once as the one who looks after the person, visits them or was told of them, and once more as a
colleague in the same area who has nothing to do with them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import product
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import insert, update
from werkzeug.test import TestResponse

from server import clock
from server.domain.case_teams import NewMember
from server.domain.codes import LedgerState, Purpose, Role, Urgency
from server.domain.codes_care import ConsentScope, SafetyKind
from server.domain.codes_plans import ItemFrequency, VisitOutcome
from server.domain.codes_referral import ReferralReason, ReferralUrgency
from server.domain.codes_smd import Stability
from server.domain.codes_teams import Discipline
from server.domain.permissions import Permission, roles_with
from server.domain.plans import NewItem
from server.domain.rehab import NewEnrolment
from server.domain.smd import Contact
from server.models.plan import Visit
from server.models.resident import Resident
from server.models.sweep import Observation
from server.services.case_team_members import add_member
from server.services.case_teams import constitute_team
from server.services.consents_asking import answer_consent
from server.services.ledger import Promotion, promote_observations
from server.services.referrals import NewReferral, draft_referral, send_referral
from server.services.rehab import enrol
from server.services.safety import SafetyReport, raise_safety_event
from server.services.screenings import record_screening
from server.services.smd import open_summary
from server.services.visits import record_visit
from server.store.care import columns_of
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.ledger import link_observations
from server.store.transaction import Caller, Work, new_id, transaction
from tests.contract.cast import ROLES, area_of, caller_of, let_in, purposes_for, stated
from tests.contract.operations import Operation, guarded
from tests.make import County
from tests.make_assessments import signed
from tests.make_care import InCare, a_consent, an_agency, entry_of, in_care
from tests.make_consents import an_answer, asked
from tests.make_ledger import an_observation_row, an_officer
from tests.make_plans import a_record, agreed
from tests.make_screenings import a_form
from tests.make_teams import a_minute, a_proposed_team, a_site
from tests.residents import a_resident, registered
from tests.signed_in import Signed
from tests.tablet_feeds import a_review_of

NAME, PHONE, ADDRESS, BIRTH_DATE = "欧阳试验", "13800001234", "试验镇试验村3组12号", "1990-03-07"
SHORT_NAME = "欧阳**"
OTHERS_FACT = "前天下午邻居说他家连着几晚有吵闹声，孩子没去上学。"
FACT, OWN_FACT = "上月失业后在家待着，本人说夜里睡不着。", "昨天上午在村口遇见，本人说三天没做饭。"
NARRATIVE, STRENGTHS = "本人愿意谈打算，希望先把作息调回来。", "会种菜，女儿每周来电话。"
GOALS, MOOD_NOTE = "每天出门走一走，夜里能睡着。", "今天说话比上月多，做了午饭。"
DOCUMENT, SMD_DOCUMENT = "试验镇综治中心档案柜2号盒第15页", "县医院病案室第0715号"
SAFETY_NOTE = "请由女性工作人员联系。"
#: What each does, in words of their own.
ITEMS = {role: f"{role}陪同去办医疗救助。" for role in (Role.GRID_WORKER, Role.CASE_MEMBER)}
EVENTS = {
    role: f"{role}听见有人在屋里喊救命。"
    for role in (Role.GRID_WORKER, Role.VILLAGE_OFFICER, Role.JUDICIAL_OFFICER, Role.ASSESSOR, Role.COUNSELLOR,
                 Role.CASE_MEMBER, Role.HOTLINE_OPERATOR)
}  # fmt: skip
_DISCIPLINES = {
    Role.GRID_WORKER: Discipline.GRID,
    Role.VILLAGE_OFFICER: Discipline.COMMITTEE,
    Role.CASE_MEMBER: Discipline.VOLUNTEER,
    Role.COUNSELLOR: Discipline.SOCIAL_WORKER,
}
#: Parameters of addresses that hold nothing of the person's care.
NOBODY = frozenset({
    "area_code", "list_name", "instrument", "holiday_date", "month_id", "sweep_id", "return_id", "dispute_id",
    "meeting_id", "site_id", "provider_id", "staff_id", "user_id", "agency_id", "import_id", "use_id",
    "device_id", "name",
})  # fmt: skip
#: What a read that is posted says.
_BODIES: Mapping[str, Mapping[str, object]] = {
    "/course": {"with_identity": True, "reason": "转入县人民医院住院，随同转诊单提供。"},
    "/search": {"phone": PHONE},
}
#: What everybody reads, and nobody is in.
_FOR_ALL = frozenset({Permission.ACCOUNT_OWN, Permission.AREA_READ, Permission.CRISIS_CARD_READ})


@dataclass(frozen=True)
class Answer:
    """What a role got from one address."""

    path: str
    status: int
    text: str
    keys: frozenset[str]


@dataclass
class Told:
    """The person, everybody, and what each was told so far."""

    app: Flask
    county: County
    people: Mapping[tuple[Role, bool], Signed]
    ids: dict[str, tuple[object, ...]] = field(default_factory=dict)
    screenings: dict[Role, str] = field(default_factory=dict)
    answers: dict[tuple[Role, bool], list[Answer]] = field(default_factory=dict)

    def to(self, role: Role, *, concerned: bool = True) -> list[Answer]:
        """Every answer to every read this role has the permission for, for every purpose it may state."""
        if (role, concerned) not in self.answers:
            self.answers[role, concerned] = list(self._read(role, self.people[role, concerned]))
        return self.answers[role, concerned]

    def caller(self, role: Role) -> Caller:
        """The one concerned, as the services know them, at care."""
        person, area = self.people[role, True], area_of(self.county, role)
        return caller_of(self.county, person.user_id, role, area, Purpose.CARE)

    def _read(self, role: Role, person: Signed) -> Iterator[Answer]:
        for operation in guarded():
            assert operation.permission
            if not reads(operation) or role not in roles_with(operation.permission):
                continue
            for purpose in purposes_for(operation.permission, role) or (None,):
                for path in self._addresses(operation):
                    yield _answer(operation, self._ask(person, operation, path, purpose))

    def _addresses(self, operation: Operation) -> Iterator[str]:
        for values in product(*(self.ids[name] for name in operation.placeholders)):
            path = operation.path
            for name, value in zip(operation.placeholders, values, strict=True):
                path = path.replace(f"{{{name}}}", str(value))
            yield path

    def _ask(self, person: Signed, operation: Operation, path: str, purpose: Purpose | None) -> TestResponse:
        body = _BODIES.get(path[path.rindex("/") :])
        query = {name: self._query(person)[name] for name in _needed(operation)}
        sent = {"json": body} if operation.method == "POST" else {}
        return person.open(operation.method, path, headers=stated(purpose), query_string=query, **sent)

    def _query(self, person: Signed) -> dict[str, str]:
        """What addresses ask for beside a page."""
        today = clock.today()
        in_village = person.user_id == self.people[Role.VILLAGE_OFFICER, True].user_id
        return {
            "area_code": self.county.village if in_village else self.county.township,
            "township_code": self.county.township, "role": "assessor", "unit": self.county.township,
            "year": str(today.year), "period": f"{today:%Y%m}",
        }  # fmt: skip


def reads(operation: Operation) -> bool:
    """Whether it tells of people (or may), and is no file."""
    posts = operation.path.endswith(("/course", "/residents/search"))
    if operation.permission in _FOR_ALL:
        return False
    known = not NOBODY & set(operation.placeholders) and "sweep_id" not in _needed(operation)
    return known and (posts or operation.method == "GET") and "." not in operation.path


def _needed(operation: Operation) -> list[str]:
    """The parameters a query must have."""
    return [each["name"] for each in operation.parameters if each["in"] == "query" and each.get("required")]


def _answer(operation: Operation, answer: TestResponse) -> Answer:
    good = answer.status_code < 300
    told = answer.text if good else ""
    return Answer(operation.name, answer.status_code, told, frozenset(_keys(answer.json)) if good else frozenset())


def _keys(said: Any) -> Iterator[str]:
    """Every key anywhere in an answer."""
    if isinstance(said, dict):
        yield from said
        for value in said.values():
            yield from _keys(value)
    if isinstance(said, list):
        for value in said:
            yield from _keys(value)


def tell(app: Flask, county: County) -> Told:
    """Let a person go through everything, each step by whoever takes it; somebody else is only reported so far."""
    people = {
        (role, concerned): let_in(app, county, role, area_of(county, role))
        for role, concerned in product(ROLES, (True, False))
    }
    told = Told(app, county, people)
    worker, officer = told.caller(Role.GRID_WORKER), told.caller(Role.JUDICIAL_OFFICER)
    resident_id, other_id = _registered(county, worker, officer)
    facts = (_observed(worker, county, resident_id, OWN_FACT), _observed(officer, county, resident_id, FACT))
    reported = _reported(county, other_id, _observed(officer, county, other_id, OTHERS_FACT))
    carers = tuple(people[role, True].user_id for role in (Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR))
    person = in_care(county, LedgerState.ASSESSED, carers=carers, resident_id=resident_id)
    with transaction(person.coordinator) as work:
        link_observations(work, [(person.entry_id, fact) for fact in facts])
    told.ids |= {
        "resident_id": (resident_id, other_id),
        "observation_id": facts,
        "entry_id": (person.entry_id, reported),
    }
    for step in (_agreed, _assessed, _planned, _referred, _in_a_team, _alarmed):
        step(told, person)
    return told


def _registered(county: County, worker: Caller, officer: Caller) -> list[UUID]:
    """Two people whom the grid's worker met first, and of whom the officer entered the rest."""
    found = registered(officer, a_resident(county.grid), a_resident(county.grid, id_no=None, phone="13800009999"))
    with transaction(officer) as work:
        first_met = update(Resident).where(Resident.id.in_(found)).values(created_by=worker.identity.user_id)
        work.session.execute(first_met)
    return found


def _observed(caller: Caller, county: County, resident_id: UUID, fact: str) -> UUID:
    """One thing that somebody saw."""
    observation_id = new_id()
    with transaction(caller) as work:
        keys = compare(work, AccessEvent("return:submit", fields=("observation.fact",)), [resident_id])
        sealed = keys.seal("observation.fact", observation_id, resident_id, fact)
        row = an_observation_row(work, county.grid, observation_id, resident_id, sealed)
        work.session.execute(insert(Observation), [row])
    return observation_id


def _reported(county: County, resident_id: UUID, observation_id: UUID) -> UUID:
    """An entry the township has yet to open: the village and the judicial office still see it."""
    promotion = Promotion(resident_id, frozenset({observation_id}), frozenset({"2"}), Urgency.ROUTINE, report=True)
    return promote_observations(an_officer(county), promotion).id


def _agreed(told: Told, person: InCare) -> None:
    question = asked(person, ConsentScope.CONTACT)
    answer = an_answer(document=DOCUMENT)
    consent = answer_consent(person.assessor, question.id, question.version, answer)
    told.ids["consent_id"] = (consent.id,)


def _assessed(told: Told, person: InCare) -> None:
    """An assessment, two forms filled in, and the summary of a severe mental disorder."""
    told.ids["assessment_id"] = (signed(person, narrative=NARRATIVE, strengths=STRENGTHS).id,)
    for role in (Role.ASSESSOR, Role.COUNSELLOR):
        told.screenings[role] = str(record_screening(told.caller(role), person.entry_id, a_form()).id)
    told.ids["screening_id"] = tuple(told.screenings.values())
    contact = Contact(True, Stability.UNSTABLE, clock.today(), 3, document=SMD_DOCUMENT)
    open_summary(told.caller(Role.CLINICIAN), person.entry_id, contact)


def _planned(told: Told, person: InCare) -> None:
    """A running plan: the grid's worker visits, a team's helper has a visit too, one visit was made by a carer."""
    worker, helper = told.caller(Role.GRID_WORKER), told.caller(Role.CASE_MEMBER)
    due = clock.today() + timedelta(days=20)
    items = tuple(
        NewItem("01", "individual", told.caller(role).identity.user_id, ItemFrequency.ONCE, due, detail)
        for role, detail in ITEMS.items()
    )
    plan = agreed(person, worker, goals=GOALS, items=items)
    with transaction(person.coordinator) as work:
        made, to_worker, to_helper = [
            _visit(work, person, plan.id, worker),
            _visit(work, person, plan.id, worker),
            _visit(work, person, plan.id, helper),
        ]
    carer = told.caller(Role.COUNSELLOR)
    record_visit(carer, made, 1, a_record(VisitOutcome.STABLE, mood_note=MOOD_NOTE))
    told.ids |= {"plan_id": (plan.id,), "visit_id": (made, to_worker, to_helper)}


def _visit(work: Work, person: InCare, plan_id: UUID, assignee: Caller) -> UUID:
    today = clock.today()
    visit = Visit(
        **columns_of(work, entry_of(work, person)), plan_id=plan_id, period=f"{today:%Y%m}", due_from=today,
        due_to=today, assignee_id=assignee.identity.user_id, state="planned", rescheduled=0,
    )  # fmt: skip
    work.session.add(visit)
    return visit.id


def _referred(told: Told, person: InCare) -> None:
    agency_id = an_agency(told.county, told.caller(Role.RECEIVING_AGENCY).identity.user_id)
    a_consent(person, ConsentScope.REFERRAL_SHARE, agency_id)
    new = NewReferral(agency_id, ReferralUrgency.ROUTINE, ReferralReason.SPECIALIST, safety_note=SAFETY_NOTE)
    draft = draft_referral(person.assessor, person.entry_id, new)
    told.ids["referral_id"] = (send_referral(person.assessor, draft.id, draft.version).id,)


def _in_a_team(told: Told, person: InCare) -> None:
    team = a_proposed_team(told.county, person)
    for role, discipline in _DISCIPLINES.items():
        add_member(person.coordinator, team.id, NewMember(discipline, told.caller(role).identity.user_id))
    constitute_team(person.coordinator, team.id, team.view.version)
    a_minute(team)
    told.ids["team_id"] = (team.id,)


def _alarmed(told: Told, person: InCare) -> None:
    """Everybody who may raises an emergency; the carer's is about the person."""
    events = [
        raise_safety_event(told.caller(role), SafetyReport(SafetyKind.ACUTE_STATE, facts, told.county.grid))
        for role, facts in EVENTS.items()
    ]
    told.ids["event_id"] = tuple(event.id for event in events)
    site = a_site(told.county)
    place = enrol(person.assessor, person.entry_id, NewEnrolment(site, clock.today()))
    told.ids |= {"enrolment_id": (place.id,), "review_id": (a_review_of(told.county, told.caller(Role.GRID_WORKER)),)}
