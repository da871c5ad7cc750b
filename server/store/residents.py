"""Residents: registering, opening and correcting who somebody is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Select, func, select

from server import clock
from server.crypto.registry import Retention
from server.domain.area_codes import Level, contains
from server.domain.ledger_states import OPEN_STATES
from server.domain.permissions import Permission
from server.domain.resident_views import ResidentPlain, shown_name
from server.domain.residents import CheckedResident, refuse_fields_not_for
from server.domain.visibility import sees_protected_address
from server.errors import Invalid, NotFound
from server.models.area import Area
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.store.areas import in_force
from server.store.bulk import insert_rows
from server.store.disclosure import SubjectKeys, disclose, refs_of, register_subjects
from server.store.duplicates import find_duplicates
from server.store.events import AccessEvent
from server.store.records import as_read, count_up, found
from server.store.scope import ScopeColumns, within
from server.store.search import index
from server.store.transaction import Work

#: The open entry decides who looks after somebody; there is one at most.
_OPEN_ENTRY = select(LedgerEntry).where(
    LedgerEntry.county_code == Resident.county_code,
    LedgerEntry.resident_id == Resident.id,
    LedgerEntry.state.in_(sorted(OPEN_STATES)),
)
#: What the policy looks at in a resident's row.
SCOPE = ScopeColumns(
    Resident.area_code,
    Resident.created_by,
    _OPEN_ENTRY.with_only_columns(LedgerEntry.state).scalar_subquery(),
    _OPEN_ENTRY.with_only_columns(LedgerEntry.carer_ids).scalar_subquery(),
)
#: Sealed attribute → field of the registry; the column is ``sealed_`` and the attribute's name.
SEALED: Mapping[str, str] = {
    name: f"resident.{name}"
    for name in ("name", "birth_date", "id_no", "phone", "address", "guardian_name", "guardian_phone")
}
ALL_FIELDS = tuple(SEALED.values())
#: Attributes stored in plain text, for counts and rules to use.
_PLAIN = (
    "area_code", "sex", "birth_year", "id_type", "guardian_relation", "guardian_conflict", "language_need",
    "address_protected",
)  # fmt: skip
#: Attributes that decide whether two residents look alike.
COMPARED = frozenset({"name", "id_no", "phone", "birth_date", "birth_year", "area_code"})


class SealedName(NamedTuple):
    """A resident's sealed name and where they live: enough to write a list."""

    resident_id: UUID
    area_code: str
    sealed: bytes


def register(work: Work, residents: Sequence[CheckedResident]) -> SubjectKeys:
    """Enter residents: sealed, indexed for search, noted in one event, and compared with the county's others.

    Gives their keys for who they are and for what is observed of them. Statements do not grow with their number.
    Whoever looks like somebody already there becomes a possible duplicate; nothing is merged. Everybody else who
    registers alike people waits for the transaction to end.

    Raises:
        Forbidden: ``field_not_for_role``.
        Invalid: ``resident_area_unknown``, no such area or one that ended.
        NotFound: ``resident_area_outside``.
    """
    for resident in residents:
        refuse_fields_not_for(work.identity.roles, resident.facts.given)
    _check_areas(work, {resident.facts.area_code for resident in residents})
    ids = [resident.id for resident in residents]
    keys = register_subjects(work, ids, (Retention.ID, Retention.CASE))
    if residents:
        insert_rows(work.session, Resident, [_row(work, keys, resident) for resident in residents])
        index(work, residents)
        _note_written(work, residents, keys)
        find_duplicates(work, residents)
    return keys


def open_residents(
    work: Work, event: AccessEvent, rows: Sequence[Resident], fields: Collection[str] = ALL_FIELDS
) -> list[ResidentPlain]:
    """Open these fields of these residents, in the rows' order, after the event that names them is staged.

    A protected address is not even opened for somebody who may not see it. Raises as ``disclose`` does.
    """
    told = replace(event, fields=tuple(sorted({*event.fields, *fields})))
    keys = disclose(work, told, [row.id for row in rows])
    return [plain_of(work, keys, row, fields) for row in rows]


def resident_by_id(work: Work, permission: Permission, resident_id: UUID) -> Resident:
    """One resident, still sealed; raises NotFound ``not_found`` where there is none, or none the caller may see."""
    return found(work.session.scalar(_resident(work, permission, resident_id)))


def resident_for_change(work: Work, permission: Permission, resident_id: UUID, version: int) -> Resident:
    """One resident, still sealed and locked; raises NotFound as ``resident_by_id``, Stale ``record_changed``."""
    return as_read(work.session.scalar(_resident(work, permission, resident_id).with_for_update()), version)


def correct(work: Work, keys: SubjectKeys, row: Resident, checked: CheckedResident, changed: Collection[str]) -> None:
    """Write the changed attributes of a locked resident: sealed anew, indexed anew, compared anew, and noted.

    What was not changed keeps its bytes. Raises as ``register`` does.
    """
    refuse_fields_not_for(work.identity.roles, changed)
    _check_areas(work, {checked.facts.area_code})
    for column, sealed in sealed_columns(keys, checked, SEALED.keys() & changed).items():
        setattr(row, column, sealed)
    for name in _PLAIN:
        setattr(row, name, getattr(checked.facts, name))
    count_up(work, row)
    work.session.flush()
    _note_corrected(work, row, changed)
    if COMPARED & set(changed):
        index(work, [checked])
        find_duplicates(work, [checked])


def plain_of(work: Work, keys: SubjectKeys, row: Resident, fields: Collection[str] = ALL_FIELDS) -> ResidentPlain:
    """Open these fields of one resident with keys already disclosed."""
    hidden = row.address_protected and not sees_protected_address(work.identity, row.area_code)
    opened: dict[str, Any] = {
        name: keys.open_optional(field, row.id, row.id, getattr(row, f"sealed_{name}"))
        for name, field in SEALED.items()
        if field in fields and not (hidden and name == "address")
    }
    born = opened.pop("birth_date", None)
    plain = {name: getattr(row, name) for name in (*_PLAIN, "id", "deceased_at", "version")}
    return ResidentPlain(**plain, **opened, birth_date=date.fromisoformat(born) if born else None)


def names_of(work: Work, keys: SubjectKeys, rows: Iterable[SealedName]) -> list[str | None]:
    """The names in the rows' order, as the caller is shown them; the keys must come from ``disclose``."""
    return [
        shown_name(
            work.identity, row.area_code, keys.open("resident.name", row.resident_id, row.resident_id, row.sealed)
        )
        for row in rows
    ]


def known_regions(work: Work) -> frozenset[str]:
    """The county codes the registry knows, against which an ID number's first six digits are held."""
    return frozenset(work.session.scalars(select(Area.code).where(Area.level == Level.COUNTY.value)))


def sealed_columns(keys: SubjectKeys, resident: CheckedResident, names: Iterable[str] = SEALED) -> dict[str, object]:
    """The sealed columns of these attributes, sealed anew."""
    facts, id_ = resident.facts, resident.id
    texts = {name: getattr(facts, name) for name in names}
    return {
        f"sealed_{name}": keys.seal_optional(SEALED[name], id_, id_, None if value is None else str(value))
        for name, value in texts.items()
    }


def _resident(work: Work, permission: Permission, resident_id: UUID) -> Select[Resident]:
    scope = within(work.identity, permission, SCOPE)
    return select(Resident).where(Resident.county_code == work.county_code, Resident.id == resident_id, scope)


def _note_corrected(work: Work, row: Resident, changed: Collection[str]) -> None:
    event = AccessEvent(
        Permission.RESIDENT_WRITE,
        subject_refs=tuple(refs_of(work, [row.id]).values()),
        fields=tuple(sorted(f"resident.{name}" for name in changed)),
        table="resident",
        record_id=row.id,
        version_before=row.version - 1,
        version_after=row.version,
    )
    work.note(event)


def _row(work: Work, keys: SubjectKeys, resident: CheckedResident) -> dict[str, object]:
    plain = {name: getattr(resident.facts, name) for name in _PLAIN}
    return (
        sealed_columns(keys, resident)
        | plain
        | {
            "county_code": work.county_code,
            "id": resident.id,
            "version": 1,
            "created_by": work.identity.user_id,
            "created_at": work.now,
            "updated_at": work.now,
        }
    )


def _check_areas(work: Work, codes: set[str]) -> None:
    if not codes:
        return
    if not all(any(contains(prefix, code) for prefix in work.identity.area_codes) for code in codes):
        raise NotFound("resident_area_outside", field="area_code")
    statement = select(func.count()).where(Area.code == func.any(sorted(codes)), in_force(clock.day_of(work.now)))
    if work.session.scalar(statement) != len(codes):
        raise Invalid("resident_area_unknown", field="area_code")


def _note_written(work: Work, residents: Sequence[CheckedResident], keys: SubjectKeys) -> None:
    ids = [resident.id for resident in residents]
    given = {SEALED[name] for resident in residents for name in resident.facts.given if name in SEALED}
    event = AccessEvent(
        Permission.RESIDENT_WRITE,
        subject_refs=tuple(map(keys.ref, ids)),
        fields=tuple(sorted(given)),
        table="resident",
        record_id=ids[0] if len(ids) == 1 else None,
        version_after=1,
        count=len(ids),
    )
    work.note(event)
