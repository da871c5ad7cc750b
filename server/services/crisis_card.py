"""The crisis card, shown to everybody on every screen, and kept by the county's administrator.

It tells people whom to call. The system calls nobody: no police, no ambulance, no family (guardrail G6).
"""

from dataclasses import asdict, dataclass

from server.domain.crisis_card import CrisisNumber
from server.domain.permissions import Permission
from server.errors import Conflict
from server.models.safety import CrisisContact
from server.store.crisis_card import add_number, county_numbers, national_numbers, number_for_change, remove_number
from server.store.events import AccessEvent
from server.store.records import count_up, note_written
from server.store.transaction import Caller, Work, new_id, transaction


def read_card(caller: Caller) -> list[CrisisNumber]:
    """The national numbers first, then the county's own."""
    with transaction(caller) as work:
        return card_of(work)


def card_of(work: Work) -> list[CrisisNumber]:
    """The same, in the caller's transaction."""
    return [*national_numbers(), *(_view(row) for row in county_numbers(work))]


def enter_number(caller: Caller, code: str, entry: "NumberEntry") -> CrisisNumber:
    """Put a number of the county on the card; raises Conflict ``record_exists``, ``crisis_number_national``."""
    if code in {number.code for number in national_numbers()}:
        raise Conflict("crisis_number_national")
    with transaction(caller) as work:
        row = CrisisContact(
            county_code=work.county_code,
            id=new_id(),
            code=code,
            **asdict(entry),
            active=True,
            version=1,
            created_by=work.identity.user_id,
            created_at=work.now,
            updated_at=work.now,
        )
        add_number(work, row)
        note_written(work, Permission.CRISIS_CARD_MANAGE, row)
        return _view(row)


def change_number(caller: Caller, code: str, version: int, entry: "NumberEntry") -> CrisisNumber:
    """Change one of the county's numbers; raises NotFound, Stale."""
    with transaction(caller) as work:
        row = number_for_change(work, code, version)
        for name, value in asdict(entry).items():
            setattr(row, name, value)
        count_up(work, row)
        note_written(work, Permission.CRISIS_CARD_MANAGE, row)
        return _view(row)


def take_off_number(caller: Caller, code: str, version: int) -> None:
    """Take one of the county's numbers off the card; raises NotFound, Stale."""
    with transaction(caller) as work:
        row = number_for_change(work, code, version)
        remove_number(work, row)
        work.note(
            AccessEvent(
                Permission.CRISIS_CARD_MANAGE, table="crisis_contact", record_id=row.id, version_before=row.version
            )
        )


def _view(row: CrisisContact) -> CrisisNumber:
    shown = {name: getattr(row, name) for name in ("code", "zh", "en", "number", "hours_zh", "hours_en", "version")}
    return CrisisNumber(**shown, national=False)


@dataclass(frozen=True)
class NumberEntry:
    """What the card says of a number."""

    zh: str
    en: str
    number: str
    hours_zh: str
    hours_en: str
    position: int = 100
