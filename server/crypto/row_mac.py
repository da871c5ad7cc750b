"""Fingerprints of the plain columns that decide who may see a row.

Area, status, assignee and dates must stay readable to the database, so they cannot be sealed; but whoever
edits them there would widen someone's sight. The fingerprint makes such an edit as visible as a broken seal.
"""

import hmac
from collections.abc import Mapping

from server.crypto.canonical import Json, canonical_bytes
from server.crypto.errors import SealBroken
from server.crypto.keys import RowMacKey


def row_mac(key: RowMacKey, fields: Mapping[str, Json]) -> bytes:
    """32 bytes (HMAC-SHA256) over the canonical form of a row's fields.

    Include the table, the row's id and its version, or one row's fingerprint could be put on another or on
    its own past.
    """
    return hmac.digest(key.mac_key, canonical_bytes(dict(fields)), "sha256")


def check_row_mac(key: RowMacKey, fields: Mapping[str, Json], stored: bytes) -> None:
    """Raise SealBroken unless ``stored`` is the fingerprint of exactly these fields, in constant time."""
    if not hmac.compare_digest(row_mac(key, fields), stored):
        raise SealBroken
