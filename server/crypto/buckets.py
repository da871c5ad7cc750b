"""Finding a person by name or number without keeping anything that tells who is registered.

A bucket is the first few bits of a keyed hash of a normalised value. A search fetches a whole bucket, opens
it and compares; the database never learns which row was meant. On this register *membership is the secret*,
so buckets are kept so coarse that even someone who holds the index key and knows a citizen's name, number and
community expects two or more strangers beside every hit. Sources of the rule: CipherSweet's index planner and
the AWS beacon guidance, taken for their upper (privacy) bound; see ``docs/decisions/0003-sealing.md``.
"""

import hmac
from collections.abc import Iterable

from server.crypto.framing import frame
from server.crypto.keys import IndexKey
from server.crypto.registry import SealedField
from server.errors import Invalid

NORMALISER_VERSION = 1
"""Raise it when normalisation changes: old and new buckets differ, and both are asked until refilled."""

MOST_BITS = 16
_FEWEST_PEOPLE = 16
_COINCIDENCES = 2


def bucket(index_key: IndexKey, field: SealedField, normalised: str, bits: int) -> int:
    """The bucket, from 0 to 2^bits - 1, of an already normalised value.

    Equal for equal values of one county and field only. Raises ValueError for a field without an index, for
    more bits than the field allows, and for an empty value (it would gather everyone without one).
    """
    if not 0 < bits <= min(field.searchable_bits, MOST_BITS) or not normalised:
        raise ValueError(f"{field.name} has no {bits}-bit bucket for this value")
    framed = frame(field.number.to_bytes(2, "big"), bytes((NORMALISER_VERSION,)), normalised.encode())
    digest = hmac.digest(index_key.field_key(field.number), framed, "sha256")
    return int.from_bytes(digest[:2], "big") >> (MOST_BITS - bits)


def plan_bits(population_of_smallest_cell: int) -> int:
    """How many index bits one person's row may give away in total.

    The cell is the smallest group of *registered* people that columns in plain text single out; an intruder
    filters by it. Of R people, 2^bits buckets leave R / 2^bits in each; at least 2 must remain, so bits ≤
    log2(R / 2). None below 16.
    """
    if population_of_smallest_cell < _FEWEST_PEOPLE:
        return 0
    return (population_of_smallest_cell // _COINCIDENCES).bit_length() - 1


def require_budget(fields: Iterable[SealedField], population_of_smallest_cell: int) -> None:
    """Raise Invalid ``search_budget_exceeded`` if the fields' indexes together exceed ``plan_bits``.

    Bits add up: two indexes on one row are together as telling as one index of their summed width.
    """
    spent = sum(field.searchable_bits for field in fields)
    budget = plan_bits(population_of_smallest_cell)
    if spent > budget:
        people = population_of_smallest_cell
        raise Invalid("search_budget_exceeded", bits=spent, budget=budget, population=people)
