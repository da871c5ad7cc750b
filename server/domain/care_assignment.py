"""Who is named to look after somebody."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class Assignment:
    """Who answers for the entry, and who else looks after the person."""

    assessor_id: UUID
    carer_ids: frozenset[UUID] = frozenset()
