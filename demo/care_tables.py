"""The care of a month on paper: each township's frozen figures, as its coordinator sees them."""

from collections.abc import Sequence

from rich.table import Table

from demo.api import Json
from demo.crew import County
from demo.tables import empty_table

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


def table_of_care(county: County, frozen: Sequence[tuple[str, Json]]) -> Table:
    """One line a township: what was frozen when the month was closed, and the first digits of its hash."""
    table = empty_table("Care of the month, as frozen at its close · exact for the township alone")
    table.add_column("township", no_wrap=True)
    for name in (*_SHOWN, *_SUMMED):
        table.add_column(name, justify="right")
    table.add_column("hash", no_wrap=True)
    for code, close in frozen:
        groups = close["figures"]["groups"]
        shown = [groups.get(group, {}).get(cell, 0) for group, cell in _SHOWN.values()]
        summed = [sum(groups.get(group, {}).values()) for group in _SUMMED.values()]
        name = f"{code.removeprefix(county.code)} {county.townships[code]}"
        table.add_row(name, *map(str, [*shown, *summed]), str(close["digest"])[:_HASH_SHOWN])
    return table
