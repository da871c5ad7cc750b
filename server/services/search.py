"""Finding a resident by name, phone or document number, within the caller's own area only."""

from server.domain.permissions import Permission
from server.domain.resident_views import ResidentView, resident_view
from server.domain.sought import Sought
from server.errors import Invalid
from server.store.events import AccessEvent
from server.store.residents import open_residents
from server.store.search_residents import matching
from server.store.transaction import Caller, transaction

#: A search that finds more shows nobody: it has to be narrowed.
FOUND_AT_MOST = 50
#: What tells people of one name apart; the rest is read one by one.
SHOWN = ("resident.birth_date", "resident.name", "resident.phone")


def search_residents(caller: Caller, sought: Sought, area_code: str | None = None) -> list[ResidentView]:
    """Those who match; the log names exactly them, and how many were looked through.

    Raises:
        Invalid: ``too_many_matches``; ``search_area_too_wide``.
    """
    with transaction(caller) as work:
        rows = matching(work, sought, area_code)
        if len(rows) > FOUND_AT_MOST:
            raise Invalid("too_many_matches", limit=FOUND_AT_MOST)
        found = open_residents(work, AccessEvent(Permission.RESIDENT_SEARCH, table="resident"), rows, SHOWN)
        return [resident_view(work.identity, plain) for plain in found]
