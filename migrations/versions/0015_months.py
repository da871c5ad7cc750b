"""The closed month, late data, meetings and action items."""

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """The closed month, late data, meetings and action items."""


def downgrade() -> None:
    """Take the tables away again."""
