"""From marshmallow's sentences to stable codes: what a form or a tablet can act on, in Chinese and English.

Nothing of the value that was sent is repeated: only the limits it missed.
"""

import re
from collections.abc import Iterator
from itertools import islice

from server.errors import FieldError

#: webargs puts the part of the request first; people are told the field alone.
_LOCATIONS = frozenset({"json", "query", "headers", "files", "form", "path"})

#: An answer must not be made to grow far beyond its request.
ERRORS_AT_MOST = 100

#: Sentence of the library → code; named groups become the values of our sentence.
_SENTENCES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), code)
    for pattern, code in (
        (r"\AMissing data for required field", "field_missing"),
        (r"\AUnknown field", "field_unknown"),
        (r"\AField may not be null", "field_null"),
        (r"\AMust be one of: (?P<choices>.*)\.\Z", "field_choice"),
        (r"\ALength must be between (?P<least>\d+) and (?P<most>\d+)", "field_length"),
        (r"\ALonger than maximum length (?P<most>\d+)", "field_too_long"),
        (r"\AShorter than minimum length (?P<least>\d+)", "field_too_short"),
        (
            r"\AMust be greater than or equal to (?P<least>\S+) and less than or equal to (?P<most>\S+?)\.\Z",
            "field_range",
        ),
        (r"\AMust be greater than or equal to (?P<least>\S+?)\.\Z", "field_too_small"),
        (r"\AMust be less than or equal to (?P<most>\S+?)\.\Z", "field_too_large"),
        (r"\ANot a valid date\.\Z", "field_date"),
        (r"\ANot a valid (?:aware |naive )?datetime\.\Z|\AAn instant of this century", "field_instant"),
        (r"\ANot a valid (?:integer|number)\.\Z", "field_number"),
        (r"\ANot a valid boolean\.\Z", "field_yes_no"),
        (r"\ANot a valid (?:utf-8 )?string\.\Z", "field_text"),
        (r"\ANot a valid UUID\.\Z", "field_id"),
        (r"\ANot a valid list\.\Z", "field_list"),
        (r"\ANot a valid mapping type\.\Z|\AInvalid (?:input )?type\.\Z", "field_object"),
        (r"\ANot a valid (?P<kind>.*)\.\Z", "field_kind"),
        (r"\AMust be equal to True\.\Z", "field_yes_needed"),
        (r"\AEither of two\Z", "field_either"),
        (r"\AA month written YYYYMM\Z", "field_period"),
        (r"\ADigits of a division code: (?P<digits>.*)\Z", "field_area_code"),
    )
)


def field_errors(messages: object) -> tuple[FieldError, ...]:
    """The complaints as dotted paths and codes, in the order of the request; the first hundred."""
    return tuple(islice(_walk(messages, ""), ERRORS_AT_MOST))


def _walk(messages: object, path: str) -> Iterator[FieldError]:
    if isinstance(messages, dict):
        for key, value in messages.items():
            yield from _walk(value, _join(path, str(key)))
        return
    for sentence in messages if isinstance(messages, list) else [messages]:
        yield _field_error(path, str(sentence))


def _join(path: str, key: str) -> str:
    if (not path and key in _LOCATIONS) or key == "_schema":
        return path
    return f"{path}.{key}"[:200] if path else key[:200]


def _field_error(path: str, sentence: str) -> FieldError:
    for pattern, code in _SENTENCES:
        match = pattern.match(sentence)
        if match:
            return FieldError(path, code, dict(match.groupdict()))
    return FieldError(path, "field_invalid")
