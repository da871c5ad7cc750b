"""Server-side sessions: opened at sign-in, rotated at every refresh, ended at once."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, update

from server.models.user import LoginSession
from server.store.identities import SessionClaim
from server.store.transaction import Work, new_id

#: Living sessions shown to their owner at most.
MOST_SHOWN = 100


def open_session(work: Work, session_id: UUID, user_id: UUID, life: timedelta) -> LoginSession:
    """A new session with its first refresh token's id, bound to the tablet the caller signs in on."""
    opened = LoginSession(
        county_code=work.county_code,
        id=session_id,
        user_id=user_id,
        created_at=work.now,
        expires_at=work.now + life,
        last_seen_at=work.now,
        revoked_at=None,
        refresh_token_id=new_id(),
        device_id=work.identity.device_id,
    )
    work.session.add(opened)
    return opened


def living_session(work: Work, claim: SessionClaim) -> LoginSession | None:
    """The session a token claims, neither over nor revoked, locked until the transaction ends."""
    statement = select(LoginSession).where(
        _alive(work),
        LoginSession.id == claim.session_id,
        LoginSession.user_id == claim.user_id,
        LoginSession.device_id.is_not_distinct_from(claim.device_id),
    )
    return work.session.scalars(statement.with_for_update()).one_or_none()


def renew_session(work: Work, session: LoginSession) -> None:
    """Note that the session goes on; at a desk with a fresh refresh token, on a tablet with the same."""
    session.last_seen_at = work.now
    if session.device_id is None:
        session.refresh_token_id = new_id()


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


def end_sessions_on(work: Work, device_id: UUID) -> int:
    """End all living sessions on a tablet; how many there were."""
    return _end(work, LoginSession.device_id == device_id)


def _end(work: Work, *conditions: ColumnElement[bool]) -> int:
    statement = update(LoginSession).where(_alive(work), *conditions).values(revoked_at=work.now)
    return len(work.session.execute(statement.returning(LoginSession.id)).all())


def _alive(work: Work) -> ColumnElement[bool]:
    return and_(
        LoginSession.county_code == work.county_code,
        LoginSession.revoked_at.is_(None),
        LoginSession.expires_at > work.now,
    )
