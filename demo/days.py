"""What happens on each day of a demo month: phases in order, each asking the server first what is still to be done."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from demo.api import Json
from demo.caring import look_after
from demo.closing import close_month, hold_meeting
from demo.courses import Course, courses_of
from demo.crew import County, Crew
from demo.equipping import enter_room, report_values, townships_without_room
from demo.plan import Plan
from demo.referring import prepare_clinic, refer
from demo.reviewing import better_returned, enter_observed, review_reported
from demo.stage import Stage
from demo.sweeping import confirm_village, file_returns, missing_grids, open_month, submit_sweeps, unconfirmed_villages
from demo.visiting import People, advise_family, answer_emergencies, let_leave, make_visits, rest_or_go_on
from server.domain.codes import LedgerState
from server.domain.periods import Period


@dataclass(frozen=True)
class Day:
    """One day: who works, where, and the months played so far, the last by name."""

    stage: Stage
    crew: Crew
    county: County
    periods: tuple[Period, ...]
    today: date

    @property
    def period(self) -> Period:
        """The month that is played."""
        return self.periods[-1]

    def people(self) -> People:
        """Everybody who was taken on in the months played, with the course their care takes."""
        found: dict[str, tuple[Json, Course]] = {}
        for period in self.periods:
            lines = [
                line
                for code in self.county.townships
                for line in self.crew.coordinator(code).all("/ledger-entries", township_code=code, period=period)
                if line["accepted_at"]
            ]
            courses = courses_of(lines)
            found |= {line["id"]: (line, courses[line["id"]]) for line in lines}
        return found

    def of_course(self, people: People, wanted: Course) -> list[Json]:
        """The entries of this month's people whose care takes a course."""
        return [entry for entry, course in people.values() if course is wanted and entry["period"] == self.period]


def equip(day: Day) -> None:
    """Have each township's room entered."""
    missing = townships_without_room(day.crew, day.county)
    day.stage.play("site managers enter rooms", lambda code: enter_room(day.crew, day.county, code, day.today), missing)


def sweep(stage: Stage, crew: Crew, plan: Plan, county: County, today: date) -> None:
    """Open the month, let every grid file and every village confirm."""
    townships = list(county.townships)
    stage.play("offices open the month", lambda code: open_month(crew, code, plan.period), townships)
    missing: dict[str, set[str]] = {}
    stage.play(
        "what is still to be filed", lambda code: missing.update(missing_grids(crew, code, plan.period)), townships
    )
    stage.play(
        "grid workers file both returns",
        lambda each: file_returns(crew, plan, each[0], each[1], today),
        sorted(missing.items()),
    )
    owed: dict[str, list[str]] = {}
    stage.play(
        "what is still to be confirmed",
        lambda code: owed.update(unconfirmed_villages(crew, code, plan.period)),
        townships,
    )
    stage.play("village officers confirm", lambda each: confirm_village(crew, *each), sorted(owed.items()))


def review(stage: Stage, crew: Crew, plan: Plan, county: County) -> None:
    """Let the offices enter people and hand the sweeps in, and the townships decide."""
    steps = (
        ("offices read facts and enter people", partial(enter_observed, crew, plan)),
        ("offices submit their sweeps", lambda code: submit_sweeps(crew, code, plan.period)),
        ("townships review", partial(review_reported, crew, plan)),
        ("offices better what came back", partial(better_returned, crew, plan)),
        ("townships review again", partial(review_reported, crew, plan)),
    )
    for name, step in steps:
        stage.play(name, step, county.townships)


def begin_care(day: Day) -> None:
    """Have everybody who was taken on asked, assessed, and, if they agree, given a plan."""
    people = [(entry, course) for entry, course in day.people().values() if entry["period"] == day.period]
    day.stage.play("assessors ask, assess, agree plans", lambda each: look_after(day.crew, *each, day.today), people)


def visit_first(day: Day) -> None:
    """The first visits: what comes up is answered, somebody is referred, and somebody leaves."""
    people = day.people()
    _visit(day, people)
    day.stage.play("emergencies are answered", partial(answer_emergencies, day.crew), day.county.townships)
    green = [entry for entry in day.of_course(people, Course.GREEN) if entry["state"] == LedgerState.PLAN_ACTIVE]
    if green:
        clinic = prepare_clinic(day.crew)
        day.stage.play("referrals by the green channel", lambda each: refer(day.crew, each, clinic, day.today), green)
    leaving = day.of_course(people, Course.LEAVES)
    day.stage.play("somebody leaves", lambda entry: let_leave(day.crew, entry, day.today), leaving)


def visit_again(day: Day) -> None:
    """The second visits: families are advised, plans rest, and plans that rested go on."""
    people = day.people()
    _visit(day, people)
    advised = day.of_course(people, Course.SAFETY)
    day.stage.play("families are advised", lambda entry: advise_family(day.crew, entry, day.today), advised)
    resting = [entry for entry, course in people.values() if course is Course.RESTS]
    day.stage.play("plans rest and go on", lambda entry: _rest(day, entry), resting)


def close(day: Day) -> None:
    """Close the month in every township, hold its meeting, and report what departments count.

    Townships close one after another, so that the last one's closing finds all closed and releases their figures.
    """
    crew, period, today, townships = day.crew, day.period, day.today, day.county.townships

    def close_all(_: int) -> None:
        for code in townships:
            close_month(crew, code, period)

    day.stage.play("townships close the month", close_all, [0])
    day.stage.play("analysis meetings", partial(hold_meeting, crew, period, today), townships)
    day.stage.play("a department reports", lambda _: report_values(crew, day.county, period, today), [0])


def _visit(day: Day, people: People) -> None:
    day.stage.play("visits are made", partial(make_visits, day.crew, people, day.today), day.county.townships)


def _rest(day: Day, entry: Json) -> None:
    rest_or_go_on(day.crew, entry, day.today, is_first_month=entry["period"] == day.period)
