"""Server-side sessions: opened at sign-in, rotated at every refresh, ended at once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from server.models.user import LoginSession
from server.store.transaction import Work, new_id

#: Living sessions shown to their owner at most.
MOST_SHOWN = 100


def open_session(work: Work, session_id: UUID, user_id: UUID, life: timedelta) -> LoginSession:
    """A new session with its first refresh token's id."""
    opened = LoginSession(
        county_code=work.county_code,
        id=session_id,
        user_id=user_id,
        created_at=work.now,
        expires_at=work.now + life,
        last_seen_at=work.now,
        revoked_at=None,
        refresh_token_id=new_id(),
    )
    work.session.add(opened)
    return opened


def living_session(work: Work, session_id: UUID, user_id: UUID) -> LoginSession | None:
    """A session of this user that is neither over nor revoked, locked until the transaction ends."""
    statement = select(LoginSession).where(_alive(work), LoginSession.id == session_id)
    return work.session.scalars(statement.where(LoginSession.user_id == user_id).with_for_update()).one_or_none()


def living_sessions(work: Work, user_id: UUID) -> Sequence[LoginSession]:
    """The user's living sessions, the newest first."""
    statement = select(LoginSession).where(_alive(work), LoginSession.user_id == user_id)
    return work.session.scalars(statement.order_by(LoginSession.id.desc()).limit(MOST_SHOWN)).all()


def end_session(work: Work, session_id: UUID, user_id: UUID) -> bool:
    """End one living session of a user; False when there is none such."""
    return _end(work, LoginSession.user_id == user_id, LoginSession.id == session_id) > 0


def end_sessions(work: Work, user_id: UUID, *, spare: UUID | None = None) -> int:
    """End all living sessions of a user, or all but one; how many there were."""
    return _end(work, LoginSession.user_id == user_id, LoginSession.id.is_distinct_from(spare))


def _end(work: Work, *conditions: ColumnElement[bool]) -> int:
    statement = update(LoginSession).where(_alive(work), *conditions).values(revoked_at=work.now)
    return len(work.session.execute(statement.returning(LoginSession.id)).all())


def _alive(work: Work) -> ColumnElement[bool]:
    return and_(
        LoginSession.county_code == work.county_code,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > work.now,
    )
