"""Residents for tests: synthetic, with ID numbers of unassigned regions only."""

from datetime import date
from uuid import UUID

from server.domain.residents import CheckedResident, NewResident, checked_resident
from server.store.residents import register
from server.store.transaction import Caller, new_id, transaction

ID_NO = "430999199003070023"
OTHER_ID_NO = "370699195511200233"
TODAY = date(2026, 11, 20)


def a_new_resident(area_code: str, **changes: object) -> NewResident:
    """Somebody of age, with every field a judicial officer may give."""
    values = {
        "id": new_id(), "area_code": area_code, "name": "欧阳试验", "sex": "2", "birth_date": date(1990, 3, 7),
        "id_type": "01", "id_no": ID_NO, "phone": "13800001234", "address": "试验镇试验村3组12号",
    } | changes  # fmt: skip
    return NewResident(**values)  # type: ignore[arg-type]


def a_resident(area_code: str, **changes: object) -> CheckedResident:
    """The same, checked."""
    return checked_resident(a_new_resident(area_code, **changes), TODAY)


def registered(caller: Caller, *residents: CheckedResident) -> list[UUID]:
    """Enter residents in a transaction of their own."""
    with transaction(caller) as work:
        register(work, residents)
    return [resident.id for resident in residents]
