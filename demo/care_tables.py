"""The care of a month on paper: frozen figures as a township's coordinator sees them, and the county's indicators."""

from collections.abc import Mapping, Sequence

from rich.table import Table

from demo.api import Json
from demo.crew import County
from demo.tables import empty_table
from server.domain.indicators import Comparison, Kind
from server.domain.periods import Period

#: Heading → group and cell of the frozen figures.
_SHOWN = {
    "asked: yes": ("consents", "given"),
    "no": ("consents", "refused"),
    "taken back": ("consents", "withdrawn"),
    "visits due": ("visits", "due"),
    "done": ("visits", "done"),
    "not seen": ("visits", "not_seen"),
    "overdue": ("visits", "overdue"),
    "safety events": ("safety", "raised"),
}
#: Heading → group, all of whose cells are added up.
_SUMMED = {"assessed": "assessments", "referred": "referrals"}
_HASH_SHOWN = 12
_SIGNS = {Comparison.AT_LEAST: "≥", Comparison.AT_MOST: "≤"}


def table_of_care(county: County, frozen: Sequence[tuple[str, Json]]) -> Table:
    """One line a township: what was frozen when the month was closed, and the first digits of its hash."""
    table = empty_table("Care of the month, as frozen at its close · exact for the township alone")
    table.add_column("township", no_wrap=True)
    for name in (*_SHOWN, *_SUMMED):
        table.add_column(name, justify="right")
    table.add_column("hash", no_wrap=True)
    for code, close in frozen:
        name = f"{code.removeprefix(county.code)} {county.townships[code]}"
        table.add_row(name, *_cells(close), str(close["digest"])[:_HASH_SHOWN])
    return table


def table_of_trend(county: County, township: str, trend: Sequence[tuple[Period, Json]]) -> Table:
    """One line a month, as it was frozen: what came later stands in the month in which it came."""
    table = empty_table(f"The months of {county.townships[township]}, each as frozen at its close")
    table.add_column("month", no_wrap=True)
    for name in (*_SHOWN, *_SUMMED):
        table.add_column(name, justify="right")
    for period, close in trend:
        table.add_row(period, *_cells(close))
    return table


def table_of_indicators(county: County, dashboard: Json) -> Table:
    """The indicators of the county's year of which something is known; the others are counted."""
    known = [line for line in dashboard["items"] if line["value"] is not None or line["hidden"]]
    table = empty_table(
        f"{county.name} {dashboard['year']}, as of {dashboard['as_of']} · {len(known)} of {len(dashboard['items'])}"
        " indicators; of the others nothing is known yet"
    )
    for name in ("indicator", "", "source"):
        table.add_column(name, no_wrap=True)
    for name in ("num", "den", "value", "target"):
        table.add_column(name, justify="right")
    table.add_column("met")
    for line in known:
        table.add_row(line["indicator"], line["title_zh"], line["source"], *_figure(line), _target(line), line["met"])
    return table


def _cells(close: Json) -> list[str]:
    groups: Mapping[str, Mapping[str, int]] = close["figures"]["groups"]
    shown = [groups.get(group, {}).get(cell, 0) for group, cell in _SHOWN.values()]
    summed = [sum(groups.get(group, {}).values()) for group in _SUMMED.values()]
    return [str(count) for count in (*shown, *summed)]


def _figure(line: Json) -> list[str]:
    """Numerator, denominator and value; dots where they are hidden."""
    if line["hidden"]:
        return ["·"] * 3
    parts = ["" if line[part] is None else str(line[part]) for part in ("num", "den")]
    return [*parts, _value(line["kind"], line["value"])]


def _target(line: Json) -> str:
    if line["target"] is None:
        return ""
    sign = _SIGNS.get(line["target"]["comparison"], line["target"]["comparison"])
    return f"{sign} {_value(line['kind'], line['target']['value'])}"


def _value(kind: str, value: float | None) -> str:
    """A share in per cent; anything else as it is."""
    if value is None:
        return ""
    return f"{100 * value:.1f} %" if kind == Kind.RATE else f"{value:g}"
