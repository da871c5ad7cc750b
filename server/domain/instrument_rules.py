"""The rules a screening instrument's definition must keep before anybody is asked.

A result is no diagnosis, and a definition that does not say so is refused. So is one that leaves out what is known to
ask about death, or that counts it only from some frequency on.
"""

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from server.domain.codes_instruments import InstrumentStatus
from server.domain.instruments import LONGEST_CODE, TRAINED, Band, CutOff, Definition, Trigger
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

CODE = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
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


def _broken(one: Definition) -> Iterator[FieldError]:
    """The rules that a definition of the right shape breaks."""
    yield from _codes(one)
    yield from _people(one)
    yield from _items(one)
    yield from _options(one)
    if all(item.options in one.options for item in one.items) and all(one.options.values()) and one.counted:
        yield from _bands(one)
    yield from _crises(one)
    yield from _triggers(one, "ask_items", one.ask_items)
    for text, said in zip((one.disclaimer.zh, one.disclaimer.en), NOT_A_DIAGNOSIS, strict=True):
        if said not in text.lower():
            yield FieldError("disclaimer", "definition_disclaimer")


def _codes(one: Definition) -> Iterator[FieldError]:
    for name, text in (("code", one.code), ("edition", one.edition)):
        if len(text) > LONGEST_CODE or not CODE.fullmatch(text):
            yield FieldError(name, "definition_code")


def _people(one: Definition) -> Iterator[FieldError]:
    """Trained people alone hand it out, in some way, to people of some age."""
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
    for name, named in (("uncounted_items", one.uncounted_items), ("reverse_items", one.reverse_items)):
        if not set(named) <= set(numbers):
            yield FieldError(name, "definition_unknown_item")


def _options(one: Definition) -> Iterator[FieldError]:
    for at, item in enumerate(one.items):
        if item.options not in one.options:
            yield FieldError(f"items.{at}.options", "definition_unknown_options")
    for name, options in one.options.items():
        if len({option.value for option in options}) < max(2, len(options)):
            yield FieldError(f"options.{name}", "definition_options")


def _bands(one: Definition) -> Iterator[FieldError]:
    """Every total has exactly one band."""
    if one.total.multiplier < 1:
        yield FieldError("total.multiplier", "field_too_small", {"least": 1})
    least, most = one.bounds
    begins = [band.min for band in one.bands] + [most + 1]
    if not one.bands or begins != [least, *(band.max + 1 for band in one.bands)]:
        yield FieldError("bands", "definition_bands", {"least": least, "most": most})
    yield from _borders(one)


def _borders(one: Definition) -> Iterator[FieldError]:
    """Bands are told apart by their codes, and a movable border lies between two of them."""
    if len({band.code for band in one.bands}) < len(one.bands):
        yield FieldError("bands", "definition_band_codes")
    if one.cut_off is not None and not _divides(one.cut_off, one.bands):
        yield FieldError("cut_off", "definition_cut_off", {"least": one.cut_off.least, "most": one.cut_off.most})


def _divides(limit: CutOff, bands: tuple[Band, ...]) -> bool:
    """Whether a cut-off, wherever a county or the person's sex moves it, leaves two bands with something in each."""
    if len(bands) != 2 or bands[1].min != limit.default:
        return False
    women = limit.default if limit.women is None else limit.women
    chosen = [limit.least, limit.default, limit.most, bands[1].max]
    return bands[0].min < min(women, limit.least) and chosen == sorted(chosen) and women <= limit.default


def _crises(one: Definition) -> Iterator[FieldError]:
    """A crisis item counts at any frequency, and a known one may not be left out."""
    faults = tuple(_triggers(one, "crisis_items", one.crisis_items))
    yield from faults
    if not faults:
        for at, trigger in enumerate(one.crisis_items):
            if trigger.at_least > _answers(one, trigger)[:2][-1]:
                yield FieldError(f"crisis_items.{at}.at_least", "definition_crisis_frequency")
    missing = ASKS_ABOUT_DEATH.get(one.code, frozenset()) - {trigger.item for trigger in one.crisis_items}
    if missing:
        yield FieldError("crisis_items", "definition_crisis_missing", {"items": ", ".join(map(str, sorted(missing)))})


def _triggers(one: Definition, name: str, triggers: tuple[Trigger, ...]) -> Iterator[FieldError]:
    for at, trigger in enumerate(triggers):
        if trigger.at_least not in _answers(one, trigger):
            yield FieldError(f"{name}.{at}", "definition_trigger")


def _answers(one: Definition, trigger: Trigger) -> list[int]:
    """The values of an item's answers, lowest first; none where there is no such item."""
    sets = [one.options.get(item.options, ()) for item in one.items if item.number == trigger.item]
    return sorted(option.value for options in sets for option in options)
