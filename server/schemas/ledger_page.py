"""The ledger's page as bytes, without a schema's walk over each field of five hundred lines.

A test holds these bytes to ``LedgerPageSchema``, which stands in the API's document.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID


def page_bytes(lines: Sequence[Mapping[str, Any]], next_cursor: str | None) -> bytes:
    """UTF-8 JSON of one page; ids and times as the schemas write them."""
    return json.dumps(
        {"items": lines, "next_cursor": next_cursor}, default=_plain, ensure_ascii=False, separators=(",", ":")
    ).encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
