"""What is read at the end: each township's month, the county's figures, and who sees which name."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from demo.api import Json, User
from demo.crew import County, Crew
from demo.sweeping import month_of, sweeps_of
from server.domain.codes import Role
from server.domain.periods import Period


def per_cent(part: int, whole: int) -> int:
    """A share in whole per cent, rounded down, so that nothing but all is 100; all of nothing is."""
    return 100 * part // whole if whole else 100


@dataclass(frozen=True)
class TownshipMonth:
    """One township's month in numbers; returns are those of both sweeps together."""

    code: str
    name: str
    villages: int
    confirmed: int
    due: int
    returned: int
    nil: int
    late: int
    observations: int
    disputes: int
    entries: Counter[str]
    overdue: int
    sweeps: tuple[str, ...]

    @property
    def completeness(self) -> int:
        """Returns that came, of those due."""
        return per_cent(self.returned, self.due)


@dataclass(frozen=True)
class NamedLine:
    """One line of the ledger with the resident's name as three roles are shown it; None: not shown the entry."""

    entry: Json
    coordinator: str | None
    office: str | None
    village: str | None


def read_township(crew: Crew, period: str, code: str, name: str) -> TownshipMonth:
    """The township's month as its coordinator sees it."""
    coordinator = crew.coordinator(code)
    sweeps = sweeps_of(month_of(coordinator, code, period))
    complete = {kind: coordinator.get(f"/sweeps/{sweep['id']}/completeness") for kind, sweep in sweeps.items()}
    lines = list(coordinator.all("/ledger-entries", township_code=code, period=period))

    def both(part: str) -> int:
        return sum(each["total"][part] for each in complete.values())

    return TownshipMonth(
        code=code,
        name=name,
        villages=len(complete["concern"]["villages"]),
        confirmed=sum(village["confirmed"] for each in complete.values() for village in each["villages"]),
        due=both("expected"),
        returned=both("returned"),
        nil=both("nil"),
        late=both("late"),
        observations=complete["concern"]["total"]["items"],
        disputes=complete["dispute"]["total"]["items"],
        entries=Counter(line["state"] for line in lines),
        overdue=sum(bool(line["overdue"]) for line in lines),
        sweeps=tuple(sweep["state"] for sweep in sweeps.values()),
    )


def read_figures(crew: Crew, county: County, period: str) -> list[Json]:
    """The county's figures and each township's, as the county's supervisor may see them."""
    supervisor = crew.of(Role.COUNTY_SUPERVISOR, county.code)
    codes = [county.code, *county.townships]
    return [supervisor.get("/figures", area_code=code, period=period) for code in codes]


def read_dashboard(crew: Crew, county: County, period: str) -> Json:
    """The county's year, up to today, as its supervisor sees it."""
    return crew.of(Role.COUNTY_SUPERVISOR, county.code).get("/dashboard", unit=county.code, year=period[:4])


def read_names(crew: Crew, period: str, township: str) -> list[NamedLine]:
    """One township's ledger, read by its coordinator, its judicial officer and each of its villages' officers."""
    lines = list(crew.coordinator(township).all("/ledger-entries", township_code=township, period=period))
    villages = sorted({line["area_code"][:12] for line in lines})
    office = _names(crew.office(township), period, township)
    village: dict[str, str] = {}
    for code in villages:
        village |= _names(crew.of(Role.VILLAGE_OFFICER, code), period, township)
    return [NamedLine(line, line["name"], office.get(line["id"]), village.get(line["id"])) for line in lines]


def most_telling(months: list[TownshipMonth]) -> str:
    """The township whose ledger shows most: one sent back, which its village sees, then the most states and entries."""
    return max(months, key=lambda month: ("returned" in month.entries, len(month.entries), month.entries.total())).code


def most_visited(frozen: Mapping[Period, Mapping[str, Json]]) -> str:
    """The township with the most visits in the months' frozen figures."""
    due: Counter[str] = Counter()
    for closes in frozen.values():
        due.update({code: close["figures"]["groups"]["visits"]["due"] for code, close in sorted(closes.items())})
    return due.most_common(1)[0][0]


def _names(reader: User, period: str, township: str) -> dict[str, str]:
    lines = reader.all("/ledger-entries", township_code=township, period=period)
    return {line["id"]: line["name"] for line in lines}
