"""Every error raised on purpose: the tree, and the codes that never change.

    LinliError
     ├── Invalid            422  the request can be read, but a rule refuses its content
     ├── Malformed          400  the request cannot be read
     ├── Unauthenticated    401  nobody is signed in, or no longer
     ├── Forbidden          403  signed in, but this role may not do this
     ├── NotFound           404  no such record, or one outside the caller's scope: never told apart
     ├── Conflict           409  the record is in another state than the act needs
     ├── Stale              412  the record changed since the caller read it
     ├── TooLarge           413  body, page or file over its limit
     ├── PreconditionNeeded 428  a changing call came without If-Match
     ├── TooMany            429  a limit per time is used up
     └── Unavailable        503  something that must work first does not; nothing was revealed

A tablet acts on a code weeks after it was written, so a code is never renamed or reused; its prose, in
``server/messages.py``, may be bettered at any time. The renderer (RFC 9457) is ``server/http/errors.py``.
"""

import dataclasses
from dataclasses import dataclass


@dataclass(frozen=True)
class FieldError:
    """One field's own complaint inside a refused request: dotted path, code, and values for its sentence."""

    field: str
    code: str
    params: dict[str, str | int] = dataclasses.field(default_factory=dict)


class LinliError(Exception):
    """A refusal with a stable code, optionally naming the field and values for the sentence.

    ``params`` may hold counts, dates, codes and limits, never anything a person could be known by.
    """

    status = 500

    def __init__(
        self,
        code: str,
        *,
        field: str | None = None,
        errors: tuple[FieldError, ...] = (),
        **params: str | int,
    ) -> None:
        """Keep the code, the field and the sentence's values."""
        super().__init__(code)
        self.code = code
        self.field = field
        self.errors = errors
        self.params = params


class Invalid(LinliError):
    """The request can be read, but a rule refuses its content."""

    status = 422


class Malformed(LinliError):
    """The request cannot be read at all."""

    status = 400


class Unauthenticated(LinliError):
    """Nobody is signed in, or the session has ended."""

    status = 401


class Forbidden(LinliError):
    """The caller's role, purpose or state of duty does not allow this act."""

    status = 403


class NotFound(LinliError):
    """No such record, or one outside the caller's scope; the two are never told apart."""

    status = 404


class Conflict(LinliError):
    """The record is in another state than this act needs."""

    status = 409


class Stale(LinliError):
    """The record changed since the caller read it."""

    status = 412


class TooLarge(LinliError):
    """A body, page or file is over its limit."""

    status = 413


class PreconditionNeeded(LinliError):
    """A changing call came without the version it means to change."""

    status = 428


class TooMany(LinliError):
    """A limit per time is used up; ``retry_after_s`` says how long to wait."""

    status = 429


class Unavailable(LinliError):
    """Something that must work first (the access log, a key) does not; nothing was revealed."""

    status = 503
