"""Possible duplicates: found by looking county-wide through a few buckets, kept as a question, never merged.

Looking through is a ``compare``: the access log says how many were looked through, and nothing of them is given
back. Advisory locks on the buckets make two transactions that enter the same person at once see one another.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Integer, Row, and_, cast, false, func, insert, or_, select

from server.domain.area_codes import Level
from server.domain.duplicates import Likeness, MatchOn, likely_same
from server.domain.normalise import normalise_name
from server.domain.residents import CheckedResident, likeness_of
from server.models.resident import PossibleDuplicate, Resident
from server.store.disclosure import SubjectKeys, compare
from server.store.events import AccessEvent
from server.store.search import ID_NO, NAME, buckets_of, ids_in
from server.store.transaction import Work, new_id, widened

#: Happening under which a comparison stands in the access log.
ACTION = "resident:match"
OPEN = "open"
_FIELDS = ("resident.name", "resident.id_no", "resident.phone", "resident.birth_date")
#: Every bucket of a field has a number of its own in the second half of the lock's key.
_LOCKS_PER_FIELD = 100

#: What everybody in a bucket is looked at for, and what of those who share a name or a number with somebody new.
_LOOKED_AT = (Resident.id, Resident.sealed_name, Resident.sealed_id_no)
_COMPARED = (
    Resident.id, Resident.area_code, Resident.birth_year, Resident.sealed_name, Resident.sealed_id_no,
    Resident.sealed_phone, Resident.sealed_birth_date,
)  # fmt: skip

Pair = tuple[UUID, UUID]
#: The columns of ``_LOOKED_AT``, or of ``_COMPARED``.
Candidate = Row[Any]


def find_duplicates(work: Work, residents: Sequence[CheckedResident]) -> int:
    """Compare residents just written with the whole county's and keep each new pair; gives how many there are."""
    _lock(work, residents)
    with widened(work):
        rows = _candidates(work, residents)
        keys = compare(work, AccessEvent(ACTION, fields=_FIELDS), [row.id for row in rows])
        alike = _compared(work, _alike(keys, rows, residents))
        numbered = any(resident.likeness.id_no for resident in residents)
        found = _matches(residents, {row.id: _likeness(keys, row, numbered=numbered) for row in alike})
        fresh = _unknown(work, found)
        if fresh:
            areas = {resident.id: resident.facts.area_code for resident in residents}
            rows_of_pairs = [_pair(work, pair, match, areas[pair[0]]) for pair, match in fresh.items()]
            work.session.execute(insert(PossibleDuplicate), rows_of_pairs)
    return len(fresh)


def pairs_of(work: Work, resident_id: UUID) -> tuple[UUID, ...]:
    """The open questions about one resident that lie in the caller's area."""
    statement = select(PossibleDuplicate.id).where(
        PossibleDuplicate.county_code == work.county_code,
        PossibleDuplicate.state == OPEN,
        or_(PossibleDuplicate.resident_id == resident_id, PossibleDuplicate.other_resident_id == resident_id),
    )
    return tuple(work.session.scalars(statement.order_by(PossibleDuplicate.id)))


def _lock(work: Work, residents: Sequence[CheckedResident]) -> None:
    """Hold the buckets until the transaction ends; always in the same order, so that none waits in a ring."""
    numbers = {
        field * _LOCKS_PER_FIELD + bucket
        for resident in residents
        for field, bucket in buckets_of(work, resident.likeness).items()
    }
    keys = func.unnest(cast(sorted(numbers), ARRAY(Integer)))
    work.session.execute(select(func.pg_advisory_xact_lock(cast(int(work.county_code), Integer), keys)))


def _candidates(work: Work, residents: Sequence[CheckedResident]) -> list[Candidate]:
    """Everybody in the number's bucket; in the name's bucket, those with a phone or of the same village and year."""
    likes = [resident.likeness for resident in residents]
    buckets = [buckets_of(work, like) for like in likes]
    of_number = ids_in(work, ID_NO, {found[ID_NO.number] for found in buckets if ID_NO.number in found})
    of_name = ids_in(work, NAME, {found[NAME.number] for found in buckets})
    same_name = and_(Resident.id == func.any(of_name), or_(_nearby(likes), _with_phone(likes)))
    statement = select(*_LOOKED_AT).where(
        Resident.county_code == work.county_code, or_(Resident.id == func.any(of_number), same_name)
    )
    return list(work.session.execute(statement))


def _compared(work: Work, ids: Collection[UUID]) -> list[Candidate]:
    statement = select(*_COMPARED).where(Resident.county_code == work.county_code, Resident.id == func.any(list(ids)))
    return list(work.session.execute(statement)) if ids else []


def _nearby(likes: Sequence[Likeness]) -> ColumnElement[bool]:
    """Of the same villages, and of the same years where both are known."""
    in_village = func.left(Resident.area_code, Level.VILLAGE.value).in_({like.village_code for like in likes})
    years = {like.year for like in likes}
    if None in years:
        return in_village
    return and_(in_village, or_(Resident.birth_year.is_(None), Resident.birth_year == func.any(list(years))))


def _with_phone(likes: Sequence[Likeness]) -> ColumnElement[bool]:
    return Resident.sealed_phone.is_not(None) if any(like.phone for like in likes) else false()


def _alike(keys: SubjectKeys, rows: Sequence[Candidate], residents: Sequence[CheckedResident]) -> list[UUID]:
    """Those who share a name or a number with somebody new; of the others nothing else is read."""
    names = {resident.likeness.name for resident in residents}
    numbers = {resident.likeness.id_no for resident in residents} - {None}
    found = []
    for row in rows:
        number = keys.open_optional("resident.id_no", row.id, row.id, row.sealed_id_no) if numbers else None
        name = keys.open("resident.name", row.id, row.id, row.sealed_name)
        if number in numbers or normalise_name(name) in names:
            found.append(row.id)
    return found


def _likeness(keys: SubjectKeys, row: Candidate, *, numbered: bool) -> Likeness:
    name = keys.open("resident.name", row.id, row.id, row.sealed_name)
    number = keys.open_optional("resident.id_no", row.id, row.id, row.sealed_id_no) if numbered else None
    born = keys.open_optional("resident.birth_date", row.id, row.id, row.sealed_birth_date)
    phone = keys.open_optional("resident.phone", row.id, row.id, row.sealed_phone)
    shown = Likeness(name, row.area_code, number, date.fromisoformat(born) if born else None, row.birth_year, phone)
    return likeness_of(shown)


def _matches(residents: Sequence[CheckedResident], others: Mapping[UUID, Likeness]) -> dict[Pair, MatchOn]:
    """Each pair once, the one entered now first; in one batch, the one that stands later in it."""
    sharing: dict[str, list[UUID]] = {}
    for id_, like in others.items():
        for value in filter(None, (like.name, like.id_no)):
            sharing.setdefault(value, []).append(id_)
    found: dict[Pair, MatchOn] = {}
    for resident in residents:
        like = resident.likeness
        near = {id_ for value in filter(None, (like.name, like.id_no)) for id_ in sharing.get(value, ())}
        for other in near - {resident.id}:
            match = likely_same(like, others[other])
            if match:
                found.pop((other, resident.id), None)
                found[resident.id, other] = match
    return found


def _unknown(work: Work, found: Mapping[Pair, MatchOn]) -> dict[Pair, MatchOn]:
    """The pairs that nobody has been asked about yet, whichever of the two was entered first."""
    if not found:
        return {}
    ids = sorted({id_ for pair in found for id_ in pair})
    statement = select(PossibleDuplicate.resident_id, PossibleDuplicate.other_resident_id).where(
        PossibleDuplicate.county_code == work.county_code,
        PossibleDuplicate.resident_id == func.any(ids),
        PossibleDuplicate.other_resident_id == func.any(ids),
    )
    known = {frozenset((row.resident_id, row.other_resident_id)) for row in work.session.execute(statement)}
    return {pair: match for pair, match in found.items() if frozenset(pair) not in known}


def _pair(work: Work, pair: Pair, match: MatchOn, area_code: str) -> dict[str, object]:
    return {
        "county_code": work.county_code,
        "id": new_id(),
        "area_code": area_code,
        "resident_id": pair[0],
        "other_resident_id": pair[1],
        "matched_on": str(match),
        "state": OPEN,
        "found_at": work.now,
        "version": 1,
    }
