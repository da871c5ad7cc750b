"""How a request is read: strictly, and without a way for its form alone to make the server stumble.

JSON is refused where it says one thing twice, or what cannot be kept: a field named twice, NaN and infinities, half a
surrogate pair, a number of thousands of digits, a depth no shape has. Compressed bodies are not unpacked.
"""

import json
from io import BytesIO
from typing import IO, Any, NoReturn

from flask import Request
from marshmallow import RAISE, Schema
from webargs.core import is_json, missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import UnsupportedMediaType

from server.errors import Malformed, TooLarge

#: Far more than any shape's depth; anything deeper is meant to exhaust the stack.
DEEPEST = 64
#: Ten times the longest return of a grid. Files may be larger: they are not made into Python's objects whole.
LONGEST_JSON = 1024 * 1024


class MemoryRequest(Request):
    """A request whose uploads stay in memory: by itself the framework puts larger ones, names and all, on the disk."""

    def _get_file_stream(self, *_args: Any, **_named: Any) -> IO[bytes]:
        return BytesIO()


class Parser(FlaskParser):
    """webargs' parser with our reader of JSON, refusing unknown names in the address too."""

    DEFAULT_UNKNOWN_BY_LOCATION = FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION | {"query": RAISE}

    def load_json(self, req: Request, schema: Schema) -> Any:
        """The body's JSON; ``missing`` where no body was sent.

        Raises:
            UnsupportedMediaType: the body is not called JSON, or is compressed.
            Malformed: ``body_unreadable``.
            TooLarge: ``body_too_large``.
        """
        body = req.get_data(cache=True)
        if len(body) > LONGEST_JSON:
            raise TooLarge("body_too_large", limit=LONGEST_JSON)
        if req.content_encoding or (body and not is_json(req.mimetype)):
            raise UnsupportedMediaType
        return read_json(body) if body else missing


def read_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises Malformed ``body_unreadable``."""
    try:
        value = json.loads(body.decode(), object_pairs_hook=_object, parse_constant=_refuse, parse_float=_number)
        if b"\\u" in body:
            # Half a surrogate pair can be written as an escape, but neither stored nor answered.
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError) as error:
        raise Malformed("body_unreadable") from error
    if _depth(value) > DEEPEST:
        raise Malformed("body_unreadable")
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field is named twice")
    return found


def _number(text: str) -> float:
    value = float(text)
    return value if abs(value) != float("inf") else _refuse(text)


def _refuse(text: str) -> NoReturn:
    raise ValueError(f"{len(text)} characters that are no number")


def _depth(value: Any) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [inner for each in level for inner in _inside(each)]
    return depth


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []
