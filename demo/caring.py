"""From acceptance to a plan: the assessor takes people on, asks, assesses, and agrees a plan with them.

Each entry is taken one step further until nothing of its course is left to do today, so that a run that was broken off
is gone on with.
"""

from collections.abc import Callable
from datetime import date

from demo.api import Json, User
from demo.courses import Course
from demo.crew import Crew
from server.domain.codes import LedgerState, Role
from server.domain.codes_care import ConsentScope, ConsentState

LEAFLET = "2026-1"
GROWN = 18
_GUARDED = 14

Step = Callable[["Care"], None]


class Care:
    """One person's care on one day: who is looked after, by whom, and how it is to go."""

    def __init__(self, crew: Crew, entry: Json, course: Course, today: date) -> None:
        """Take the entry as the township's list tells it."""
        self.crew, self.entry, self.course, self.today = crew, entry, course, today
        self.assessor = crew.assessor(entry["township_code"])
        self.coordinator = crew.coordinator(entry["township_code"])
        self.path = f"/ledger-entries/{entry['id']}"

    @property
    def state(self) -> str:
        """Where the entry stands, as last read."""
        return str(self.entry["state"])

    def read_again(self, reader: User | None = None) -> None:
        """Read the entry as its assessor now finds it, or somebody else."""
        self.entry = (reader or self.assessor).get(self.path)["entry"]


def look_after(crew: Crew, entry: Json, course: Course, today: date) -> None:
    """Do everything that is due for one person before visits begin."""
    care = Care(crew, entry, course, today)
    while step := _STEPS.get(care.state):
        step(care)


def ask(care: Care, scope: ConsentScope, answer: str = "given", agency_id: str | None = None) -> None:
    """Ask one thing, unless it was asked, and write down the answer; a guardian gives or shares it for the young."""
    known = [each for each in care.assessor.get(f"{care.path}/consents")["items"] if each["scope"] == scope.value]
    if known:
        consent = known[-1]
    else:
        asked = {"scope": scope.value, "leaflet_version": LEAFLET} | ({"agency_id": agency_id} if agency_id else {})
        consent = care.assessor.do(f"{care.path}/consents", asked)
    if consent["state"] == ConsentState.REQUESTED:
        said = {"answer": answer, "given_by": _speaker(care), "method": "paper"}
        care.assessor.do(f"/consents/{consent['id']}/answer", said, version=consent["version"])


def age_of(care: Care) -> int | None:
    """The person's age in whole years, where the registry knows it."""
    born = care.assessor.get(care.path)["resident"]["birth_date"]
    if born is None:
        return None
    birthday, today = date.fromisoformat(born), care.today
    return today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))


def agree_to_leave(care: Care) -> None:
    """The coordinator agrees to what the assessment that found no need has proposed."""
    for proposal in list(care.coordinator.all("/entry-proposals", state="open")):
        if proposal["entry_id"] == care.entry["id"]:
            care.coordinator.do(f"/entry-proposals/{proposal['id']}/agreement", version=proposal["version"])


def _take_on(care: Care) -> None:
    """Claim an entry that nobody has, and ask for the assessment."""
    if not care.entry["carer_ids"]:
        claim = {"assessor_id": care.assessor.user_id, "carer_ids": [care.assessor.user_id]}
        care.assessor.do(f"{care.path}/assignment", claim, version=care.entry["version"])
    answer = "refused" if care.course is Course.REFUSES else "given"
    ask(care, ConsentScope.ASSESSMENT, answer)
    if care.course is Course.REFUSES:
        care.read_again(care.coordinator)
    else:
        care.read_again()


def _assess(care: Care) -> None:
    """Write the assessment, unless its draft is there, and sign it."""
    no_need = care.course is Course.NO_NEED
    said = {
        "kind": "initial",
        "held_on": care.today.isoformat(),
        "result_band": "no_need" if no_need else "moderate",
        "safety_concern": False,
        "recommendations": ["no_service"] if no_need else ["guidance_plan", "self_help"],
        "needs": [] if no_need else ["work", "loneliness"],
        "narrative": "本人愿意谈近况，讲到了睡眠、收入和家里的事，愿意试着每天出门。",
    }
    draft = _draft(care, "assessments") or care.assessor.do(f"{care.path}/assessments", said)
    care.assessor.do(f"/assessments/{draft['id']}/signature", version=draft["version"])
    care.read_again()


def _plan(care: Care) -> None:
    """Ask for visits, write a plan with the person, and begin it; or let somebody go who needs none."""
    if care.course is Course.NO_NEED:
        agree_to_leave(care)
        care.read_again(care.coordinator)
        return
    ask(care, ConsentScope.PLAN_VISIT)
    plan = _draft(care, "plans") or care.assessor.do(f"{care.path}/plans", _plan_of(care))
    agreed = {"agreed_by": _speaker(care), "copy_given": True}
    care.assessor.do(f"/plans/{plan['id']}/agreement", agreed, version=plan["version"])
    care.read_again()


def _plan_of(care: Care) -> Json:
    item = {
        "service": "01",
        "setting": "individual",
        "owner_id": care.assessor.user_id,
        "frequency": "fortnightly",
        "due_on": care.today.replace(day=28).isoformat(),
        "detail": "每两周谈一次，一起看看哪些办法管用。",
    }
    return {
        "goals": "每天出门走一走，夜里能睡个整觉。",
        "items": [item],
        "visit_frequency": "fortnightly",
        "visitor_id": _visitor(care),
        "contact_wishes": "下午来，先打电话。",
        "safety_note": "院里有狗，先在门口喊人。",
    }


def _draft(care: Care, kind: str) -> Json | None:
    """What was drafted by a run that was broken off."""
    drafts = [each for each in care.assessor.get(f"{care.path}/{kind}")["items"] if each["state"] == "draft"]
    return drafts[0] if drafts else None


def _visitor(care: Care) -> str:
    """The grid's worker, or the assessor where a village has none."""
    area = care.entry["area_code"]
    workers = list(care.assessor.all("/colleagues", role=Role.GRID_WORKER.value, area_code=area))
    return str(workers[0]["id"]) if workers else care.assessor.user_id


def _speaker(care: Care) -> str:
    """Who answers: the guardian under fourteen, both under eighteen, else the person."""
    age = age_of(care)
    if age is None or age >= GROWN:
        return "self"
    return "guardian" if age < _GUARDED else "both"


_STEPS: dict[str, Step] = {
    LedgerState.ACCEPTED: _take_on,
    LedgerState.CONSENTED: _assess,
    LedgerState.ASSESSED: _plan,
}
