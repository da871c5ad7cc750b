"""From answers to a total, a band in plain words, and what must not wait. Pure and exact.

A result is a screening, not a diagnosis. It moves nothing by itself, and no function here takes two people's answers.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from server.domain.codes_resident import Sex
from server.domain.instruments import Band, Definition, Trigger
from server.errors import FieldError, Invalid

Answers = Mapping[int, int]


@dataclass(frozen=True, repr=False)
class Result:
    """What the answers come to; has no readable ``repr``."""

    total: int
    #: Code of the band.
    band: str
    #: A crisis item was answered yes, at whatever frequency.
    crisis: bool
    #: Items to be asked about: a talk is offered.
    ask: tuple[int, ...]
    #: The cut-off that was used, where the instrument has one.
    cut_off: int | None


def result_of(definition: Definition, answers: Answers, cut_off: int | None) -> Result:
    """The result of a complete form.

    ``cut_off`` is what ``cut_off_for`` gave. Raises Invalid ``screening_answers_invalid``, naming each item that is
    missing, unknown, or answered with what is no option of it.
    """
    faults = tuple(_faults(definition, answers))
    if faults:
        raise Invalid("screening_answers_invalid", field="answers", errors=faults)
    total = definition.total.multiplier * sum(_counts(definition, answers).values())
    band = band_of(definition, total, cut_off)
    ask = tuple(trigger.item for trigger in definition.ask_items if _says_yes(trigger, answers))
    return Result(total, band.code, has_crisis(definition, answers), ask, cut_off)


def has_crisis(definition: Definition, answers: Answers) -> bool:
    """Whether a crisis item was answered yes; also told of a form that is not complete."""
    return any(_says_yes(trigger, answers) for trigger in definition.crisis_items)


def band_of(definition: Definition, total: int, cut_off: int | None) -> Band:
    """The band a total lies in."""
    bands = definition.bands if cut_off is None else definition.with_cut_off(cut_off)
    return next(band for band in bands if band.min <= total <= band.max)


def cut_off_for(definition: Definition, chosen: int | None, sex: Sex) -> int | None:
    """The cut-off for one person: the county's or the published one, or the women's for all not known to be men."""
    limit = definition.cut_off
    if limit is None:
        return None
    usual = limit.default if chosen is None else chosen
    return usual if limit.women is None or sex is Sex.MALE else min(usual, limit.women)


def check_age(definition: Definition, ages: range, *, confirmed: bool) -> None:
    """Refuse somebody for whom the instrument was not made.

    ``ages`` holds every age the person may have: all, where nothing is known. Whoever may or may not be of age must be
    asked, and the interviewer confirms it. Raises Invalid ``instrument_age_unfit``, ``instrument_age_unknown``.
    """
    age = definition.age
    fit = [years for years in ages if age.min <= years and (age.max is None or years <= age.max)]
    if not fit:
        made_for = f"{age.min}+" if age.max is None else f"{age.min}–{age.max}"
        raise Invalid("instrument_age_unfit", field="instrument", ages=made_for)
    if len(fit) < len(ages) and not confirmed:
        raise Invalid("instrument_age_unknown", field="age_confirmed", least=age.min)


def ages_of(birth_year: int | None, year: int) -> range:
    """Every age, in years, that somebody may have who was born in this year; 0 to 130 where it is not known."""
    return range(131) if birth_year is None else range(max(0, year - birth_year - 1), max(0, year - birth_year) + 1)


def _faults(definition: Definition, answers: Answers) -> Iterator[FieldError]:
    items = {item.number: item for item in definition.items}
    for number in sorted(set(items) | set(answers)):
        if number not in items:
            yield FieldError(f"answers.{number}", "answer_no_such_item")
        elif number not in answers:
            if number not in definition.uncounted_items:
                yield FieldError(f"answers.{number}", "answer_missing")
        elif answers[number] not in {option.value for option in definition.options[items[number].options]}:
            yield FieldError(f"answers.{number}", "answer_not_an_option")


def _counts(definition: Definition, answers: Answers) -> dict[int, int]:
    """What each counted item adds; a reversed one adds its scale's ends less its answer."""
    counts = {}
    for item in definition.counted:
        values = [option.value for option in definition.options[item.options]]
        answer = answers[item.number]
        reverse = item.number in definition.reverse_items
        counts[item.number] = min(values) + max(values) - answer if reverse else answer
    return counts


def _says_yes(trigger: Trigger, answers: Answers) -> bool:
    return answers.get(trigger.item, -1) >= trigger.at_least
