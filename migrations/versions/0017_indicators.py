"""Indicator values, targets and body lists."""

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Indicator values, targets and body lists."""


def downgrade() -> None:
    """Take the tables away again."""
