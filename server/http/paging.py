"""Cursor paging: a page says where the next one starts; nothing is counted and nothing is skipped."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NotBase64
from typing import Any

from server.domain.pages import Page, PageAsked
from server.errors import Malformed

#: Keys a cursor may hold at most; each is a short text or id.
MOST_KEYS = 4
LONGEST_KEY = 64


def page_asked(query: dict[str, Any]) -> PageAsked:
    """The page a parsed query asks for, taken out of it so that filters are left; raises as ``decode_cursor``."""
    return PageAsked(query.pop("limit"), decode_cursor(query.pop("cursor", None)))


def shown(page: Page[Any]) -> dict[str, object]:
    """The page as every list answers it."""
    return {"items": page.items, "next_cursor": encode_cursor(page.next_keys)}


def encode_cursor(keys: tuple[str, ...] | None) -> str | None:
    """An opaque text for the last row's sort keys; None when there is no further page."""
    return None if keys is None else urlsafe_b64encode(json.dumps(keys).encode()).decode().rstrip("=")


def decode_cursor(text: str | None) -> tuple[str, ...] | None:
    """The sort keys of a cursor; raises Malformed ``cursor_malformed`` for anything not ours."""
    if not text:
        return None
    try:
        keys = json.loads(urlsafe_b64decode(text.encode() + b"=" * (-len(text) % 4)))
    except (NotBase64, ValueError) as error:
        raise Malformed("cursor_malformed", field="cursor") from error
    if not isinstance(keys, list) or len(keys) > MOST_KEYS or not all(map(_is_key, keys)):
        raise Malformed("cursor_malformed", field="cursor")
    return tuple(keys)


def _is_key(key: object) -> bool:
    return isinstance(key, str) and key.isprintable() and len(key) <= LONGEST_KEY
