"""Screening instruments as data: what a definition holds, and the rules it must keep before anybody is asked.

The definitions stand in ``seeds/instruments``; a county may load further ones. A result is no diagnosis, and a
definition that does not say so is refused. Bands and cut-offs are the published ones; each definition names its source.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from server.domain.codes import Role
from server.domain.codes_instruments import InstrumentStatus, LicenceKind, ScreeningMode, TranslationStatus
from server.domain.strict_json import read
from server.errors import FieldError, Invalid

#: Codes that nobody may copy into software without the holder's leave: loaded with a licence record, or not at all.
RESTRICTED: frozenset[str] = frozenset(
    {"scl-90-r", "sds", "sas", "sdq", "c-ssrs", "isi", "epds", "hads", "ies-r", "bdi", "mmse", "moca"}
)

#: Items that ask about death or self-harm, by the code of the instrument: a definition without them is refused.
ASKS_ABOUT_DEATH: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        "phq-9": frozenset({9}), "srq-20": frozenset({17}), "scl-90-r": frozenset({15, 59}), "sds": frozenset({19}),
        "epds": frozenset({10}), "bdi": frozenset({9}), "cesd-r": frozenset({14, 15}),
    }
)  # fmt: skip

#: Who may be named in ``roles``: trained people alone.
TRAINED: frozenset[Role] = frozenset({Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR})
CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
LONGEST_CODE = 24
NOT_A_DIAGNOSIS = ("不是诊断", "not a diagnosis")


def parse_definition(value: object) -> "Definition":
    """A definition that keeps every rule; raises Invalid ``instrument_definition_invalid`` with each fault's path."""
    definition, faults = read(Definition, value)
    if definition is not None:
        faults = tuple(_broken(definition))
    if definition is None or faults:
        raise Invalid("instrument_definition_invalid", errors=faults[:100])
    return definition


def parse_loaded(value: object) -> "Definition":
    """A county's own definition; raises as ``parse_definition``, also where it calls itself one of ours."""
    definition = parse_definition(value)
    if definition.status is not InstrumentStatus.LOADED:
        fault = FieldError("status", "field_choice", {"choices": InstrumentStatus.LOADED.value})
        raise Invalid("instrument_definition_invalid", errors=(fault,))
    return definition


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


def _broken(one: Definition) -> Iterator[FieldError]:
    """The rules that a definition of the right shape breaks."""
    yield from _codes(one)
    yield from _items(one)
    if all(item.options in one.options for item in one.items) and all(one.options.values()) and one.counted:
        yield from _bands(one)
    yield from _triggers(one)
    for text, said in zip((one.disclaimer.zh, one.disclaimer.en), NOT_A_DIAGNOSIS, strict=True):
        if said not in text.lower():
            yield FieldError("disclaimer", "definition_disclaimer")


def _codes(one: Definition) -> Iterator[FieldError]:
    for name in ("code", "edition"):
        text = getattr(one, name)
        if len(text) > LONGEST_CODE or not CODE.fullmatch(text):
            yield FieldError(name, "definition_code")
    if not one.roles or not set(one.roles) <= TRAINED:
        yield FieldError("roles", "field_choice", {"choices": ", ".join(sorted(TRAINED))})
    if not one.modes:
        yield FieldError("modes", "field_missing")
    if one.age.max is not None and one.age.max < one.age.min:
        yield FieldError("age.max", "field_too_small", {"least": one.age.min})


def _items(one: Definition) -> Iterator[FieldError]:
    numbers = [item.number for item in one.items]
    if numbers != list(range(1, len(numbers) + 1)) or not one.counted:
        yield FieldError("items", "definition_numbers")
    for at, item in enumerate(one.items):
        if item.options not in one.options:
            yield FieldError(f"items.{at}.options", "definition_unknown_options")
    for name, options in one.options.items():
        if len(options) < 2 or max(Counter(option.value for option in options).values()) > 1:
            yield FieldError(f"options.{name}", "definition_options")
    for name in ("uncounted_items", "reverse_items"):
        if not set(getattr(one, name)) <= set(numbers):
            yield FieldError(name, "definition_unknown_item")


def _bands(one: Definition) -> Iterator[FieldError]:
    """Every total has exactly one band, and a movable border lies between two of them."""
    if one.total.multiplier < 1:
        yield FieldError("total.multiplier", "field_too_small", {"least": 1})
    least, most = one.bounds
    begins = [band.min for band in one.bands] + [most + 1]
    if not one.bands or begins != [least, *(band.max + 1 for band in one.bands)]:
        yield FieldError("bands", "definition_bands", {"least": least, "most": most})
    if len({band.code for band in one.bands}) < len(one.bands):
        yield FieldError("bands", "definition_band_codes")
    if one.cut_off is not None and not _borders(one.cut_off, one.bands):
        yield FieldError("cut_off", "definition_cut_off", {"least": one.cut_off.least, "most": one.cut_off.most})


def _borders(limit: CutOff, bands: tuple[Band, ...]) -> bool:
    """Whether a cut-off, wherever a county or the person's sex moves it, leaves two bands with something in each."""
    if len(bands) != 2 or bands[1].min != limit.default:
        return False
    women = limit.default if limit.women is None else limit.women
    chosen = [limit.least, limit.default, limit.most, bands[1].max]
    return bands[0].min < min(women, limit.least) and chosen == sorted(chosen) and women <= limit.default


def _triggers(one: Definition) -> Iterator[FieldError]:
    """A crisis item counts from its lowest positive answer on; a known one may not be left out (guardrail: item 9)."""
    values = {item.number: sorted(option.value for option in one.options.get(item.options, ())) for item in one.items}
    for name in ("crisis_items", "ask_items"):
        for at, trigger in enumerate(getattr(one, name)):
            answers = values.get(trigger.item, [])
            if trigger.at_least not in answers:
                yield FieldError(f"{name}.{at}", "definition_trigger")
            elif name == "crisis_items" and trigger.at_least > answers[:2][-1]:
                yield FieldError(f"{name}.{at}.at_least", "definition_crisis_frequency")
    missing = ASKS_ABOUT_DEATH.get(one.code, frozenset()) - {trigger.item for trigger in one.crisis_items}
    if missing:
        yield FieldError("crisis_items", "definition_crisis_missing", {"items": ", ".join(map(str, sorted(missing)))})
