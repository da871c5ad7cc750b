"""Passwords: one's own changed, and one-time ones for those who have none or forgot theirs."""

import secrets

from server.crypto.passwords import hash_password, verify_password
from server.domain.sign_in import Login, password_refusal
from server.errors import Forbidden, Invalid, Stale, TooMany
from server.services.sessions import seconds_until
from server.store.attempts import Counter, count_try, counter, forget_tries
from server.store.records import note_written
from server.store.sessions import end_sessions
from server.store.transaction import Caller, transaction
from server.store.users import touch, user_by_id, user_for_change

#: Without letters and digits that are mistaken for each other when read out.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP = 4, 4


def change_own_password(caller: Caller, old: str, new: str) -> None:
    """Replace one's password and end one's other sessions.

    Raises:
        Forbidden: ``password_wrong``, the old one does not match.
        Invalid: ``password_too_short``, ``password_is_login``, ``password_too_common`` or ``password_unchanged``.
        TooMany: ``sign_in_paused``, too many wrong ones; counted together with sign-ins.
        Stale: ``record_changed``, the password was changed at the same moment.
    """
    login, stored, tries = _count_try(caller)
    if not verify_password(old, stored):
        raise Forbidden("password_wrong", field="old_password")
    code = "password_unchanged" if old == new else password_refusal(new, login)
    if code:
        raise Invalid(code, field="new_password")
    hashed = hash_password(new)
    with transaction(caller) as work:
        user = user_for_change(work, caller.identity.user_id)
        if user.password_hash != stored:
            raise Stale("record_changed")
        user.password_hash, user.must_change_password = hashed, False
        touch(work, user)
        forget_tries(work, tries)
        end_sessions(work, user.id, spare=caller.identity.session_id)
        note_written(work, "user:change_password", user)


def one_time_password() -> str:
    """Four groups of four, 79 random bits: to be read out once and changed at the first sign-in."""
    return "-".join("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))


def _count_try(caller: Caller) -> tuple[Login, str, Counter]:
    """Count a try at the caller's own password; their login, their hash and the counter."""
    with transaction(caller) as work:
        user = user_by_id(work, caller.identity.user_id)
        login, stored = Login(user.login, user.county_code), user.password_hash
        tries = counter(work, "login", str(login), caller.store.sign_in_tries, joined=True)
        pause = count_try(work, (tries,))
    if pause:
        raise TooMany("sign_in_paused", retry_after_s=seconds_until(pause.until))
    return login, stored, tries
