"""The county as its people see it: its places, read over the API, and everybody's sign-in."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from demo.api import Api, User
from demo.people import Place
from server.domain.codes import Purpose, Role
from server.domain.periods import Period, last_day

GRID_DIGITS = 15

#: What stands before the place in a demo login, and what each role reads people for.
_LOGINS = {
    Role.COUNTY_SUPERVISOR: ("county", None),
    Role.SYSADMIN: ("sysadmin", None),
    Role.PRIVACY_OFFICER: ("privacy", Purpose.AUDIT),
    Role.DEPT_REPORTER: ("department", None),
    Role.SITE_MANAGER: ("site", None),
    Role.RECEIVING_AGENCY: ("agency", Purpose.CARE),
    Role.ASSESSOR: ("assessor", Purpose.CARE),
    Role.JUDICIAL_OFFICER: ("judicial", Purpose.SWEEP),
    Role.TOWNSHIP_COORDINATOR: ("coordinator", Purpose.REVIEW),
    Role.VILLAGE_OFFICER: ("village", Purpose.SWEEP),
    Role.GRID_WORKER: ("grid", Purpose.SWEEP),
}


def read_county(crew: "Crew", period: Period) -> "County":
    """The county's townships, and its places as they were on the month's last day."""
    reader = crew.of(Role.COUNTY_SUPERVISOR, crew.county_code)
    day = last_day(period).isoformat()

    def names_of(level: str) -> dict[str, str]:
        areas = reader.all("/areas", parent=crew.county_code, level=level, valid_on=day)
        return {area["code"]: area["name"] for area in areas}

    townships, villages, grids = names_of("township"), names_of("village"), names_of("grid")
    divided = {grid[:12] for grid in grids}
    places = [Place(code, name, townships[code[:9]]) for code, name in villages.items() if code not in divided]
    places += [Place(code[:12], villages[code[:12]], townships[code[:9]], code, name) for code, name in grids.items()]
    return County(crew.county_code, reader.get(f"/areas/{crew.county_code}")["name"], townships, places)


@dataclass(frozen=True)
class County:
    """A county's places; ``townships`` maps codes to names, ``places`` are its grids, and villages without."""

    code: str
    name: str
    townships: dict[str, str]
    places: Sequence[Place]


@dataclass
class Crew:
    """Everybody who works in the county; each signs in once, when first needed."""

    api: Api
    county_code: str
    password: str
    _signed_in: dict[str, User] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def of(self, role: Role, area_code: str) -> User:
        """Who holds this role in this area."""
        with self._lock:
            known = self._signed_in.get(self.login_of(role, area_code))
        return known or self.anew(role, area_code)

    def anew(self, role: Role, area_code: str) -> User:
        """The same, signed in at this moment: a session of before may be over by now."""
        login = self.login_of(role, area_code)
        user = self.api.sign_in(login, self.password, _LOGINS[role][1])
        with self._lock:
            self._signed_in[login] = user
        return user

    def login_of(self, role: Role, area_code: str) -> str:
        """The demo login of whoever holds this role in this area."""
        prefix, place = _LOGINS[role][0], area_code.removeprefix(self.county_code)
        return f"{prefix}-{place}@{self.county_code}" if place else f"{prefix}@{self.county_code}"

    def office(self, township: str) -> User:
        """The judicial officer of a township."""
        return self.of(Role.JUDICIAL_OFFICER, township)

    def filer(self, place: str) -> User:
        """Who files a place's returns: a grid's worker; for a village without grids, the judicial officer."""
        return self.of(Role.GRID_WORKER, place) if len(place) == GRID_DIGITS else self.office(place[:9])

    def assessor(self, township: str) -> User:
        """The assessor of a township."""
        return self.of(Role.ASSESSOR, township)

    def coordinator(self, township: str) -> User:
        """The coordinator of a township."""
        return self.of(Role.TOWNSHIP_COORDINATOR, township)
