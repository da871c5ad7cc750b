"""What indicators count of people in the registry: by township, nobody's row leaving the database.

These tables must be seen whole before a part of them is told, for small counts are hidden as one list (G11).
"""

from collections import defaultdict
from datetime import date

from sqlalchemy import case, distinct, func, select

from server.clock import CHINA
from server.domain.ages import ADULT_AT, ELDER_AT
from server.domain.area_codes import Level
from server.domain.codes_sites import SiteType
from server.models.assessment import Assessment
from server.models.resident import Resident
from server.models.team import RehabAttendance
from server.store.indicator_counts import TWELVE_MONTHS
from server.store.sites import operating_on
from server.store.transaction import Work


def rehabilitated(work: Work, on: date) -> dict[str, int]:
    """Township with an institution → people in care who attended in the twelve months up to the day (YY-I16)."""
    site = operating_on(work, work.county_code, on)
    with_one = select(func.left(site.c.area_code, Level.TOWNSHIP.value)).distinct()
    with_one = with_one.where(
        site.c.type == SiteType.REHABILITATION.value, func.length(site.c.area_code) >= Level.TOWNSHIP.value
    )
    townships = set(work.session.scalars(with_one))
    township = func.left(RehabAttendance.area_code, Level.TOWNSHIP.value)
    statement = (
        select(township, func.count(distinct(RehabAttendance.resident_id)))
        .where(RehabAttendance.county_code == work.county_code)
        .where(RehabAttendance.attended_on > on - TWELVE_MONTHS, RehabAttendance.attended_on <= on)
        .group_by(township)
    )
    attended = {row[0]: row[1] for row in work.session.execute(statement)}
    return {code: attended.get(code, 0) for code in sorted(townships)}


def assessed(work: Work, on: date) -> dict[str, dict[str, int]]:
    """Township → indicator → people whose assessment was signed in the day's year, up to the day (YT-I15 to 17).

    The registry's own part of a count that the health system keeps; ages are taken by the year of birth.
    """
    age = on.year - Resident.birth_year
    person = Assessment.resident_id
    township = func.left(Assessment.area_code, Level.TOWNSHIP.value)
    statement = (
        select(
            township,
            func.count(distinct(person)),
            func.count(distinct(case((age < ADULT_AT, person)))),
            func.count(distinct(case((age >= ELDER_AT, person)))),
        )
        .join(Resident, (Resident.county_code == Assessment.county_code) & (Resident.id == person))
        .where(Assessment.county_code == work.county_code, Assessment.signed_at.is_not(None))
        .where(func.date(func.timezone(str(CHINA), Assessment.signed_at)).between(date(on.year, 1, 1), on))
        .group_by(township)
    )
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for code, *counts in work.session.execute(statement):
        found[code] = dict(zip(("YT-I15", "YT-I16", "YT-I17"), counts, strict=True))
    return found
