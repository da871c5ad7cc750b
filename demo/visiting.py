"""Two weeks of visits, and what comes up at them: emergencies, plans that rest, somebody who leaves."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta

from demo.api import Json, User
from demo.caring import Care, ask
from demo.courses import Course
from demo.crew import Crew
from server.clock import CHINA
from server.domain.codes import LedgerState, Purpose
from server.domain.codes_care import ConsentScope, SafetyState

People = Mapping[str, tuple[Json, Course]]

#: Visits are made before the hour at which the demo's day is played.
AT = time(9, 0)
#: A visit that is due after this day of the person's first month may be forgotten.
_HALF = 15
_REST = timedelta(days=20)
_MET: Json = {
    "visit_type": "1",
    "outcome": "1",
    "minutes": 30,
    "mood_note": "本人在家，说这周睡得好一些，出门走了三次。",
}
_MISSED: Json = {"visit_type": "1", "outcome": "5", "not_seen_reason": "4"}
_EMERGENCY: Json = {
    "visit_type": "1",
    "outcome": "4",
    "minutes": 50,
    "safety_event": {
        "kind": "self_harm_thought",
        "facts": "本人说这几天想到过死，没有具体打算，愿意有人陪着。",
        "actions": "一直陪同，已告知12356热线，并打电话给评估人员。",
    },
}
#: What the first visit of a course comes to; every other one meets the person.
_FIRST = {Course.SAFETY: _EMERGENCY, Course.MISSED: _MISSED}
_LOOKED_BACK = {"text": "医生当天见到本人，约好下周再来；家里的农药已由本人交村里保管。"}
_ADVICE: Json = {
    "relation": "1",
    "advice": ["keep_company", "remove_means", "call_12356"],
    "reply": "will_do",
    "leaflet_version": "2026-1",
    "narrative": "家里人说晚上轮流陪着，药和农药都收起来了。",
}


def make_visits(crew: Crew, people: People, today: date, township: str) -> None:
    """Whoever is to make the township's visits makes them, and writes down how they went."""
    for visit in _visits_due(crew, township):
        if visit["entry_id"] in people:
            entry, course = people[visit["entry_id"]]
            if not _is_forgotten(visit, entry, course, today):
                _make(crew, visit, entry, course, today)


def answer_emergencies(crew: Crew, township: str) -> None:
    """The coordinator takes what was raised in hand and tells a doctor; the assessor looks back and closes it."""
    for event in list(crew.coordinator(township).all("/safety-events", township_code=township)):
        while event["state"] != SafetyState.CLOSED:
            event = _answer(crew, township, event)  # noqa: PLW2901 the event as each answer leaves it


def advise_family(crew: Crew, entry: Json, today: date) -> None:
    """With the person's consent the assessor tells the family what helps after an emergency, once."""
    care = Care(crew, entry, Course.SAFETY, today)
    if care.state == LedgerState.PLAN_ACTIVE and not list(care.assessor.all(f"{care.path}/family-advice")):
        ask(care, ConsentScope.FAMILY_CONTACT)
        care.assessor.do(f"{care.path}/family-advice", _ADVICE | {"given_on": today.isoformat()})


def rest_or_go_on(crew: Crew, entry: Json, today: date, *, is_first_month: bool) -> None:
    """In the first month the plan begins to rest, once; in a later one the person is back, and it goes on."""
    care = Care(crew, entry, Course.RESTS, today)
    if care.state == LedgerState.PAUSED and not is_first_month:
        care.assessor.do(f"{care.path}/resumption", {"reason": "back"}, version=entry["version"])
    if care.state == LedgerState.PLAN_ACTIVE and is_first_month and not _has_rested(care):
        rest = {"reason": "away", "until": (today + _REST).isoformat()}
        care.assessor.do(f"{care.path}/pause", rest, version=entry["version"])


def let_leave(crew: Crew, entry: Json, today: date) -> None:
    """Somebody says that they have had enough: the entry is closed within the same minute."""
    care = Care(crew, entry, Course.LEAVES, today)
    if care.state == LedgerState.PLAN_ACTIVE:
        care.assessor.do(f"{care.path}/withdrawal", {"how": "person_said"}, version=entry["version"])


def _visits_due(crew: Crew, township: str) -> list[Json]:
    """The township's visits whose days have come, the earliest first."""
    coordinator = crew.coordinator(township)
    found = [
        visit for due in ("due", "overdue") for visit in coordinator.all("/visits", township_code=township, due=due)
    ]
    return sorted(found, key=lambda visit: str(visit["due_from"]))


def _answer(crew: Crew, township: str, event: Json) -> Json:
    """The next answer to an emergency; the event as it is then."""
    coordinator, assessor = crew.coordinator(township), crew.assessor(township)
    path = f"/safety-events/{event['id']}"
    if event["state"] == SafetyState.RAISED:
        taken = coordinator.do(f"{path}/acknowledgement", version=event["version"])
        coordinator.do(f"{path}/notices", {"recipient": "clinician", "told_at": taken["acknowledged_at"]})
        return assessor.get(path)
    if event["state"] == SafetyState.ACKNOWLEDGED:
        return assessor.do(f"{path}/review", _LOOKED_BACK, version=event["version"])
    return assessor.do(f"{path}/closure", version=event["version"])


def _is_forgotten(visit: Json, entry: Json, course: Course, today: date) -> bool:
    """Whether this is the visit that nobody thinks of in the month it is due."""
    is_second = visit["period"] == entry["period"] and date.fromisoformat(visit["due_from"]).day > _HALF
    return course is Course.MISSED and is_second and visit["due_to"] >= today.isoformat()


def _has_rested(care: Care) -> bool:
    visits = care.coordinator.all("/visits", entry_id=care.entry["id"], state="cancelled")
    return any(visit["cancel_reason"] == "paused" for visit in visits)


def _make(crew: Crew, visit: Json, entry: Json, course: Course, today: date) -> None:
    worker = _visitor(crew, visit, entry)
    is_first = visit["period"] == entry["period"] and date.fromisoformat(visit["due_from"]).day <= _HALF
    record = _FIRST.get(course, _MET) if is_first else _MET
    at = datetime.combine(today, AT, CHINA).astimezone(UTC).isoformat()
    worker.do(f"/visits/{visit['id']}/record", record | {"visited_at": at}, version=visit["version"])


def _visitor(crew: Crew, visit: Json, entry: Json) -> User:
    """Who is to make the visit: the assessor, or the grid's worker at care."""
    assessor = crew.assessor(entry["township_code"])
    if visit["assignee_id"] == assessor.user_id:
        return assessor
    return crew.filer(entry["area_code"]).for_purpose(Purpose.CARE)
