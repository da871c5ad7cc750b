"""Every table, gathered: importing this module fills ``Model.metadata`` for checks against the database."""

from server.models import access, area, key, ledger, reference, resident, spreadsheet, sweep, user
from server.models.base import Model

METADATA = Model.metadata

__all__ = [
    "METADATA",
    "access",
    "area",
    "key",
    "ledger",
    "reference",
    "resident",
    "spreadsheet",
    "sweep",
    "user",
]
