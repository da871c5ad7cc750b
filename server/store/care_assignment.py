"""Who may be named to look after somebody: only people who do such work where the person lives."""

from collections.abc import Collection
from uuid import UUID

from server.domain.codes import Role
from server.errors import Invalid
from server.store.grants import check_assessor, holders_over
from server.store.transaction import Work

CARING = (Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR)


def check_carers(work: Work, assessor_id: UUID, carer_ids: Collection[UUID], area_code: str) -> None:
    """Hold that all of them hold such a role over the area today; three roles may care, two may answer for the entry.

    Raises Invalid ``assessor_unknown`` on ``assessor_id``, ``carer_unknown`` on ``carer_ids``.
    """
    check_assessor(work, assessor_id, area_code)
    wanted = set(carer_ids)
    if wanted - holders_over(work, wanted, CARING, area_code):
        raise Invalid("carer_unknown", field="carer_ids")
