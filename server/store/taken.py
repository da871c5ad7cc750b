"""A unique constraint's refusal as the conflict it means."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from psycopg.errors import UniqueViolation
from sqlalchemy.exc import IntegrityError

from server.errors import Conflict
from server.store.transaction import Work


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


def insert_new(work: Work, row: object, codes: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write a new row at once; raises as ``unless_taken`` where its id, or what it may hold but once, is taken."""
    with unless_taken(codes):
        work.session.add(row)
        work.session.flush()
