"""Two weeks of visits and what they bring: a safety event, a referral by the green channel, somebody who leaves."""

from datetime import UTC, date, datetime, time, timedelta

from demo.api import Json, User
from demo.caring import Care, ask
from demo.courses import Course
from demo.crew import Crew
from server.clock import CHINA
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope

CLINIC = "资阳区示例心理门诊"
#: Visits are made before the hour at which the demo's day is played.
_AT = time(9, 0)
_HALF = 15
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
_RECORDS = {Course.SAFETY: _EMERGENCY, Course.MISSED: _MISSED}
_LOOKED_BACK = {"text": "医生当天见到本人，约好下周再来；家里的农药已由本人交村里保管。"}


def visits_due(crew: Crew, township: str) -> list[Json]:
    """The township's visits whose days have come, each once."""
    found: dict[str, Json] = {}
    for due in ("due", "overdue"):
        for visit in crew.coordinator(township).all("/visits", township_code=township, due=due):
            found[visit["id"]] = visit
    return list(found.values())


def make_visits(crew: Crew, entries: dict[str, tuple[Json, Course]], today: date, township: str) -> None:
    """Whoever is to make the township's visits makes them, and writes down how they went."""
    for visit in visits_due(crew, township):
        if visit["entry_id"] in entries:
            entry, course = entries[visit["entry_id"]]
            _make(crew, visit, entry, course, today)


def answer_emergencies(crew: Crew, township: str) -> None:
    """The coordinator takes what was raised in hand and tells a doctor; the assessor looks back and closes it."""
    coordinator, assessor = crew.coordinator(township), crew.assessor(township)
    for event in list(coordinator.all("/safety-events", state="raised")):
        path = f"/safety-events/{event['id']}"
        taken = coordinator.do(f"{path}/acknowledgement", version=event["version"])
        coordinator.post(f"{path}/notices", {"recipient": "clinician", "told_at": taken["acknowledged_at"]})
        known = assessor.get(path)
        looked = assessor.do(f"{path}/review", _LOOKED_BACK, version=known["version"])
        assessor.do(f"{path}/closure", version=looked["version"])


def prepare_clinic(crew: Crew) -> str:
    """The clinic in the directory, and the user who answers for it; its id."""
    admin = crew.of(Role.SYSADMIN, crew.county_code)
    known = [agency for agency in admin.all("/agencies") if agency["name"] == CLINIC]
    if not known:
        facts = {"name": CLINIC, "kind": "14", "phone": "0000-12345", "hours": "周一至周五 8:00-17:00"}
        known = [admin.do("/agencies", facts | {"green_channel": True})]
    agency_id = str(known[0]["id"])
    member = crew.of(Role.RECEIVING_AGENCY, crew.county_code).user_id
    admin.ask("PUT", f"/agencies/{agency_id}/members/{member}")
    return agency_id


def refer(crew: Crew, entry: Json, agency_id: str, today: date) -> None:
    """Refer somebody by the green channel; the clinic answers, sees them, and tells what came of it."""
    care = Care(crew, entry, Course.GREEN, today)
    if list(care.assessor.all("/referrals", entry_id=entry["id"])):
        return
    ask(care, ConsentScope.REFERRAL_SHARE, agency_id=agency_id)
    said = {"agency_id": agency_id, "urgency": "green_channel", "reason": "specialist"}
    referral = care.assessor.do(f"{care.path}/referrals", said)
    path = f"/referrals/{referral['id']}"
    sent = care.assessor.do(f"{path}/sending", version=referral["version"])
    clinic = crew.of(Role.RECEIVING_AGENCY, crew.county_code)
    taken = clinic.do(f"{path}/receipt", version=sent["version"])
    soon = (datetime.combine(today, _AT, CHINA) + timedelta(hours=4)).astimezone(UTC)
    appointed = clinic.do(f"{path}/appointment", {"at": soon.isoformat()}, version=taken["version"])
    came = clinic.do(f"{path}/attendance", {"attended": True}, version=appointed["version"])
    feedback = {"outcome": "service_started", "text": "已见面，约定每两周复诊一次。"}
    told = clinic.do(f"{path}/feedback", feedback, version=came["version"])
    care.assessor.do(f"{path}/closure", {}, version=told["version"])


def let_leave(crew: Crew, entry: Json, today: date) -> None:
    """Somebody says that they have had enough: the entry is closed within the same minute."""
    care = Care(crew, entry, Course.LEAVES, today)
    if care.state == LedgerState.PLAN_ACTIVE:
        care.assessor.do(f"{care.path}/withdrawal", {"how": "person_said"}, version=entry["version"])


def _make(crew: Crew, visit: Json, entry: Json, course: Course, today: date) -> None:
    if course is Course.MISSED and today.day > _HALF and visit["due_to"] >= today.isoformat():
        return
    worker = _visitor(crew, visit, entry)
    record = _RECORDS.get(course, _MET)
    at = datetime.combine(min(today, date.fromisoformat(visit["due_to"])), _AT, CHINA).astimezone(UTC)
    worker.do(f"/visits/{visit['id']}/record", record | {"visited_at": at.isoformat()}, version=visit["version"])


def _visitor(crew: Crew, visit: Json, entry: Json) -> User:
    """Who is to make the visit: the assessor, or the grid's worker at care."""
    assessor = crew.assessor(entry["township_code"])
    if visit["assignee_id"] == assessor.user_id:
        return assessor
    return crew.filer(entry["area_code"]).for_purpose(Purpose.CARE)
