"""No log, no key: the one place where a data key is unwrapped.

``disclose`` stages the access event, naming every subject, before it unwraps a single key, and counts the subjects
against the caller's hourly budget. ``compare`` unwraps for looking through records whose plaintext stays inside:
its event says how many were looked through, and whoever is then shown must be disclosed.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import attrgetter
from uuid import UUID, uuid4

from sqlalchemy import Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from server.crypto.keys import DataKey, WrappedDataKey
from server.crypto.registry import FIELDS, Retention
from server.crypto.sealed import HEADER_BYTES, Context, Sealed, open_sealed, read_header, seal
from server.crypto.suites import Suite
from server.errors import TooMany, Unavailable
from server.models.access import DisclosureBudget
from server.models.key import Subject, SubjectKey
from server.store.bulk import insert_rows
from server.store.events import AccessEvent
from server.store.transaction import Work

FIRST_VERSION = 1
_KEY_COLUMNS = (
    SubjectKey.retention,
    SubjectKey.version,
    SubjectKey.suite,
    SubjectKey.epoch,
    SubjectKey.wrapped,
    SubjectKey.commitment,
)
#: Pseudonyms and wrapped keys of some classes. Made once, for making a statement takes longer than doing this one.
_WRAPPED = (
    select(Subject.id, Subject.subject_ref, *_KEY_COLUMNS)
    .outerjoin(
        SubjectKey,
        (SubjectKey.county_code == Subject.county_code)
        & (SubjectKey.subject_id == Subject.id)
        & SubjectKey.retention.in_(bindparam("retentions", expanding=True)),
    )
    .where(Subject.county_code == bindparam("county"), Subject.id == func.any(bindparam("subjects")))
)
#: A subject, its pseudonym, and ``_KEY_COLUMNS``; those are empty where the key is gone.
WrappedRow = tuple[UUID, UUID, str, int, int, str, bytes, bytes]
_RETENTIONS = {str(retention): retention for retention in Retention}
_SUITES = {int(suite): suite for suite in Suite}


@dataclass(frozen=True)
class SubjectKeys:
    """The opened data keys of some subjects; seals and opens their fields, and nobody else's."""

    deployment: str
    county_code: str
    #: By the subject's id as a number, which is found and compared faster than the id itself.
    by_subject: Mapping[int, Sequence[DataKey]]
    #: What ``ref`` gives, also of those whose keys are gone; by the same number.
    refs: Mapping[int, UUID]

    def ref(self, subject_id: UUID) -> UUID:
        """The pseudonym that stands for a subject in the access log."""
        return self.refs[subject_id.int]

    def open(self, field: str, record_id: UUID, subject_id: UUID, sealed: bytes) -> str:
        """The text of one sealed field; raises Unavailable ``seal_broken`` if it was moved or changed."""
        known, header = FIELDS[field], sealed[:HEADER_BYTES]
        for key in self.by_subject.get(subject_id.int, ()):
            if key.retention is known.retention and key.header == header:
                return open_sealed(
                    sealed, key, Context(self.deployment, self.county_code, known, record_id, subject_id)
                )
        read_header(sealed)
        raise Unavailable("seal_broken")

    def open_optional(self, field: str, record_id: UUID, subject_id: UUID, sealed: bytes | None) -> str | None:
        """As ``open``; an absent field stays absent."""
        return None if sealed is None else self.open(field, record_id, subject_id, sealed)

    def seal(self, field: str, record_id: UUID, subject_id: UUID, text: str) -> Sealed:
        """Seal a text under the subject's newest key; raises Unavailable when that key was not opened."""
        known = FIELDS[field]
        key = self._newest(subject_id, known.retention)
        if key is None:
            raise Unavailable("seal_broken")
        return seal(text, key, Context(self.deployment, self.county_code, known, record_id, subject_id))

    def seal_optional(self, field: str, record_id: UUID, subject_id: UUID, text: str | None) -> Sealed | None:
        """As ``seal``; an absent text stays absent."""
        return None if text is None else self.seal(field, record_id, subject_id, text)

    def can_seal(self, subject_id: UUID, retention: Retention) -> bool:
        """Whether a key of this subject and class was opened."""
        return self._newest(subject_id, retention) is not None

    def join(self, other: "SubjectKeys") -> "SubjectKeys":
        """The keys of both, of the same county."""
        both = {id_: [*keys, *other.by_subject.get(id_, ())] for id_, keys in self.by_subject.items()}
        return replace(self, by_subject={**other.by_subject, **both}, refs={**self.refs, **other.refs})

    def _newest(self, subject_id: UUID, retention: Retention) -> DataKey | None:
        keys = (key for key in self.by_subject.get(subject_id.int, ()) if key.retention is retention)
        return max(keys, key=attrgetter("version"), default=None)


def disclose(work: Work, event: AccessEvent, subject_ids: Collection[UUID]) -> SubjectKeys:
    """Stage the event naming these subjects, then unwrap their keys for the fields the event names.

    Raises:
        TooMany: ``disclosure_budget_used``, the caller's budget for this hour is used up.
        Unavailable: ``access_log_unavailable``, the event could not be staged; nothing was unwrapped.
    """
    subjects = _once(subject_ids)
    _spend(work, len(subjects))
    rows = _wrapped_keys(work, subjects, event)
    refs = {row[0].int: row[1] for row in rows}
    named = tuple(refs[id_.int] for id_ in subjects if id_.int in refs)
    work.note(replace(event, subject_refs=named, count=len(subjects)))
    work.flush_events()
    return _unwrap(work, rows)


def compare(work: Work, event: AccessEvent, subject_ids: Collection[UUID]) -> SubjectKeys:
    """Stage how many subjects are looked through, then unwrap their keys. What is opened must not leave."""
    work.note(replace(event, count=len(subject_ids)))
    work.flush_events()
    return _unwrap(work, _wrapped_keys(work, _once(subject_ids), event))


def refs_of(work: Work, subject_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The pseudonyms that stand for these subjects in the access log."""
    statement = select(Subject.id, Subject.subject_ref)
    statement = statement.where(Subject.county_code == work.county_code, Subject.id == func.any(list(subject_ids)))
    return {row.id: row.subject_ref for row in work.session.execute(statement)}


def register_subjects(work: Work, subject_ids: Collection[UUID], retentions: Collection[Retention]) -> SubjectKeys:
    """Make subjects with their pseudonyms and fresh data keys: two statements however many they are."""
    subjects = _once(subject_ids)
    refs = {id_.int: uuid4() for id_ in subjects}
    rows = [{"county_code": work.county_code, "id": id_, "subject_ref": refs[id_.int]} for id_ in subjects]
    insert_rows(work.session, Subject, rows)
    keys = _make_keys(work, [(id_, retention) for id_ in subjects for retention in retentions])
    return _gather(work, keys, refs)


def _make_keys(work: Work, wanted: Sequence[tuple[UUID, Retention]]) -> list[DataKey]:
    cupboard = work.caller.store.cupboard
    master = cupboard.current_master_key(work.session, work.keys, work.now)
    suite = work.keys.suite
    keys = [DataKey.generate(subject, retention, FIRST_VERSION, suite) for subject, retention in wanted]
    insert_rows(work.session, SubjectKey, [_row(work, master.wrap_data_key(key)) for key in keys])
    return keys


def _wrapped_keys(work: Work, subjects: Sequence[UUID], event: AccessEvent) -> Sequence[Row[*WrappedRow]]:
    """Pseudonyms and still wrapped keys of the classes the event's fields belong to, in one statement.

    A subject whose keys of a class are gone comes once, with empty columns: the log names them all the same.
    """
    if not subjects:
        return []
    retentions = {str(FIELDS[name].retention) for name in event.fields}
    named = {"county": work.county_code, "subjects": list(subjects), "retentions": sorted(retentions)}
    return work.session.execute(_WRAPPED, named).all()


def _unwrap(work: Work, rows: Sequence[Row[*WrappedRow]]) -> SubjectKeys:
    cupboard, county_keys = work.caller.store.cupboard, work.keys
    masters = {
        epoch: cupboard.master_key(work.session, county_keys, epoch) for epoch in {row.epoch for row in rows} - {None}
    }
    opened = [
        masters[epoch].unwrap_data_key(
            WrappedDataKey(id_, _RETENTIONS[retention], version, _SUITES[suite], epoch, wrapped, commitment)
        )
        for id_, _, retention, version, suite, epoch, wrapped, commitment in rows
        if epoch in masters
    ]
    return _gather(work, opened, {row[0].int: row[1] for row in rows})


def _gather(work: Work, keys: Sequence[DataKey], refs: Mapping[int, UUID]) -> SubjectKeys:
    by_subject: dict[int, list[DataKey]] = {}
    for key in keys:
        by_subject.setdefault(key.subject_id.int, []).append(key)
    return SubjectKeys(work.caller.store.keyring.deployment, work.county_code, by_subject, refs)


def _row(work: Work, key: WrappedDataKey) -> dict[str, object]:
    return {
        "county_code": work.county_code,
        "subject_id": key.subject_id,
        "retention": str(key.retention),
        "version": key.version,
        "suite": int(key.suite),
        "epoch": key.epoch,
        "wrapped": key.wrapped,
        "commitment": key.commitment,
    }


def _once(subject_ids: Collection[UUID]) -> list[UUID]:
    """Each subject once, in an order that tells nothing of the list's own."""
    return sorted(set(subject_ids), key=attrgetter("int"))


def _spend(work: Work, subjects: int) -> None:
    """Add to what the caller opened this hour; refuse when it passes the budget."""
    if not subjects:
        return
    hour = work.now.replace(minute=0, second=0, microsecond=0)
    statement = insert(DisclosureBudget).values(
        county_code=work.county_code, user_id=work.identity.user_id, hour=hour, opened=subjects
    )
    statement = statement.on_conflict_do_update(
        index_elements=["county_code", "user_id", "hour"],
        set_={"opened": DisclosureBudget.opened + statement.excluded.opened},
    )
    opened = work.session.execute(statement.returning(DisclosureBudget.opened)).scalar_one()
    limit = work.caller.store.disclosure_budget_per_hour
    if opened > limit:
        seconds_left = 3600 - work.now.minute * 60 - work.now.second
        raise TooMany("disclosure_budget_used", limit=limit, retry_after_s=seconds_left)
