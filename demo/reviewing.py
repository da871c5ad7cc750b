"""The ledger's work: the judicial office enters whom it read about, the township decides, the office betters."""

from collections.abc import Sequence

from demo.api import Json, User
from demo.crew import Crew
from demo.plan import Fate, Plan
from server.domain.codes import DeclineReason, LedgerState, ReturnReason, Urgency

_RETURN_REASONS = (ReturnReason.NEEDS_FACT, ReturnReason.HEARSAY_ONLY, ReturnReason.NOT_RESIDENT)
_DECLINE_REASONS = (DeclineReason.MEDIATION_ONLY, DeclineReason.ALREADY_SERVED, DeclineReason.NO_GROUND)


#: A draft that somebody made by hand may wait for a person's decision about a word; the demo leaves it be.
WAITING = ("word_review_open", "observation_not_open")


def enter_observed(crew: Crew, plan: Plan, township: str) -> None:
    """The judicial officer reads every new observation and enters its resident; urgent ones are reported at once.

    A second fact about the same resident is kept, in case the township asks for more.
    """
    office = crew.office(township)
    entered = {line["resident_id"] for line in office.all("/ledger-entries", **_of(plan, township))}
    for resident_id, noted in _noted(office, plan, township).items():
        if resident_id not in entered:
            _enter(office, noted[0]["id"])
    for draft in office.all("/ledger-entries", state=LedgerState.DRAFT.value, **_of(plan, township)):
        office.post(f"/ledger-entries/{draft['id']}/report", version=draft["version"], planned=WAITING)


def review_reported(crew: Crew, plan: Plan, township: str) -> None:
    """The coordinator acknowledges what is urgent, opens every reported entry, and decides."""
    coordinator = crew.coordinator(township)
    for task in coordinator.all("/tasks"):
        if task["kind"] == "urgent_report":
            coordinator.post(f"/tasks/{task['id']}/acknowledgement", version=task["version"])
    for state in (LedgerState.REPORTED, LedgerState.IN_REVIEW):
        for line in list(coordinator.all("/ledger-entries", state=state.value, **_of(plan, township))):
            _review(coordinator, plan, line["id"])


def better_returned(crew: Crew, plan: Plan, township: str) -> None:
    """The judicial officer hands those entries in again for which there is a further fact."""
    office = crew.office(township)
    noted = _noted(office, plan, township)
    for line in list(office.all("/ledger-entries", state=LedgerState.RETURNED.value, **_of(plan, township))):
        if further := noted.get(line["resident_id"]):
            body = {
                "observation_ids": [each["id"] for each in further],
                "grounds": sorted({*line["grounds"], *(each["ground"] for each in further)}),
            }
            office.post(f"/ledger-entries/{line['id']}/resubmission", body, version=line["version"])


def _of(plan: Plan, township: str) -> dict[str, str]:
    return {"township_code": township, "period": plan.period}


def _noted(office: User, plan: Plan, township: str) -> dict[str, list[Json]]:
    """Observations not yet used, by resident, the earliest first."""
    found: dict[str, list[Json]] = {}
    for observation in office.all("/observations", state="noted", **_of(plan, township)):
        found.setdefault(observation["resident_id"], []).append(observation)
    return found


def _enter(office: User, observation_id: str) -> None:
    """Read the fact, then enter the resident on its ground."""
    observation = office.get(f"/observations/{observation_id}")
    body: Json = {
        "resident_id": observation["resident_id"],
        "observation_ids": [observation_id],
        "grounds": [observation["ground"]],
        "urgency": Urgency.URGENT.value if observation["urgent"] else Urgency.ROUTINE.value,
        "report": observation["urgent"],
    }
    office.post("/ledger-entries", body)


def _review(coordinator: User, plan: Plan, entry_id: str) -> None:
    """Read one entry with its facts, take it up, and decide; one that was sent back before is taken on."""
    detail = coordinator.get(f"/ledger-entries/{entry_id}")
    entry = detail["entry"]
    if entry["state"] == LedgerState.REPORTED:
        entry = _done(coordinator, entry, "review", None)
    fate = plan.fate_of(entry["area_code"], detail["resident"]["name"])
    if fate is Fate.BETTER and len(detail["facts"]) > 1:
        fate = Fate.ACCEPT
    match fate:
        case Fate.ACCEPT:
            _done(coordinator, entry, "acceptance", {})
        case Fate.DECLINE:
            _done(coordinator, entry, "decline", {"reason": _one_of(_DECLINE_REASONS, entry)})
        case Fate.RETURN | Fate.BETTER:
            _done(coordinator, entry, "return", {"reason": _one_of(_RETURN_REASONS, entry)})


def _done(coordinator: User, entry: Json, act: str, body: Json | None) -> Json:
    """One act on the version that was read; the entry as it is then."""
    moved = coordinator.post(f"/ledger-entries/{entry['id']}/{act}", body, version=entry["version"])
    assert moved is not None
    return moved


def _one_of(reasons: Sequence[str], entry: Json) -> str:
    """Reasons in turn, by the entry's number."""
    return str(reasons[int(entry["entry_no"]) % len(reasons)])
