"""Code lists: loaded from the seeds as the owner, read by everyone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from server.domain import code_lists
from server.models.reference import CodeEntry
from server.store.transaction import Work


@dataclass(frozen=True)
class CodeList:
    """A list's name and how many codes it has."""

    name: str
    count: int


def all_lists(work: Work) -> list[CodeList]:
    """The lists by name."""
    rows = work.session.execute(select(CodeEntry.list, func.count()).group_by(CodeEntry.list).order_by(CodeEntry.list))
    return [CodeList(name, count) for name, count in rows]


def entries_of(work: Work, name: str, on: date | None) -> Sequence[CodeEntry]:
    """A list's codes in their order; only those that may be chosen on a day, when one is named."""
    statement = select(CodeEntry).where(CodeEntry.list == name).order_by(CodeEntry.position, CodeEntry.code)
    if on is not None:
        statement = statement.where(
            or_(CodeEntry.valid_from.is_(None), CodeEntry.valid_from <= on),
            or_(CodeEntry.valid_to.is_(None), CodeEntry.valid_to >= on),
        )
    return work.session.scalars(statement).all()


def all_entries(work: Work) -> Sequence[CodeEntry]:
    """Every code of every list, valid or not, by list and in the list's order."""
    statement = select(CodeEntry).order_by(CodeEntry.list, CodeEntry.position, CodeEntry.code)
    return work.session.scalars(statement).all()


def load_entries(connection: Connection, entries: Sequence[code_lists.CodeEntry]) -> int:
    """Add codes and bring those that differ up to date; how many rows that touched. None is removed."""
    rows = [
        {
            "list": entry.list, "code": entry.code, "zh": entry.zh, "en": entry.en, "position": position,
            "valid_from": entry.valid_from, "valid_to": entry.valid_to, "source": entry.source,
        }
        for position, entry in enumerate(entries)
    ]  # fmt: skip
    statement = insert(CodeEntry).values(rows)
    new = statement.excluded
    changing = [name for name in rows[0] if name not in {"list", "code"}]
    differs = or_(*(getattr(CodeEntry, name).is_distinct_from(new[name]) for name in changing))
    merge = statement.on_conflict_do_update(
        index_elements=["list", "code"], set_={name: new[name] for name in changing}, where=differs
    )
    return len(connection.execute(merge.returning(CodeEntry.code)).all())
