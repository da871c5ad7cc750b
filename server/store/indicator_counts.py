"""What the registry counts for an indicator as of a day: rooms, sites, staff, sheets, emergencies, providers.

Each function is one statement over a whole area, however many rows there are. Nobody in care is counted here; see
``indicator_people.py`` for that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, Subquery, and_, exists, func, or_, select, true
from sqlalchemy.orm import aliased

from server.domain.area_codes import AdminType, Level, TownshipKind
from server.domain.codes_outreach import GRAVE, Residence, SurveyAmong, SurveyMethod
from server.domain.codes_sites import MEDICAL_TYPES, QUALIFIED, ROOM_TYPES, SECTOR_TYPES, Qualification, SiteType
from server.domain.indicators import UNKNOWN, Figure, Universe
from server.models.area import Area
from server.models.referral import Agency
from server.models.site import (
    EmergencyEvent,
    Provider,
    ProviderEvaluation,
    SiteStaff,
    Survey,
    SurveyAnswer,
    TrainingRecord,
)
from server.models.team import FamilySchoolSession
from server.store.areas import in_force
from server.store.indicators import body_counts
from server.store.scope import under
from server.store.sites import operating_on
from server.store.transaction import Work

#: "Within twelve months" of a day.
TWELVE_MONTHS = timedelta(days=365)
_ROUND_THE_CLOCK = 24


@dataclass(frozen=True)
class SheetCount:
    """The sheets of one group of people, counted."""

    among: str
    method: str
    residence: str
    passed: int
    sheets: int
    correct: int
    total: int
    leaflets: int
    asked_leaflets: int

    @property
    def share(self) -> tuple[int, int]:
        """Numerator and denominator by the survey's own way of counting: people who passed, or right answers."""
        return (self.passed, self.sheets) if self.method == SurveyMethod.PASSED else (self.correct, self.total)


def rooms(work: Work, unit: str, on: date, universe: Universe) -> dict[str, Figure]:
    """YY-I1 over the townships that count, YT-I10 over the villages that do."""
    site = operating_on(work, unit, on)
    township, village = Area.level == Level.TOWNSHIP.value, Area.level == Level.VILLAGE.value
    with_room = Area.code.in_(_places(site, Level.TOWNSHIP, site.c.type == SiteType.TOWNSHIP_ROOM.value))
    served = Area.code.in_(_places(site, Level.VILLAGE, site.c.type.in_(ROOM_TYPES)))
    special = (Area.kind == TownshipKind.SPECIAL.value) if universe.special_units else ~true()
    statement = select(
        func.count().filter(township, with_room),
        func.count().filter(township),
        func.count().filter(village, served),
        func.count().filter(village),
    ).where(under(Area.code, unit), in_force(on), Area.counts_in_indicator | (township & special))
    towns, all_towns, villages, all_villages = work.session.execute(statement).one()
    return {"YY-I1": _figure(towns, all_towns), "YT-I10": _figure(villages, all_villages)}


def county_sites(work: Work, county: str, on: date, universe: Universe) -> dict[str, Figure]:
    """YT-I18, YT-I19, YY-I9 and YY-I15: whether the county has what it should; nothing where it does not count."""
    site = operating_on(work, county, on)
    hotline = select(site.c.id).where(site.c.type == SiteType.HOTLINE.value)
    agency = select(Agency.id).where(Agency.county_code == work.county_code, Agency.active)
    day_long = or_(
        exists(hotline.where(site.c.hours_per_day == _ROUND_THE_CLOCK)),
        exists(agency.where(Agency.kind == SiteType.HOTLINE.value, Agency.hours_per_day == _ROUND_THE_CLOCK)),
    )
    statement = select(exists(hotline), exists(agency.where(Agency.green_channel)), day_long, _rehabilitation(site))
    counted = exists().where(Area.code == county, in_force(on))
    if not universe.management_committees:
        counted = counted.where(Area.admin_type != AdminType.STAT_ONLY.value)
    row = work.session.execute(statement.where(counted)).one_or_none()
    found = [UNKNOWN] * 4 if row is None else [Figure(int(bool(has)), 1) for has in row]
    return dict(zip(("YT-I18", "YT-I19", "YY-I9", "YY-I15"), found, strict=True))


def _rehabilitation(site: Subquery) -> ColumnElement[bool]:
    """One institution in town, and one in the township of the psychiatric hospital; it may be the same one."""
    place, hospital = aliased(site), aliased(site)
    rehabilitation = select(place.c.id).where(place.c.type == SiteType.REHABILITATION.value)
    street = and_(
        or_(Area.code == func.left(place.c.area_code, Level.TOWNSHIP.value), Area.code == place.c.area_code),
        or_(Area.kind == TownshipKind.STREET.value, Area.urban_rural.startswith("1")),
    )
    beside = and_(
        func.left(hospital.c.area_code, Level.TOWNSHIP.value) == func.left(place.c.area_code, Level.TOWNSHIP.value),
        func.length(place.c.area_code) >= Level.TOWNSHIP.value,
        hospital.c.type == SiteType.OUTPATIENT.value,
        hospital.c.psychiatric,
    )
    return and_(
        exists(rehabilitation.where(exists().where(street))), exists(rehabilitation.where(exists().where(beside)))
    )


def family_schools(work: Work, unit: str, on: date) -> dict[str, Figure]:
    """YY-I10: psychiatric clinics with a session of their family school in twelve months."""
    site = operating_on(work, unit, on)
    session = FamilySchoolSession
    held = exists().where(
        session.county_code == work.county_code,
        session.site_id == site.c.id,
        session.held_on > on - TWELVE_MONTHS,
        session.held_on <= on,
    )
    clinics = select(func.count().filter(held), func.count()).select_from(site)
    clinics = clinics.where(site.c.type == SiteType.OUTPATIENT.value, site.c.psychiatric)
    return {"YY-I10": _figure(*work.session.execute(clinics).one())}


def sector_sites(work: Work, county: str, on: date) -> dict[str, Figure]:
    """YY-I6A and YY-I6B over the bodies listed; more sites of a type than bodies count as many as the bodies."""
    site = operating_on(work, county, on)
    staffed = exists().where(_at_work(work, site, on), SiteStaff.qualification.in_(QUALIFIED))
    statement = (
        select(site.c.type, func.count(), func.count().filter(staffed))
        .where(site.c.type.in_(SECTOR_TYPES))
        .group_by(site.c.type)
    )
    sites = {type_: (there, staff) for type_, there, staff in work.session.execute(statement)}
    listed = {row.site_type: row.bodies for row in body_counts(work, on)}
    counts = [(min(bodies, there), min(bodies, staff), bodies)
              for type_, bodies in listed.items() for there, staff in (sites.get(type_, (0, 0)),)]  # fmt: skip
    bodies = sum(each[2] for each in counts)
    return {
        "YY-I6A": _figure(sum(each[0] for each in counts), bodies),
        "YY-I6B": _figure(sum(each[1] for each in counts), bodies),
    }


def staff(work: Work, unit: str, on: date) -> dict[str, Figure]:
    """YT-I13: medical staff with a training that counts on the day."""
    site = operating_on(work, unit, on)
    trained = exists().where(
        TrainingRecord.county_code == work.county_code,
        TrainingRecord.staff_id == SiteStaff.id,
        TrainingRecord.held_on <= on,
        TrainingRecord.valid_to >= on,
    )
    statement = select(func.count().filter(trained), func.count()).where(_at_work(work, site, on))
    statement = statement.where(site.c.type.in_(MEDICAL_TYPES)).select_from(SiteStaff).join(site, true())
    return {"YT-I13": _figure(*work.session.execute(statement).one())}


def township_hospitals(work: Work, unit: str, on: date) -> dict[str, Figure]:
    """YT-I14: township hospitals with a psychiatrist and a counsellor at work on the day."""
    site = operating_on(work, unit, on)
    both = and_(
        *(
            exists().where(_at_work(work, site, on), SiteStaff.qualification == needed.value)
            for needed in (Qualification.PSYCHIATRIST, Qualification.COUNSELLOR)
        )
    )
    statement = select(func.count().filter(both), func.count()).select_from(site)
    statement = statement.where(site.c.type == SiteType.TOWNSHIP_HOSPITAL.value)
    return {"YT-I14": _figure(*work.session.execute(statement).one())}


def surveys(work: Work, unit: str, on: date) -> tuple[dict[str, Figure], dict[str, str]]:
    """What the year's sheets say, and how knowledge was counted: people who passed where any survey counts so."""
    sheet, passed = SurveyAnswer, SurveyAnswer.correct * 5 >= SurveyAnswer.total * 4
    statement = (
        select(
            Survey.among,
            Survey.method,
            sheet.residence,
            *(func.count().filter(passed), func.count(), func.sum(sheet.correct), func.sum(sheet.total)),
            *(func.count().filter(sheet.has_leaflet.is_(True)), func.count(sheet.has_leaflet)),
        )
        .join(sheet, and_(sheet.county_code == Survey.county_code, sheet.survey_id == Survey.id))
        .where(Survey.county_code == work.county_code, under(Survey.area_code, unit))
        .where(Survey.held_on.between(date(on.year, 1, 1), on))
        .group_by(Survey.among, Survey.method, sheet.residence)
    )
    rows = [SheetCount(*row) for row in work.session.execute(statement)]
    figures = {"YT-I1": _figure(sum(row.leaflets for row in rows), sum(row.asked_leaflets for row in rows))}
    rules: dict[str, str] = {}
    for name, among, residence in _KNOWLEDGE:
        asked = [row for row in rows if row.among == among and residence in {None, row.residence}]
        figures[name], method = _known(asked)
        if method is not None:
            rules[name] = method.value
    return figures, rules


def _known(asked: Sequence[SheetCount]) -> tuple[Figure, SurveyMethod | None]:
    """How many know, and by which way of counting; none where nobody was asked."""
    for method in (SurveyMethod.PASSED, SurveyMethod.ANSWERS):
        counts = [row.share for row in asked if row.method == method]
        if counts:
            return _figure(sum(num for num, _ in counts), sum(den for _, den in counts)), method
    return UNKNOWN, None


_KNOWLEDGE: tuple[tuple[str, SurveyAmong, Residence | None], ...] = (
    ("YT-I2", SurveyAmong.RESIDENTS, Residence.URBAN),
    ("YT-I3", SurveyAmong.RESIDENTS, Residence.RURAL),
    ("YT-I6", SurveyAmong.EMPLOYEES, None),
    ("YT-I9", SurveyAmong.PUPILS, None),
    ("YY-I11A", SurveyAmong.RESIDENTS, Residence.URBAN),
    ("YY-I11B", SurveyAmong.RESIDENTS, Residence.RURAL),
)


def emergencies(work: Work, unit: str, on: date) -> dict[str, Figure]:
    """YT-I20: the year's grave emergencies for which aid had begun by the day."""
    event = EmergencyEvent
    statement = (
        select(func.count().filter(event.aid_started_on <= on), func.count())
        .where(event.county_code == work.county_code, under(event.area_code, unit), event.grade.in_(GRAVE))
        .where(event.started_on.between(date(on.year, 1, 1), on))
    )
    return {"YT-I20": _figure(*work.session.execute(statement).one())}


def providers(work: Work, unit: str, on: date) -> dict[str, Figure]:
    """YT-I21: providers registered on the day that were evaluated in its year."""
    evaluated = exists().where(
        ProviderEvaluation.county_code == Provider.county_code,
        ProviderEvaluation.provider_id == Provider.id,
        ProviderEvaluation.held_on.between(date(on.year, 1, 1), on),
    )
    statement = (
        select(func.count().filter(evaluated), func.count())
        .where(Provider.county_code == work.county_code, under(Provider.area_code, unit))
        .where(Provider.registered_on <= on, or_(Provider.ended_on.is_(None), Provider.ended_on >= on))
    )
    return {"YT-I21": _figure(*work.session.execute(statement).one())}


def _places(site: Subquery, level: Level, condition: ColumnElement[bool]) -> Select[str]:
    """The codes of the areas of a level in which such a site lies."""
    code = func.left(site.c.area_code, level.value)
    return select(code).distinct().where(condition, func.length(site.c.area_code) >= level.value)


def _at_work(work: Work, site: Subquery, on: date) -> ColumnElement[bool]:
    """Staff of a site who are there on the day, the first and the last day included."""
    return and_(
        SiteStaff.county_code == work.county_code,
        SiteStaff.site_id == site.c.id,
        SiteStaff.since <= on,
        or_(SiteStaff.until.is_(None), SiteStaff.until >= on),
    )


def _figure(num: int, den: int) -> Figure:
    """Nothing to be counted is no zero: it is unknown (invariant 14)."""
    return Figure(int(num), int(den)) if den else UNKNOWN
