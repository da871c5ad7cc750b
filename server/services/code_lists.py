"""The lists that people choose from, as the client needs them to show words for codes."""

from collections.abc import Sequence
from datetime import date

from server.errors import NotFound
from server.models.reference import CodeEntry
from server.store.code_lists import CodeList, all_lists, entries_of
from server.store.transaction import Caller, transaction


def read_lists(caller: Caller) -> list[CodeList]:
    """Every list by name, with how many codes it has."""
    with transaction(caller) as work:
        return all_lists(work)


def read_list(caller: Caller, name: str, on: date | None) -> Sequence[CodeEntry]:
    """A list's codes in their order, those valid on a day if one is named; raises NotFound for no such list."""
    if "\0" in name:
        raise NotFound("not_found")
    with transaction(caller) as work:
        entries = entries_of(work, name, on)
        if not entries and not entries_of(work, name, None):
            raise NotFound("not_found")
        return entries
