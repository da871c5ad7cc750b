"""Sites, staff, checks, activities, providers, surveys, emergencies, hotline."""

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Sites, staff, checks, activities, providers, surveys, emergencies, hotline."""


def downgrade() -> None:
    """Take the tables away again."""
