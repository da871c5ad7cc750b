"""A unique constraint's refusal as the conflict it means."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from server.errors import Conflict


@contextmanager
def unless_taken(codes: Mapping[str, str] = MappingProxyType({})) -> Iterator[None]:
    """Turn a unique violation into Conflict, by the constraint's name; ``record_exists`` for one not named.

    The transaction is over then; the error rolls it back. The cause is dropped, for it quotes values.
    """
    try:
        yield
    except IntegrityError as error:
        if not isinstance(error.orig, UniqueViolation):
            raise
        constraint = error.orig.diag.constraint_name or ""
        raise Conflict(codes.get(constraint, "record_exists")) from None
