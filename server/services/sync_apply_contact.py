"""How somebody is reached, told from the field: merged three ways, field by field, never over what another wrote.

The registry's value equals what the tablet showed: written. It equals what the worker learnt: nothing to do. It is
another: both stay, and the township is asked. What is compared stays inside; the author is not shown the other value.
"""

from dataclasses import replace
from typing import Any

from server import clock
from server.domain.codes_sync_push import OperationResult
from server.domain.normalise import normalise_phone
from server.domain.residents import NewResident, checked_resident
from server.domain.tablet_data import ContactData, read_data
from server.domain.tablet_operations import Opened, Outcome, applied, duplicate, merged
from server.domain.visibility import sees_protected_address
from server.errors import Forbidden, Invalid
from server.models.resident import Resident
from server.store.contacts import CONTACT_FIELDS, entry_for_contact, resident_of, typed_of
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.residents import correct
from server.store.transaction import Work


def apply_contact(work: Work, opened: Opened) -> Outcome:
    """Merge what was learnt into the person's record.

    Raises NotFound for somebody the author does not visit or look after; Forbidden ``address_is_protected``; Invalid
    for a value the rules refuse.
    """
    data = read_data(opened, ContactData)
    entry = entry_for_contact(work, opened.sent.record_id, opened.taken_by)
    row = resident_of(work, entry)
    _hold_protected(work, row, data)
    event = AccessEvent("contact:report", table="resident", record_id=row.id, fields=CONTACT_FIELDS)
    keys = compare(work, event, [row.id])
    before = typed_of(work, keys, row)
    wanted = _merged(before, data, overrule=bool(opened.taken_by))
    if wanted.written:
        changes: dict[str, Any] = dict(wanted.written)
        after = replace(before, **changes)
        checked = checked_resident(after, clock.day_of(work.now))
        correct(work, keys, row, checked, wanted.written.keys())
    return _outcome(wanted, row.version)


class _Merged:
    """What of a report is to be written, what is so already, and what stands against another value."""

    def __init__(self) -> None:
        self.written: dict[str, str | None] = {}
        self.known: list[str] = []
        self.disputed: list[str] = []


def _merged(before: NewResident, data: ContactData, *, overrule: bool) -> _Merged:
    found = _Merged()
    for name, change in data.changes.items():
        now = _comparable(name, getattr(before, name))
        if now == _comparable(name, change.after):
            found.known.append(name)
        elif now == _comparable(name, change.before) or overrule:
            found.written[name] = change.after or None
        else:
            found.disputed.append(name)
    return found


def _outcome(wanted: _Merged, version: int) -> Outcome:
    if wanted.disputed:
        return Outcome(OperationResult.CONFLICT, version, "contact_differs", min(wanted.disputed))
    if not wanted.written:
        return duplicate(version)
    return merged(version) if wanted.known else applied(version)


def _hold_protected(work: Work, row: Resident, data: ContactData) -> None:
    """A protected address is not told by somebody who may not see it: they could try out what it is."""
    if "address" in data.changes and row.address_protected and not sees_protected_address(work.identity, row.area_code):
        raise Forbidden("address_is_protected", field="address")


def _comparable(name: str, text: str | None) -> str | None:
    """A value as the registry would keep it, so that blanks and full-width digits are no difference."""
    if not text:
        return None
    if name != "phone":
        return " ".join(text.split())
    try:
        return normalise_phone(text)
    except Invalid:
        return text.strip()
