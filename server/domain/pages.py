"""Pages of long lists, as every layer passes them on: what was asked for, and what came."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from server.errors import Malformed

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class PageAsked:
    """How many records at most, and the sort keys after which to go on."""

    limit: int
    after: tuple[str, ...] | None = None

    @property
    def after_id(self) -> UUID | None:
        """The last id of the page before; raises Malformed ``cursor_malformed`` for keys of another list."""
        if self.after is None:
            return None
        try:
            (text,) = self.after
            return UUID(text)
        except ValueError:
            raise Malformed("cursor_malformed", field="cursor") from None


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some records, and the sort keys of the last one where more follow."""

    items: tuple[T, ...]
    next_keys: tuple[str, ...] | None

    def of(self, items: Sequence[R]) -> "Page[R]":
        """The same page holding what was made of its records."""
        return Page(tuple(items), self.next_keys)
