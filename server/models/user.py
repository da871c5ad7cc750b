"""Users, the roles they hold in areas, their sessions, and the pauses after failed sign-ins."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, CountyText, Model, Record, TenantRow


class User(Record, Model):
    """Someone who works with the registry. City-level users belong to the city's own code (``430900``)."""

    __tablename__ = "app_user"
    __table_args__ = (UniqueConstraint("county_code", "login"), {"info": {"rls": "county"}})

    #: The part before ``@county`` of the login a person types.
    login: Mapped[str] = mapped_column(String(40))
    sealed_display_name: Mapped[bytes]
    sealed_phone: Mapped[bytes | None]
    password_hash: Mapped[str] = mapped_column(String(200))
    must_change_password: Mapped[bool]
    #: active or inactive.
    state: Mapped[str] = mapped_column(String(10))
    #: Since when it is inactive.
    shut_at: Mapped[datetime | None]
    #: Proof that login, password hash, state and since when were written by the application.
    row_mac: Mapped[bytes]


class RoleGrant(Record, Model):
    """One role in one area for a period of validity. Ended by ``valid_to`` or revoked at once."""

    __tablename__ = "role_grant"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "user_id"], ["app_user.county_code", "app_user.id"]),
        Index("ix_role_grant_user", "county_code", "user_id"),
        {"info": {"rls": "county"}},
    )

    user_id: Mapped[UUID]
    role: Mapped[str] = mapped_column(String(24))
    #: Prefix of the areas it reaches. Named otherwise than ``area_code`` since rows are bound by county only.
    granted_area: Mapped[str] = mapped_column(AreaText)
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    revoked_at: Mapped[datetime | None]
    #: Proof that role, area and validity were written by the application (`server/crypto/row_mac.py`).
    row_mac: Mapped[bytes]


class LoginSession(TenantRow, Model):
    """A server-side session: a token without its living row is worth nothing."""

    __tablename__ = "login_session"
    __table_args__ = (
        ForeignKeyConstraint(["county_code", "user_id"], ["app_user.county_code", "app_user.id"]),
        Index("ix_login_session_user", "county_code", "user_id"),
        {"info": {"rls": "county"}},
    )

    user_id: Mapped[UUID]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    #: The only refresh token still good; an older one presented again revokes the session.
    refresh_token_id: Mapped[UUID]
    #: The tablet it is bound to, whose key signs every call; none at an office desk.
    device_id: Mapped[UUID | None]


class SignInAttempt(Model):
    """Failed sign-ins and what tablets asked lately, by digest of login, address or tablet; nothing readable."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(primary_key=True)
    failures: Mapped[int]
    window_started_at: Mapped[datetime]
