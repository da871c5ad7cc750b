"""Users, roles and sessions."""

import sqlalchemy as sa
from alembic import op

from migrations.walls import allow, wall_by_county

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Users, roles and sessions."""
    op.create_table(
        "app_user",
        sa.Column("login", sa.String(length=40), nullable=False),
        sa.Column("sealed_display_name", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_phone", sa.LargeBinary(), nullable=True),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("shut_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_app_user")),
        sa.UniqueConstraint("county_code", "login", name=op.f("uq_app_user_county_code_login")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("key_digest", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("window_started_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("county_code", "key_digest", name=op.f("pk_sign_in_attempt")),
    )
    op.create_table(
        "login_session",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("refresh_token_id", sa.Uuid(), nullable=False),
        sa.Column("device_id", sa.Uuid(), nullable=True),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "user_id"],
            ["app_user.county_code", "app_user.id"],
            name=op.f("fk_login_session_county_code_user_id_app_user"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_login_session")),
    )
    op.create_index("ix_login_session_user", "login_session", ["county_code", "user_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.String(length=24), nullable=False),
        sa.Column("granted_area", sa.String(length=17, collation="C"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("row_mac", sa.LargeBinary(), nullable=False),
        sa.Column("county_code", sa.String(length=6, collation="C"), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["county_code", "user_id"],
            ["app_user.county_code", "app_user.id"],
            name=op.f("fk_role_grant_county_code_user_id_app_user"),
        ),
        sa.PrimaryKeyConstraint("county_code", "id", name=op.f("pk_role_grant")),
    )
    op.create_index("ix_role_grant_user", "role_grant", ["county_code", "user_id"], unique=False)
    wall_by_county("app_user")
    wall_by_county("role_grant")
    wall_by_county("login_session")
    wall_by_county("sign_in_attempt")
    allow("linli_app", "SELECT, INSERT, UPDATE", "app_user", "role_grant", "login_session")
    allow("linli_jobs", "SELECT", "app_user", "role_grant")
    allow("linli_jobs", "SELECT, DELETE", "login_session")
    allow("linli_app", "SELECT, INSERT, UPDATE, DELETE", "sign_in_attempt")
    allow("linli_jobs", "SELECT, DELETE", "sign_in_attempt")


def downgrade() -> None:
    """Take the tables away again."""
    op.drop_table("role_grant")
    op.drop_table("login_session")
    op.drop_table("sign_in_attempt")
    op.drop_table("app_user")
