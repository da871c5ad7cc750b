"""The numbers to call in a crisis: the country's own, which no county can take off the card, and the county's."""

import csv
import io
from dataclasses import dataclass


def parse_card(text: str) -> "tuple[CrisisNumber, ...]":
    """The numbers of a CSV (code, zh, en, number, hours_zh, hours_en), in its order."""
    return tuple(CrisisNumber(**row, national=True, version=0) for row in csv.DictReader(io.StringIO(text)))


@dataclass(frozen=True)
class CrisisNumber:
    """One line of the card. ``version`` is 0 for a national number, which is not changed here."""

    code: str
    zh: str
    en: str
    number: str
    hours_zh: str
    hours_en: str
    national: bool
    version: int
