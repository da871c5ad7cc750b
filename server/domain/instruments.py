"""Screening instruments as data: what a definition holds.

The definitions stand in ``seeds/instruments``; a county may load further ones. Bands and cut-offs are the published
ones, and each definition names its source. The rules it must keep stand in ``instrument_rules.py``.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from server.domain.codes import Role
from server.domain.codes_instruments import InstrumentStatus, LicenceKind, ScreeningMode, TranslationStatus

#: Who may be named in ``roles``: trained people alone.
TRAINED: frozenset[Role] = frozenset({Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR})
LONGEST_CODE = 24


@dataclass(frozen=True)
class Texts:
    """One text in both languages."""

    zh: str
    en: str


@dataclass(frozen=True)
class Reviewed:
    """For each language, whether the wording is the published one."""

    zh: TranslationStatus
    en: TranslationStatus


@dataclass(frozen=True)
class Wording(Texts):
    """A published text in both languages, and how sure we are of each."""

    translation_status: Reviewed


@dataclass(frozen=True)
class Option(Wording):
    """One answer that can be ticked, and what it counts."""

    value: int


@dataclass(frozen=True)
class Item(Wording):
    """One question; ``options`` names the answers it is asked with."""

    number: int
    options: str


@dataclass(frozen=True)
class Licence(Texts):
    """Under which licence an instrument may be used, and where that can be seen."""

    kind: LicenceKind
    evidence: str
    non_commercial: bool


@dataclass(frozen=True)
class Age:
    """For whom it was made, in years; both ends count."""

    min: int
    max: int | None


@dataclass(frozen=True)
class Band(Texts):
    """A stretch of totals, both ends included, called in plain words; ``advice`` is the next step, no order."""

    code: str
    min: int
    max: int
    #: The person is advised to see a professional.
    refer: bool
    advice: Texts


@dataclass(frozen=True)
class CutOff:
    """Where the second of two bands begins; a county may choose from ``least`` to ``most``.

    ``women`` is the lower one published for women; who is not known to be a man is held to it.
    """

    default: int
    women: int | None
    least: int
    most: int


@dataclass(frozen=True)
class Trigger:
    """An item and the lowest answer that counts as yes."""

    item: int
    at_least: int


@dataclass(frozen=True)
class Total:
    """The sum of the counted items, times this."""

    multiplier: int


@dataclass(frozen=True)
class Definition:
    """One edition of one instrument, whole. It never changes: another wording is another edition."""

    code: str
    edition: str
    name: Texts
    source: str
    licence: Licence
    status: InstrumentStatus
    age: Age
    roles: tuple[Role, ...]
    modes: tuple[ScreeningMode, ...]
    #: The time asked about, and how the questions begin.
    window: Wording
    options: Mapping[str, tuple[Option, ...]]
    items: tuple[Item, ...]
    #: Items that may be left out and never count.
    uncounted_items: tuple[int, ...]
    reverse_items: tuple[int, ...]
    total: Total
    bands: tuple[Band, ...]
    cut_off: CutOff | None
    #: Answered yes at any frequency, the form stays open until a safety event is raised.
    crisis_items: tuple[Trigger, ...]
    #: Answered yes, a talk is offered; no crisis.
    ask_items: tuple[Trigger, ...]
    disclaimer: Texts

    @property
    def counted(self) -> tuple[Item, ...]:
        """The items that make the total, each of which must be answered."""
        return tuple(item for item in self.items if item.number not in self.uncounted_items)

    @property
    def bounds(self) -> tuple[int, int]:
        """The least and the largest total there can be."""
        values = [[option.value for option in self.options[item.options]] for item in self.counted]
        times = self.total.multiplier
        return times * sum(map(min, values)), times * sum(map(max, values))

    @property
    def unreviewed(self) -> tuple[str, ...]:
        """The languages (zh, en) in which some wording was not held against the published one."""
        wordings = (self.window, *self.items, *(one for options in self.options.values() for one in options))
        return tuple(
            language
            for language in ("zh", "en")
            if any(getattr(one.translation_status, language) is TranslationStatus.UNREVIEWED for one in wordings)
        )

    def with_cut_off(self, cut_off: int) -> tuple[Band, ...]:
        """The two bands with the second beginning here."""
        lower, upper = self.bands
        return replace(lower, max=cut_off - 1), replace(upper, min=cut_off)
