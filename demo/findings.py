"""What a synthetic sweep finds: observed facts for each ground, and disputes.

A fact says when, who saw or heard it, what was done and what was said; it names no character, belief,
petition or illness, and passes ``check_fact``.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from demo.people import Person, Place, chance_for, everyday_name
from demo.sentences import (
    AFTERWARDS,
    BODIES,
    EVENTS,
    MINOR_EVENTS,
    SAID,
    TIMES,
    URGENT_SAID,
    WITNESSES,
    WORKING_AGE_EVENTS,
)
from server.domain.codes import DisputeOutcome, DisputeType, Ground, ObservationSource, Sex, Urgency
from server.domain.deadlines import sweep_window
from server.domain.periods import Period

_GROUNDS = {
    Ground.ACUTE_CONFLICT: 22,
    Ground.LIFE_SETBACK: 30,
    Ground.IMBALANCE: 20,
    Ground.UNUSUAL_CONDUCT: 14,
    Ground.SELF_REFERRAL: 8,
    Ground.REFERRED: 6,
}
_MINOR_GROUNDS = {Ground.LIFE_SETBACK: 40, Ground.IMBALANCE: 35, Ground.REFERRED: 25}
_WORKS_UNTIL = 60
_SEEN_BY_OTHERS = (
    ObservationSource.SEEN,
    ObservationSource.TOLD_BY_RELATIVE,
    ObservationSource.NEIGHBOUR,
    ObservationSource.SERVICE_STAFF,
)
_SOURCES = {
    Ground.SELF_REFERRAL: (ObservationSource.TOLD_BY_PERSON,),
    Ground.REFERRED: (ObservationSource.SERVICE_STAFF, ObservationSource.TOLD_BY_RELATIVE),
}
_OUTCOMES = {
    DisputeOutcome.SETTLED: 50,
    DisputeOutcome.MEDIATION: 22,
    DisputeOutcome.ONGOING: 18,
    DisputeOutcome.COURT_LEGAL_AID: 6,
    DisputeOutcome.WITHDRAWN: 4,
}
_DISPUTES = {
    DisputeType.NEIGHBOURS: 28,
    DisputeType.FAMILY: 24,
    DisputeType.LAND_HOUSING: 18,
    DisputeType.DEBT: 10,
    DisputeType.LABOUR: 7,
    DisputeType.INHERITANCE: 4,
    DisputeType.CONSUMER: 3,
    DisputeType.MEDICAL: 2,
    DisputeType.SCHOOL: 2,
    DisputeType.OTHER: 2,
}


def make_finding(seed: str, place: Place, person: Person, period: Period, until: date) -> "Finding":
    """What was seen of a person in a month, on a day of its sweep window and not after ``until``."""
    chance = chance_for(seed, place, f"finding-{period}-{person.name}-{person.birth_date}")
    grounds = _MINOR_GROUNDS if person.guardian else _GROUNDS
    ground = chance.choices(list(grounds), list(grounds.values()))[0]
    source = chance.choice(_SOURCES.get(ground, _SEEN_BY_OTHERS))
    first, last = sweep_window(period)
    span = max(0, (min(last, until) - first).days)
    day = first + timedelta(days=chance.randint(0, span))
    urgent = ground is Ground.IMBALANCE and not person.guardian and chance.random() < 0.2
    said = URGENT_SAID if urgent else SAID[ground]
    fact = (
        f"{day.month}月{day.day}日{chance.choice(TIMES)}，{chance.choice(WITNESSES[source])}："
        f"{chance.choice(_events(person, ground, until))}，{chance.choice(said)}。{chance.choice(AFTERWARDS)}。"
    ).replace("TA", "她" if person.sex is Sex.FEMALE else "他")
    return Finding(ground, fact, day, source, Urgency.URGENT if urgent else Urgency.ROUTINE)


def _events(person: Person, ground: Ground, today: date) -> tuple[str, ...]:
    """The events that fit the person's age; a person with a guardian is a minor."""
    if person.guardian:
        return MINOR_EVENTS[ground]
    works = today.year - person.birth_date.year < _WORKS_UNTIL
    return EVENTS[ground] + (WORKING_AGE_EVENTS.get(ground, ()) if works else ())


def make_dispute(seed: str, place: Place, period: Period, number: int) -> "Dispute":
    """The ``number``-th dispute of a place's month; parties are counted, not named."""
    chance = chance_for(seed, place, f"dispute-{period}-{number}")
    return Dispute(
        type=chance.choices(list(_DISPUTES), list(_DISPUTES.values()))[0],
        parties=chance.choices((2, 3, 4, 5), (80, 12, 6, 2))[0],
        mediation_body=chance.choice(BODIES).format(
            village=everyday_name(place.village_name), township=place.township_name
        ),
        outcome=chance.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0],
    )


@dataclass(frozen=True)
class Finding:
    """An observation of one person, ready to be filed in a grid's return."""

    ground: Ground
    fact: str
    observed_on: date
    source: ObservationSource
    urgency: Urgency


@dataclass(frozen=True)
class Dispute:
    """One item of a dispute sweep."""

    type: DisputeType
    parties: int
    mediation_body: str
    outcome: DisputeOutcome
