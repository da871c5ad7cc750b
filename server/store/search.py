"""The search index: a few bits per resident and field, and whom a bucket narrows a search to.

A bucket's row points at its resident by a blind link, so that the index joins with nothing. A correction adds rows and
takes none away; the nightly ``rebuild`` drops what no longer holds and puts all rows into random order.
"""

from collections.abc import Collection, Iterable, Sequence
from random import SystemRandom
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select

from server.crypto.buckets import NORMALISER_VERSION, bucket, require_budget
from server.crypto.registry import FIELDS, SealedField
from server.domain.duplicates import Likeness
from server.domain.normalise import normalise_id_no, normalise_name
from server.domain.residents import CheckedResident
from server.models.key import SearchBucket
from server.models.resident import Resident
from server.store.bulk import insert_rows
from server.store.disclosure import compare
from server.store.events import AccessEvent
from server.store.transaction import Work

#: Registered residents of the smallest county the index is planned for. Links are blind, so the smallest group that
#: plain columns single out of the index is the county (`docs/decisions/0009-blind-links.md`).
PLANNED_COUNTY = 1000
NAME, ID_NO = FIELDS["resident.name"], FIELDS["resident.id_no"]
INDEXED = (NAME, ID_NO)
require_budget(INDEXED, PLANNED_COUNTY)

Indexed = tuple[UUID, int, int]


def index(work: Work, residents: Sequence[CheckedResident]) -> None:
    """Put residents into the buckets of their name and document number: one statement."""
    _insert(
        work,
        [
            (resident.id, number, value)
            for resident in residents
            for number, value in buckets_of(work, resident.likeness).items()
        ],
    )


def rebuild(work: Work) -> int:
    """Make the county's index anew from what is sealed, in random order; gives how many residents it holds.

    Only rows that stood before anybody was read are dropped, so that whoever registers meanwhile keeps theirs.
    """
    standing = select(SearchBucket.id).where(SearchBucket.county_code == work.county_code)
    old = list(work.session.scalars(standing))
    columns = (Resident.id, Resident.sealed_name, Resident.sealed_id_no)
    rows = work.session.execute(select(*columns).where(Resident.county_code == work.county_code)).all()
    event = AccessEvent("resident:index", fields=(NAME.name, ID_NO.name), table="search_bucket")
    keys = compare(work, event, [row.id for row in rows])
    found: list[Indexed] = []
    for row in rows:
        name = normalise_name(keys.open(NAME.name, row.id, row.id, row.sealed_name))
        found.append((row.id, NAME.number, bucket_of(work, NAME, name)))
        if row.sealed_id_no is not None:
            number = normalise_id_no(keys.open(ID_NO.name, row.id, row.id, row.sealed_id_no))
            found.append((row.id, ID_NO.number, bucket_of(work, ID_NO, number)))
    dropped = delete(SearchBucket).where(SearchBucket.county_code == work.county_code, SearchBucket.id == func.any(old))
    work.session.execute(dropped.execution_options(synchronize_session=False))
    _insert(work, found)
    return len(rows)


def buckets_of(work: Work, likeness: Likeness) -> dict[int, int]:
    """The bucket of each indexed field that has a value, by field number."""
    texts = {NAME: likeness.name, ID_NO: likeness.id_no}
    return {field.number: bucket_of(work, field, text) for field, text in texts.items() if text}


def bucket_of(work: Work, field: SealedField, text: str) -> int:
    """The bucket of one normalised text, under the county's own key."""
    return bucket(work.keys.index_key, field, text, field.searchable_bits)


def ids_in(work: Work, field: SealedField, buckets: Collection[int]) -> list[UUID]:
    """Whoever may be meant by these buckets of one field, in the whole county; some may be gone or renamed by now."""
    statement = select(SearchBucket.blind_link).where(
        SearchBucket.county_code == work.county_code,
        SearchBucket.field_number == field.number,
        SearchBucket.normaliser_version == NORMALISER_VERSION,
        SearchBucket.bucket == func.any(sorted(buckets)),
    )
    read, number = work.keys.link_key.read, field.number
    return [read(link, number) for link in work.session.scalars(statement)] if buckets else []


def _insert(work: Work, found: Iterable[Indexed]) -> None:
    blind = work.keys.link_key.blind
    rows = [
        {
            "county_code": work.county_code,
            "id": uuid4(),
            "field_number": number,
            "normaliser_version": NORMALISER_VERSION,
            "bucket": value,
            "blind_link": blind(resident_id, number),
        }
        for resident_id, number, value in found
    ]
    SystemRandom().shuffle(rows)
    insert_rows(work.session, SearchBucket, rows)
