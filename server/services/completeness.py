"""Which grids of a sweep have returned and which have not."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from server.domain.area_codes import Level
from server.domain.completeness import Completeness, places_of, tally
from server.domain.identity import Identity
from server.domain.periods import Period
from server.domain.permissions import Permission, allowances
from server.store import completeness, sweeps
from server.store.areas import names_of
from server.store.transaction import Caller, transaction


def read_completeness(caller: Caller, sweep_id: UUID) -> Completeness:
    """A sweep's count per village and in total; village and grid see their own village only. Raises NotFound.

    The number of statements does not grow with the villages, grids or returns.
    """
    with transaction(caller) as work:
        sweep = sweeps.sweep_by_id(work, Permission.MONTH_READ, sweep_id)
        prefixes = _seen_prefixes(caller.identity, sweep.area_code)
        places = places_of(completeness.areas_in(work, prefixes, Period(sweep.period)))
        filed = completeness.filed_in(work, sweep_id, prefixes)
        found = tally(places, filed, sweeps.confirmed_villages(work, sweep_id))
        return _named(found, names_of(work, [village.village_code for village in found.villages]))


def _named(found: Completeness, names: Mapping[str, str]) -> Completeness:
    villages = tuple(replace(village, village_name=names.get(village.village_code, "")) for village in found.villages)
    return replace(found, villages=villages)


def _seen_prefixes(identity: Identity, township_code: str) -> tuple[str, ...]:
    """The whole township where a role reaches it, else the villages that hold the caller's areas."""
    held = {allowance.prefix for allowance in allowances(identity, Permission.MONTH_READ)}
    if any(township_code.startswith(prefix) for prefix in held):
        return (township_code,)
    villages = {prefix[: Level.VILLAGE] for prefix in held if prefix.startswith(township_code)}
    return tuple(sorted(villages))
