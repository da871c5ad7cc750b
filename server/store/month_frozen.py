"""The text of a month's figures as it is stored and hashed: one value, one string of bytes."""

import json

from server.crypto.canonical import canonical_bytes, sha256
from server.domain.month_figures import MonthFigures, figures_said, plain
from server.errors import Unavailable
from server.models.month import MonthClose


def frozen_text(figures: MonthFigures) -> str:
    """The one text of these figures: equal figures, equal bytes."""
    return canonical_bytes(plain(figures)).decode()


def digest_of(text: str) -> str:
    """SHA-256 of a frozen text, in hexadecimal."""
    return sha256(text.encode()).hex()


def is_intact(row: MonthClose) -> bool:
    """Whether the stored text is the one that was hashed."""
    return digest_of(row.figures) == row.digest


def thawed(row: MonthClose) -> MonthFigures:
    """What was frozen; raises Unavailable ``figures_not_intact`` where the text is not the one that was hashed."""
    if not is_intact(row):
        raise Unavailable("figures_not_intact")
    return figures_said(json.loads(row.figures))
