"""Signing in and out: one answer to everyone who may not, sessions that end at once, refresh tokens used once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from server import clock
from server.crypto.passwords import hash_password, needs_rehash, verify_password
from server.domain.devices import works_there
from server.domain.identity import NOBODY, Grant, Identity
from server.domain.sign_in import Login, counted_address, parse_login
from server.errors import Forbidden, NotFound, TooMany, Unauthenticated
from server.models.user import LoginSession
from server.store.attempts import NOWHERE, Counter, Pause, count_try, counter, has_joined, settle_tries
from server.store.events import AccessEvent
from server.store.grants import grants_in_force
from server.store.identities import Request, SessionClaim, identity_of
from server.store.known_devices import KnownDevice
from server.store.sessions import end_session, living_session, living_sessions, open_session, renew_session
from server.store.transaction import Caller, Store, Work, new_id, transaction
from server.store.users import Credentials, credentials_of, lock_active, renew_hash


@dataclass(frozen=True)
class Attempt:
    """A sign-in as it came in: what was typed, and from which address."""

    login: str
    password: str
    address: str
    #: The tablet on which somebody signs in, which has proved itself; none at a desk.
    device: KnownDevice | None = None


@dataclass(frozen=True)
class SignedIn:
    """A living session and what its owner may do: everything tokens are made from."""

    user_id: UUID
    county_code: str
    session_id: UUID
    refresh_token_id: UUID
    session_expires_at: datetime
    must_change_password: bool
    grants: tuple[Grant, ...]
    device_id: UUID | None


@dataclass(frozen=True)
class SessionView:
    """One of the caller's own sessions."""

    id: UUID
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    current: bool


@dataclass(frozen=True)
class _Checked:
    """What the first look at an attempt found."""

    counters: tuple[Counter, Counter]
    credentials: Credentials | None
    pause: Pause | None
    joined: bool


def sign_in(store: Store, attempt: Attempt, request: Request) -> SignedIn:
    """Open a session for whoever knows the password.

    An unknown county, an unknown or inactive user and a wrong password get one answer after the same work.

    Raises:
        Unauthenticated: ``sign_in_refused``.
        TooMany: ``sign_in_paused``, too many tries for this login or from this address, known or not.
        Forbidden: ``device_not_of_area``, they hold no role where the tablet belongs.
    """
    login = parse_login(attempt.login)
    stranger = Caller(_stranger(login.county_code, request), store)
    checked = _look(stranger, login, attempt.address)
    if checked.pause:
        raise TooMany("sign_in_paused", retry_after_s=seconds_until(checked.pause.until))
    known = checked.credentials
    if not verify_password(attempt.password, known.password_hash if known else None) or known is None:
        _note_refusal(stranger, checked, "sign_in_refused")
        raise Unauthenticated("sign_in_refused")
    if not _may_work_on(stranger, known.user_id, attempt.device):
        _note_refusal(stranger, checked, "device_not_of_area")
        raise Forbidden("device_not_of_area")
    rehashed = hash_password(attempt.password) if needs_rehash(known.password_hash) else None
    device_id = attempt.device.id if attempt.device else None
    opened = _open(_on(stranger, device_id), known, checked.counters, rehashed)
    return _signed_in(store, opened, request)


def refresh(store: Store, claim: SessionClaim, refresh_token_id: UUID, request: Request) -> SignedIn:
    """Give a session its next refresh token; one that was used before ends the session, for somebody copied it.

    A tablet's session keeps its token: nobody else can use it (RFC 9700 §2.2.2), and an answer lost on the way, as
    happens in the field, signs nobody out.

    Raises:
        Unauthenticated: ``session_ended``, in either case.
    """
    stranger = _on(Caller(_stranger(claim.county_code, request), store), claim.device_id)
    caller = replace(stranger, identity=_named(stranger.identity, claim.user_id, claim.session_id))
    with transaction(caller) as work:
        session = living_session(work, claim)
        good = session is not None and session.refresh_token_id == refresh_token_id
        if session is not None and good:
            renew_session(work, session)
            work.note(AccessEvent("session:refresh", table="login_session", record_id=session.id))
        elif session is not None:
            session.revoked_at = work.now
            work.note(
                AccessEvent(
                    "session:refresh", "refused", "refresh_token_reused", table="login_session", record_id=session.id
                )
            )
    if session is None or not good:
        raise Unauthenticated("session_ended")
    return _signed_in(store, session, request)


def own_sessions(caller: Caller) -> list[SessionView]:
    """The caller's living sessions, the newest first."""
    with transaction(caller) as work:
        found = living_sessions(work, caller.identity.user_id)
        work.note(AccessEvent("session:list", table="login_session", count=len(found)))
        return _views(found, caller.identity.session_id)


def sign_out(caller: Caller, session_id: UUID | None = None) -> None:
    """End one of the caller's own sessions, this one unless another is named; raises NotFound ``not_found``."""
    ended = session_id or caller.identity.session_id
    with transaction(caller) as work:
        if not end_session(work, ended, caller.identity.user_id):
            raise NotFound("not_found")
        work.note(AccessEvent("session:end", table="login_session", record_id=ended))


def seconds_until(instant: datetime) -> int:
    """Whole seconds to wait, one at least."""
    return max(1, round((instant - clock.now()).total_seconds()))


def _look(stranger: Caller, login: Login, address: str) -> _Checked:
    """Count the attempt, and fetch what its password is checked against.

    Tries at counties that never joined are counted together: inventing counties gives no fresh tries.
    """
    with transaction(stranger) as work:
        if has_joined(work):
            return _counted(work, login, address, joined=True)
    nowhere = replace(stranger, identity=replace(stranger.identity, county_code=NOWHERE))
    with transaction(nowhere) as work:
        return _counted(work, login, address, joined=False)


def _counted(work: Work, login: Login, address: str, *, joined: bool) -> _Checked:
    store = work.caller.store
    counters = (
        counter(work, "login", str(login), store.sign_in_tries, joined=joined),
        counter(work, "address", counted_address(address), store.sign_in_tries_per_address, joined=joined),
    )
    pause = count_try(work, counters)
    if pause and pause.begins and joined:
        work.note(AccessEvent("session:sign_in", "refused", "sign_in_paused", table="app_user"))
    return _Checked(counters, credentials_of(work, login.name) if joined else None, pause, joined)


def _may_work_on(stranger: Caller, user_id: UUID, device: KnownDevice | None) -> bool:
    """Whether the user holds a role today that has ground in common with the tablet's township; anybody at a desk."""
    if device is None:
        return True
    if device.county_code != stranger.identity.county_code:
        return False
    with transaction(stranger) as work:
        held = grants_in_force(work, user_id)
    return any(works_there(grant.granted_area, device.area_code) for grant in held)


def _note_refusal(stranger: Caller, checked: _Checked, code: str) -> None:
    """Write the refusal down, with the user if there is one.

    A county that never joined has no log to write to; its transaction stays empty, but is not spared.
    """
    user_id = checked.credentials.user_id if checked.credentials else None
    with transaction(stranger) as work:
        if checked.joined:
            work.note(AccessEvent("session:sign_in", "refused", code, table="app_user", record_id=user_id))


def _open(
    stranger: Caller, known: Credentials, counters: tuple[Counter, Counter], rehashed: str | None
) -> LoginSession:
    """Open the session, unless the user or the password changed while it was being checked."""
    session_id = new_id()
    caller = replace(stranger, identity=_named(stranger.identity, known.user_id, session_id))
    with transaction(caller) as work:
        user = lock_active(work, known.user_id)
        if user is None or user.password_hash != known.password_hash:
            raise Unauthenticated("sign_in_refused")
        if rehashed:
            renew_hash(work, user, rehashed)
        opened = open_session(work, session_id, known.user_id, caller.store.session_life)
        settle_tries(work, *counters)
        work.note(AccessEvent("session:sign_in", table="login_session", record_id=session_id))
        return opened


def _signed_in(store: Store, session: LoginSession, request: Request) -> SignedIn:
    claim = SessionClaim(session.county_code, session.user_id, session.id, session.device_id)
    identity = identity_of(store, claim, request)
    return SignedIn(
        user_id=session.user_id,
        county_code=session.county_code,
        session_id=session.id,
        refresh_token_id=session.refresh_token_id,
        session_expires_at=session.expires_at,
        must_change_password=identity.must_change_password,
        grants=identity.grants,
        device_id=session.device_id,
    )


def _stranger(county_code: str, request: Request) -> Identity:
    return Identity(NOBODY, county_code, NOBODY, request.request_id, (), address_prefix=request.address_prefix)


def _on(caller: Caller, device_id: UUID | None) -> Caller:
    return replace(caller, identity=replace(caller.identity, device_id=device_id))


def _named(identity: Identity, user_id: UUID, session_id: UUID) -> Identity:
    return replace(identity, user_id=user_id, session_id=session_id)


def _views(sessions: Sequence[LoginSession], current: UUID) -> list[SessionView]:
    return [
        SessionView(each.id, each.created_at, each.last_seen_at, each.expires_at, current=each.id == current)
        for each in sessions
    ]
