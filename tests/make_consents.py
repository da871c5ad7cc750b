"""Asking, answering and leaving, for tests: what a test does not care about is filled in."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import select, update

from server import clock
from server.domain.codes_care import ConsentScope
from server.domain.codes_consents import ConsentAnswer, ConsentMethod, GivenBy
from server.domain.consents import Answer, Question
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.services.consents_asking import answer_consent, ask_consent
from server.services.consents_reading import ConsentView
from server.store.care import sealing_keys
from server.store.transaction import transaction
from tests.make_care import InCare

LEAFLET = "2026-1"


def asked(person: InCare, scope: ConsentScope = ConsentScope.ASSESSMENT, **changes: object) -> ConsentView:
    """The person's assessor asks."""
    values: dict[str, object] = {"scope": scope, "leaflet_version": LEAFLET}
    return ask_consent(person.assessor, person.entry_id, Question(**values | changes))  # type: ignore[arg-type]


def answered(
    person: InCare, question: ConsentView, answer: ConsentAnswer = ConsentAnswer.GIVEN, **changes: object
) -> ConsentView:
    """The person's own answer on paper."""
    return answer_consent(person.assessor, question.id, question.version, an_answer(answer, **changes))


def an_answer(answer: ConsentAnswer = ConsentAnswer.GIVEN, **changes: object) -> Answer:
    """What was answered: by the person, on paper."""
    values: dict[str, object] = {"answer": answer, "given_by": GivenBy.SELF, "method": ConsentMethod.PAPER}
    return Answer(**values | changes)  # type: ignore[arg-type]


def agreed(person: InCare, scope: ConsentScope = ConsentScope.ASSESSMENT, **changes: object) -> ConsentView:
    """Asked, and answered yes."""
    return answered(person, asked(person, scope, **changes))


def refused(person: InCare, scope: ConsentScope = ConsentScope.ASSESSMENT, **changes: object) -> ConsentView:
    """Asked, and answered no."""
    return answered(person, asked(person, scope, **changes), ConsentAnswer.REFUSED)


def entry_now(person: InCare) -> LedgerEntry:
    """The entry as it stands."""
    with transaction(person.coordinator) as work:
        return work.session.get_one(LedgerEntry, (person.county.code, person.entry_id))


def consents_now(person: InCare) -> dict[str, str]:
    """Scope → state of the person's questions, the latest of each."""
    with transaction(person.coordinator) as work:
        statement = select(Consent.scope, Consent.state).where(Consent.entry_id == person.entry_id)
        return dict(tuple(row) for row in work.session.execute(statement.order_by(Consent.id)))


def born(person: InCare, day: date | None, **changes: object) -> None:
    """Give the person a day of birth (or none, not even the year) and whatever else a test wants of them."""
    with transaction(person.coordinator) as work:
        sealed = None
        if day is not None:
            keys = sealing_keys(work, "resident:edit", person.resident_id, "resident.birth_date")
            sealed = keys.seal("resident.birth_date", person.resident_id, person.resident_id, day.isoformat())
        values = {"birth_year": day.year if day else None, "sealed_birth_date": sealed} | changes
        which = Resident.county_code == person.county.code, Resident.id == person.resident_id
        work.session.execute(update(Resident).where(*which).values(**values))


def a_guardian(person: InCare, relation: str | None = "51") -> dict[str, object]:
    """Columns of a resident who has a guardian."""
    with transaction(person.coordinator) as work:
        keys = sealing_keys(work, "resident:edit", person.resident_id, "resident.guardian_name")
        name = keys.seal("resident.guardian_name", person.resident_id, person.resident_id, "试验监护")
    return {"sealed_guardian_name": name, "guardian_relation": relation}


def move_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """A way to set the clock to noon of a day in China; the test's end sets it right again."""

    def to(day: date) -> None:
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=clock.CHINA)
        monkeypatch.setattr(clock, "now", lambda: noon)

    return to


def years_before(day: date, years: int, days: int = 0) -> date:
    """The day so many years and days before."""
    return day.replace(year=day.year - years) - timedelta(days=days)


def ids_of(views: list[ConsentView]) -> list[UUID]:
    """Their ids."""
    return [view.id for view in views]
