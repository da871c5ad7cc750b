"""The fingerprint of a user's row: whoever could write a password's hash into the database could sign in as anybody.

It covers what decides who signs in as whom and whose work counts until when, so that a hash, a login, a state, the time
it was shut or an id set there opens nothing.
"""

from server.crypto.canonical import Json
from server.crypto.keys import RowMacKey
from server.crypto.row_mac import check_row_mac, row_mac
from server.models.user import User


def prove_user(key: RowMacKey, user: User) -> None:
    """Give a new or changed row its fingerprint; a row that was read must have been checked before."""
    user.row_mac = row_mac(key, _fields(user))


def check_user(key: RowMacKey, user: User) -> User:
    """The user, if the row is as the application wrote it; raises Unavailable ``seal_broken``."""
    check_row_mac(key, _fields(user), user.row_mac)
    return user


def _fields(user: User) -> dict[str, Json]:
    return {
        "table": "app_user",
        "county": user.county_code,
        "id": str(user.id),
        "login": user.login,
        "password": user.password_hash,
        "change": user.must_change_password,
        "state": user.state,
        "shut": int(user.shut_at.timestamp() * 1_000_000) if user.shut_at else None,
        "version": user.version,
    }
