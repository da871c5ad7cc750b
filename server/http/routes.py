"""What a route declares beside its address and shapes: its permission, its refusals, whether it needs a version.

    @blueprint.post("/<uuid:entry_id>/acceptance")
    @needs(Permission.LEDGER_REVIEW)
    @refuses("ledger_transition_forbidden", "entry_of_own_report")
    @versioned
    @blueprint.arguments(AcceptanceSchema)
    @blueprint.response(200, LedgerEntrySchema)
    def accept(body: dict[str, Any], entry_id: UUID) -> tuple[EntryView, dict[str, str]]: ...

``needs`` runs before the body is read, unless a tablet's proof has to be held against it. Beside ``needs`` and
``public`` stands ``by_device``, for what a tablet does by its key alone. Everything declared here stands in the OpenAPI
document as well, with an example per refusal, and a test finds every view that declares nothing.
"""

from collections.abc import Callable
from copy import deepcopy
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from flask import Response, current_app, g, request

from server.domain.codes_devices import DeviceState
from server.domain.devices import TABLET_PERMISSIONS
from server.domain.identity import Identity
from server.domain.permissions import Permission, allowances
from server.errors import Forbidden, Malformed, PreconditionNeeded
from server.http.caller import authenticate, authenticate_device, authenticate_new_device

P = ParamSpec("P")
T = TypeVar("T")
V = TypeVar("V", bound="HasVersion")
View = Callable[P, T]

#: Name under which declarations travel to the OpenAPI document.
DECLARED = "declared"
#: Largest version number of a record: what a PostgreSQL integer holds.
LARGEST_VERSION = 2**31 - 1


def needs(permission: Permission) -> Callable[[View[P, T]], View[P, T]]:
    """Let only callers with this permission, for the stated purpose, into the view."""

    def declare(view: View[P, T]) -> View[P, T]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> T:
            g.permission = permission
            caller = authenticate()
            if permission is not Permission.ACCOUNT_OWN:
                _check(caller.identity, permission)
            _check_tablet(caller.identity, permission)
            return current_app.ensure_sync(view)(*args, **kwargs)

        return _declare(checked, permission=permission)

    return declare


def public(view: View[P, T]) -> View[P, T]:
    """A route for people who have not signed in: signing in itself, and the machine's own checks."""
    return _declare(_passed_on(view), public=True)


def by_device(*states: DeviceState) -> Callable[[View[P, T]], View[P, T]]:
    """Let in a tablet by the proof of its key alone, signed in or not, in these states; it is the caller."""

    def declare(view: View[P, T]) -> View[P, T]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> T:
            g.permission = "device:call"
            authenticate_device(states)
            return current_app.ensure_sync(view)(*args, **kwargs)

        return _declare(checked, by_device=True)

    return declare


def by_new_device(view: View[P, T]) -> View[P, T]:
    """Let in a tablet that nobody knows yet, by the proof of the key it brings; kept in ``g.proof``."""

    @wraps(view)
    def checked(*args: P.args, **kwargs: P.kwargs) -> T:
        g.proof = authenticate_new_device()
        return current_app.ensure_sync(view)(*args, **kwargs)

    return _declare(checked, by_device=True)


def refuses(*codes: str) -> Callable[[View[P, T]], View[P, T]]:
    """Codes of the refusals this route may answer with, beyond those of its declarations."""

    def declare(view: View[P, T]) -> View[P, T]:
        return _declare(_passed_on(view), codes=codes)

    return declare


def versioned(view: View[P, T]) -> View[P, T]:
    """A route that changes a record and so needs ``If-Match``."""
    return _declare(_passed_on(view), versioned=True)


def declarations(view: object) -> dict[str, Any]:
    """What a view declared; empty for one that declared nothing."""
    return dict(getattr(view, "_apidoc", {}).get(DECLARED, {}))


def expected_version() -> int:
    """The version the caller read, from ``If-Match``.

    Raises:
        PreconditionNeeded: ``version_required``, the header is missing.
        Malformed: ``version_malformed``, it is not an ETag of ours.
    """
    tag = request.headers.get("If-Match")
    if tag is None:
        raise PreconditionNeeded("version_required", field="If-Match")
    digits = tag.strip().removeprefix("W/").strip('"')
    if not (digits.isascii() and digits.isdecimal() and 0 < int(digits[:12]) <= LARGEST_VERSION):
        raise Malformed("version_malformed", field="If-Match")
    return int(digits)


def tagged(record: V) -> tuple[V, dict[str, str]]:
    """A record to be answered, with its version as ETag."""
    return record, with_version(record.version)


def with_version(version: int) -> dict[str, str]:
    """The ETag header of a record's version."""
    return {"ETag": f'"{version}"'}


def harden(response: Response) -> Response:
    """Headers every answer carries: never cached, never sniffed, never framed, named by its request id."""
    headers = {
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    }
    for name, value in headers.items():
        response.headers.setdefault(name, value)
    return response


def _check(identity: Identity, permission: Permission) -> None:
    """Refuse whoever lacks the permission. One's own account stays open to those whose roles have all ended."""
    if identity.must_change_password:
        raise Forbidden("password_change_required")
    allowances(identity, permission)


def _check_tablet(identity: Identity, permission: Permission) -> None:
    """A tablet's session reaches a short list; what tablets are for is reached from nowhere else."""
    if identity.device_id is None:
        if permission is Permission.SYNC_PULL:
            raise Forbidden("device_needed")
    elif permission not in TABLET_PERMISSIONS:
        raise Forbidden("tablet_token_forbidden")


def _passed_on(view: View[P, T]) -> View[P, T]:
    @wraps(view)
    def passed_on(*args: P.args, **kwargs: P.kwargs) -> T:
        return view(*args, **kwargs)

    return passed_on


def _declare(view: View[P, T], **said: Any) -> View[P, T]:
    apidoc: dict[str, Any] = deepcopy(getattr(view, "_apidoc", {}))
    declared = apidoc.setdefault(DECLARED, {})
    codes = (*declared.get("codes", ()), *said.pop("codes", ()))
    declared |= said | {"codes": codes}
    view._apidoc = apidoc  # type: ignore[attr-defined]  # noqa: SLF001  flask-smorest reads it by this name
    return view


class HasVersion(Protocol):
    """What can be sent back with If-Match."""

    @property
    def version(self) -> int:
        """Counted up by every change."""
