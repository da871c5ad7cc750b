"""What the county's indicators count besides people: each township's room, and what departments report."""

from datetime import date

from demo.api import Json
from demo.crew import County, Crew
from server.domain.codes import Role
from server.domain.codes_sites import SiteState, SiteType
from server.domain.periods import Period

_ROOM: Json = {
    "type": SiteType.TOWNSHIP_ROOM.value,
    "phone": "0000-12345",
    "hours": "周一至周五 8:30-17:30",
    "hours_per_day": 9,
    "accessible": True,
    "psychiatric": False,
}
#: Indicator → numerator and denominator, as a department would report them.
_REPORTED = {"YY-I8": (3, 4), "YY-I2B": (38, 38)}


def townships_without_room(crew: Crew, county: County) -> list[str]:
    """The townships whose room is not entered yet."""
    supervisor = crew.of(Role.COUNTY_SUPERVISOR, county.code)
    known = {site["area_code"] for site in supervisor.all("/sites", type=SiteType.TOWNSHIP_ROOM.value)}
    return sorted(county.townships.keys() - known)


def enter_room(crew: Crew, county: County, township: str, today: date) -> None:
    """The site manager enters the township's room; that of the county's last township is not open yet."""
    name = county.townships[township]
    state = SiteState.BUILT if township == max(county.townships) else SiteState.OPERATING
    said = {
        "area_code": township,
        "name": f"{name}心理咨询室",
        "address": f"{name}综治中心一楼",
        "state": state.value,
        "since": today.replace(day=1).isoformat(),
    }
    crew.of(Role.SITE_MANAGER, township).do("/sites", _ROOM | said)


def report_values(crew: Crew, county: County, period: Period, today: date) -> None:
    """The department types in what the registry cannot know, once a year, with the document it stands in."""
    department, year = crew.of(Role.DEPT_REPORTER, county.code), period[:4]
    known = {value["indicator"] for value in department.get("/indicator-values", unit=county.code, year=year)["items"]}
    for indicator, (num, den) in _REPORTED.items():
        if indicator not in known:
            said = {"num": num, "den": den, "evidence": f"示例统〔{year}〕1号", "as_of": today.isoformat()}
            department.ask("PUT", f"/indicator-values/{county.code}/{indicator}/{year}", json=said)
