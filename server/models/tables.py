"""Every table, gathered: importing this module fills ``Model.metadata`` for checks against the database."""

from server.models import (
    access,
    area,
    assessment,
    consent,
    course,
    indicator,
    key,
    ledger,
    month,
    plan,
    reference,
    referral,
    resident,
    safety,
    site,
    spreadsheet,
    sweep,
    team,
    user,
)
from server.models.base import Model

METADATA = Model.metadata

__all__ = [
    "METADATA",
    "access",
    "area",
    "assessment",
    "consent",
    "course",
    "indicator",
    "key",
    "ledger",
    "month",
    "plan",
    "reference",
    "referral",
    "resident",
    "safety",
    "site",
    "spreadsheet",
    "sweep",
    "team",
    "user",
]
