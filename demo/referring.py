"""A referral by the green channel: a form that says more, the clinic's answer on the same day, and what came of it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from demo.api import Json, User
from demo.caring import GROWN, Care, age_of, ask
from demo.courses import Course
from demo.crew import Crew
from demo.visiting import AT
from server.clock import CHINA
from server.domain.codes import Role
from server.domain.codes_care import ConsentScope, ReferralState

CLINIC = "资阳区示例心理门诊"
_SOON = timedelta(hours=4)
_FORM: Json = {
    "instrument": "gad-7",
    "edition": "2006",
    "mode": "interview",
    "answers": {"1": 2, "2": 2, "3": 2, "4": 2, "5": 1, "6": 1, "7": 1},
    "disclaimer_shown": True,
    "age_confirmed": True,
}

#: What is done in a state; the referral as it is then.
Act = Callable[["Referring"], Json]


class Referring:
    """One referral under way."""

    def __init__(self, care: Care, clinic: User, referral: Json) -> None:
        """Take the referral as it was last read."""
        self.care, self.clinic, self.referral = care, clinic, referral

    def by(self, user: User, act: str, body: Json | None = None) -> Json:
        """One act of this person; the referral as it is then."""
        return user.do(f"/referrals/{self.referral['id']}/{act}", body, version=self.referral["version"])


def prepare_clinic(crew: Crew) -> str:
    """The clinic in the directory, and the user who answers for it; its id."""
    admin = crew.of(Role.SYSADMIN, crew.county_code)
    known = [agency for agency in admin.all("/agencies") if agency["name"] == CLINIC]
    if not known:
        facts = {"name": CLINIC, "kind": "14", "phone": "0000-12345", "hours": "周一至周五 8:00-17:00"}
        known = [admin.do("/agencies", facts | {"green_channel": True})]
    agency_id = str(known[0]["id"])
    member = crew.of(Role.RECEIVING_AGENCY, crew.county_code).user_id
    if member not in {each["user_id"] for each in admin.get(f"/agencies/{agency_id}/members")["items"]}:
        admin.ask("PUT", f"/agencies/{agency_id}/members/{member}")
    return agency_id


def screen(care: Care) -> None:
    """Ask seven questions of a grown-up, once, having said that a screening is no diagnosis."""
    age = age_of(care)
    if (age is None or age >= GROWN) and not care.assessor.get(f"{care.path}/screenings")["items"]:
        at = datetime.combine(care.today, AT, CHINA).astimezone(UTC)
        care.assessor.do(f"{care.path}/screenings", _FORM | {"held_at": at.isoformat()})


def refer(crew: Crew, entry: Json, agency_id: str, today: date) -> None:
    """Screen somebody and refer them by the green channel, as far as that is not done; the clinic answers at once."""
    care = Care(crew, entry, Course.GREEN, today)
    screen(care)
    known = list(care.assessor.all("/referrals", entry_id=entry["id"]))
    if not known:
        ask(care, ConsentScope.REFERRAL_SHARE, agency_id=agency_id)
        said = {"agency_id": agency_id, "urgency": "green_channel", "reason": "specialist"}
        known = [care.assessor.do(f"{care.path}/referrals", said)]
    referring = Referring(care, crew.of(Role.RECEIVING_AGENCY, crew.county_code), known[0])
    while act := _ACTS.get(referring.referral["state"]):
        referring.referral = act(referring)


def _send(of: Referring) -> Json:
    return of.by(of.care.assessor, "sending")


def _receive(of: Referring) -> Json:
    return of.by(of.clinic, "receipt")


def _appoint(of: Referring) -> Json:
    at = (datetime.combine(of.care.today, AT, CHINA) + _SOON).astimezone(UTC)
    return of.by(of.clinic, "appointment", {"at": at.isoformat()})


def _meet(of: Referring) -> Json:
    return of.by(of.clinic, "attendance", {"attended": True})


def _tell(of: Referring) -> Json:
    return of.by(of.clinic, "feedback", {"outcome": "service_started", "text": "已见面，约定每两周复诊一次。"})


def _close(of: Referring) -> Json:
    return of.by(of.care.assessor, "closure", {})


_ACTS: dict[str, Act] = {
    ReferralState.DRAFTED: _send,
    ReferralState.CONSENT_OK: _send,
    ReferralState.SENT: _receive,
    ReferralState.RECEIVED: _appoint,
    ReferralState.APPOINTED: _meet,
    ReferralState.ATTENDED: _tell,
    ReferralState.FEEDBACK: _close,
}
