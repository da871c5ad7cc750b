"""The search index: a few bits per resident and field, and the rows a bucket narrows a search to."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select

from server.crypto.buckets import NORMALISER_VERSION, bucket, require_budget
from server.crypto.registry import FIELDS, SealedField
from server.domain.duplicates import Likeness
from server.domain.residents import CheckedResident
from server.models.key import SearchBucket
from server.store.transaction import Work

#: Registered residents of the smallest community the index is planned for (`reference/trust.md` §1.4).
PLANNED_CELL = 1000
NAME, ID_NO = FIELDS["resident.name"], FIELDS["resident.id_no"]
INDEXED = (NAME, ID_NO)
require_budget(INDEXED, PLANNED_CELL)


def index(work: Work, residents: Sequence[CheckedResident]) -> None:
    """Put residents into the buckets of their name and document number: one statement."""
    rows = [
        {
            "county_code": work.county_code,
            "resident_id": resident.id,
            "field_number": number,
            "key_version": NORMALISER_VERSION,
            "bucket": value,
        }
        for resident in residents
        for number, value in buckets_of(work, resident.likeness).items()
    ]
    work.session.execute(insert(SearchBucket), rows)


def reindex(work: Work, resident: CheckedResident) -> None:
    """Take a corrected resident out of the old buckets and into the new."""
    work.session.execute(
        delete(SearchBucket).where(
            SearchBucket.county_code == work.county_code, SearchBucket.resident_id == resident.id
        )
    )
    index(work, [resident])


def buckets_of(work: Work, likeness: Likeness) -> dict[int, int]:
    """The bucket of each indexed field that has a value, by field number."""
    texts = {NAME: likeness.name, ID_NO: likeness.id_no}
    return {field.number: bucket_of(work, field, text) for field, text in texts.items() if text}


def bucket_of(work: Work, field: SealedField, text: str) -> int:
    """The bucket of one normalised text, under the county's own key."""
    return bucket(work.keys.index_key, field, text, field.searchable_bits)


def in_buckets(work: Work, field_number: int, buckets: Iterable[int]) -> Select[UUID]:
    """The ids of the county's residents in any of these buckets of one field, as a query to build on."""
    return select(SearchBucket.resident_id).where(
        SearchBucket.county_code == work.county_code,
        SearchBucket.field_number == field_number,
        SearchBucket.key_version == NORMALISER_VERSION,
        SearchBucket.bucket == func.any(sorted(set(buckets))),
    )
