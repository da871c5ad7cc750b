"""A long page as bytes, without a schema's walk over each field of five hundred lines.

Tests hold these bytes to the schemas that stand in the API's document.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson


def page_bytes(lines: Sequence[Mapping[str, Any]], next_cursor: str | None) -> bytes:
    """UTF-8 JSON of one page; ids, days and times as the schemas write them."""
    return orjson.dumps({"items": lines, "next_cursor": next_cursor})
