"""Finding one person by name among 100,000 residents of a county, against opening every name by hand."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy import select

from bench.measure import Result, best_of
from bench.people import fill_residents
from bench.place import COUNTY, TOWNSHIP, Place
from server.domain.codes import Purpose, Role
from server.domain.sought import sought_by
from server.models.resident import Resident
from server.services.search import search_residents
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.transaction import transaction

RESIDENTS = 100_000
IN_SCOPE = 10_000


def measure(place: Place) -> list[Result]:
    """By bucket in the whole county; and by opening everybody in a smaller scope."""
    people = fill_residents(place, RESIDENTS, seed=2)
    wanted = sought_by(name=people[RESIDENTS // 2].facts.name + "氏")
    wide = place.caller_as(Role.ASSESSOR, COUNTY, Purpose.CARE)
    narrow = place.caller_as(Role.TOWNSHIP_COORDINATOR, TOWNSHIP, Purpose.REVIEW)
    floor_all = _opening_everybody(place, RESIDENTS)
    county = best_of(3, lambda: search_residents(wide, wanted), floor_all)
    village = people[0].facts.area_code[:12]
    floor_village = _opening_everybody(place, IN_SCOPE)
    scope = best_of(3, lambda: search_residents(narrow, wanted, village), floor_village)
    return [
        Result(
            "search by name, county of 100,000", RESIDENTS, *county, "(none set)", f"{county[0] * 1e3:.0f} ms a search"
        ),
        Result(
            "search by name, village of 10,000", IN_SCOPE, *scope, "(none set)", f"{scope[0] * 1e3:.0f} ms a search"
        ),
    ]


def _opening_everybody(place: Place, count: int) -> Callable[[], list[UUID]]:
    """The floor: select, unwrap and open that many names one after another."""

    def floor() -> list[UUID]:
        with transaction(place.caller_as(Role.ASSESSOR, COUNTY, Purpose.CARE)) as work:
            statement = select(Resident.id, Resident.sealed_name).where(Resident.county_code == COUNTY).limit(count)
            rows = work.session.execute(statement).all()
            keys = compare(work, AccessEvent("bench", fields=("resident.name",)), [row.id for row in rows])
            return [row.id for row in rows if keys.open("resident.name", row.id, row.id, row.sealed_name) == "无"]

    return floor
