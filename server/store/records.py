"""What is done alike to every record: found or refused, held to the version its reader saw, counted up and noted."""

from collections.abc import Iterable
from typing import TypeVar
from uuid import UUID

from server.errors import NotFound, Stale
from server.models.base import Record, Versioned
from server.models.resident import PossibleDuplicate
from server.store.events import AccessEvent
from server.store.transaction import Work

T = TypeVar("T")
V = TypeVar("V", bound=Versioned)


def found(row: T | None) -> T:
    """The row; raises NotFound ``not_found`` where there is none, or none of the caller's."""
    if row is None:
        raise NotFound("not_found")
    return row


def as_read(row: V | None, version: int | None) -> V:
    """The row at the version its reader saw, where they named one.

    Raises:
        NotFound: as ``found``.
        Stale: ``record_changed``, somebody was faster.
    """
    known = found(row)
    if version is not None and known.version != version:
        raise Stale("record_changed")
    return known


def count_up(work: Work, row: Record) -> None:
    """Give a changed record its next version."""
    row.version += 1
    row.updated_at = work.now


def note_written(work: Work, action: str, row: Record | PossibleDuplicate, about: Iterable[UUID] = ()) -> None:
    """Have it logged that a record was written, after its version was counted up, and whom (by pseudonym) it is about.

    A record of version 1 is new: it has no version before.
    """
    event = AccessEvent(
        action,
        subject_refs=tuple(about),
        table=row.__tablename__,
        record_id=row.id,
        version_before=row.version - 1 or None,
        version_after=row.version,
    )
    work.note(event)
