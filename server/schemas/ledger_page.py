"""The ledger's page as bytes, without a schema's walk over each field of five hundred lines.

A test holds these bytes to ``LedgerPageSchema``, which stands in the API's document.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson


def page_bytes(lines: Sequence[Mapping[str, Any]], next_cursor: str | None) -> bytes:
    """UTF-8 JSON of one page; ids and times as the schemas write them."""
    return orjson.dumps({"items": lines, "next_cursor": next_cursor})
