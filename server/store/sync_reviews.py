"""Operations laid aside for the township: written sealed, read by their author and by whoever decides, forgotten."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Select, delete, func, insert, select, tuple_, update

from server.crypto.registry import Retention
from server.domain.codes import Role
from server.domain.codes_sync_push import ReviewState
from server.domain.deadlines import sync_review_due, urgent_ack_due
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.tablet_hints import is_urgent
from server.domain.tablet_operations import Opened
from server.domain.workdays import due_at
from server.models.key import Subject
from server.models.ledger import Task
from server.models.sync_push import SyncReview
from server.store.disclosure import SubjectKeys, compare, refs_of, register_subjects
from server.store.events import AccessEvent
from server.store.holidays import work_calendar
from server.store.operation_records import Whereabouts
from server.store.pages import records_page
from server.store.records import as_read, found
from server.store.review_texts import PAYLOAD, payload_text, seal_long
from server.store.scope import ScopeColumns, under, within
from server.store.tasks import NewTask, TaskKind, insert_tasks
from server.store.transaction import Work, new_id

#: A decided review is of use to its author for a while.
KEPT_FOR = timedelta(days=180)
BATCH = 500
_SCOPE = ScopeColumns(SyncReview.area_code, SyncReview.author_id, SyncReview.state)


@dataclass(frozen=True, repr=False)
class Aside:
    """An operation about to be laid aside: why, and for which place."""

    opened: Opened
    device_id: UUID
    where: Whereabouts
    code: str
    field: str | None


@dataclass(frozen=True)
class ReviewFilter:
    """Which reviews; None leaves it open."""

    area_code: str | None = None
    state: str | None = None


def lay_aside(work: Work, asides: Sequence[Aside]) -> dict[UUID, UUID]:
    """Keep operations sealed and call the township to decide; the id of each one's review, by its own.

    Sealed under the person's key where one is known, else under one of its own. As many statements for a hundred as for
    one. Call it with the scope widened.
    """
    if not asides:
        return {}
    ids = {aside.opened.sent.op_id: new_id() for aside in asides}
    keys = _keys(work, {aside.where.resident_id for aside in asides if aside.where.resident_id})
    subjects = {aside.opened.sent.op_id: _subject(keys, aside, ids) for aside in asides}
    own = set(subjects.values()) & set(ids.values())
    keys = keys.join(register_subjects(work, own, (Retention.CASE,))) if own else keys
    rows = [_row(work, aside, ids, keys, subjects) for aside in asides]
    work.session.execute(insert(SyncReview), rows)
    _call_townships(work, asides, ids)
    refs = refs_of(work, set(subjects.values()))
    for op_id, id_ in ids.items():
        about = (refs[subjects[op_id]],)
        work.note(AccessEvent("sync_review:open", subject_refs=about, table="sync_review", record_id=id_))
    return ids


def close_replaced(work: Work, author_id: UUID, bettered: Collection[tuple[UUID, str]]) -> None:
    """End the reviews of operations, by id and kind, that their author has bettered; what they held is taken away."""
    if not bettered:
        return
    statement = (
        update(SyncReview)
        .where(SyncReview.county_code == work.county_code, SyncReview.author_id == author_id)
        .where(tuple_(SyncReview.op_id, SyncReview.kind).in_(bettered))
        .where(SyncReview.state.in_((ReviewState.OPEN.value, ReviewState.RETURNED.value)))
        .values(
            state=ReviewState.REPLACED.value, sealed_payload=None, decided_by=author_id, decided_at=work.now,
            updated_at=work.now, version=SyncReview.version + 1,
        )
        .returning(SyncReview.id)
        .execution_options(synchronize_session=False)
    )  # fmt: skip
    closed = list(work.session.scalars(statement))
    if closed:
        _finish_tasks(work, closed)
    for review_id in closed:
        work.note(AccessEvent("sync_review:replace", table="sync_review", record_id=review_id))


def reviews_page(work: Work, wanted: ReviewFilter, asked: PageAsked) -> Page[SyncReview]:
    """A page of the reviews the caller may read."""
    statement = _reviews(work, Permission.SYNC_REVIEW_READ)
    if wanted.area_code is not None:
        statement = statement.where(under(SyncReview.area_code, wanted.area_code))
    if wanted.state is not None:
        statement = statement.where(SyncReview.state == wanted.state)
    return records_page(work.session, statement, SyncReview.id, asked)


def review_by_id(work: Work, review_id: UUID) -> SyncReview:
    """One review; raises NotFound ``not_found``."""
    return found(work.session.scalar(_reviews(work, Permission.SYNC_REVIEW_READ).where(SyncReview.id == review_id)))


def review_for_change(work: Work, review_id: UUID, version: int) -> SyncReview:
    """One review that somebody else wrote, to be decided about, locked; raises NotFound, Stale ``record_changed``."""
    statement = _reviews(work, Permission.SYNC_REVIEW_DECIDE).where(SyncReview.id == review_id)
    statement = statement.with_for_update().execution_options(populate_existing=True)
    return as_read(work.session.scalar(statement), version)


def forget_reviews(work: Work, now: datetime) -> int:
    """Delete a batch of reviews decided long ago, with their keys where they had one of their own; how many."""
    old = select(SyncReview.id).where(
        SyncReview.county_code == work.county_code, SyncReview.decided_at < now - KEPT_FOR
    )
    ids = list(work.session.scalars(old.order_by(SyncReview.id).limit(BATCH)))
    for table in (SyncReview, Subject) if ids else ():
        statement = delete(table).where(table.county_code == work.county_code, table.id == func.any(ids))
        work.session.execute(statement.execution_options(synchronize_session=False))
    if ids:
        work.note(AccessEvent("sync_review:forget", table="sync_review", count=len(ids)))
    return len(ids)


def _keys(work: Work, residents: Collection[UUID]) -> SubjectKeys:
    if not residents:
        return register_subjects(work, (), ())
    return compare(work, AccessEvent("sync_review:open", table="sync_review", fields=(PAYLOAD,)), residents)


def _subject(keys: SubjectKeys, aside: Aside, ids: Mapping[UUID, UUID]) -> UUID:
    """Whose key seals it: the person's, if it is still there, else its own."""
    resident_id = aside.where.resident_id
    if resident_id is not None and keys.can_seal(resident_id, Retention.CASE):
        return resident_id
    return ids[aside.opened.sent.op_id]


def _row(
    work: Work, aside: Aside, ids: Mapping[UUID, UUID], keys: SubjectKeys, subjects: Mapping[UUID, UUID]
) -> dict[str, object]:
    sent = aside.opened.sent
    id_, subject_id = ids[sent.op_id], subjects[sent.op_id]
    return {
        "county_code": work.county_code,
        "id": id_,
        "area_code": aside.where.area_code,
        "op_id": sent.op_id,
        "device_id": aside.device_id,
        "author_id": sent.author_id,
        "kind": sent.kind,
        "record_id": sent.record_id,
        "captured_at": sent.captured_at,
        "clock_offset_ms": sent.clock_offset_ms,
        "code": aside.code,
        "field": aside.field,
        "state": ReviewState.OPEN.value,
        "subject_id": subject_id,
        "resident_id": aside.where.resident_id,
        "sealed_payload": seal_long(keys, id_, subject_id, payload_text(sent, aside.opened.written)),
        "created_by": sent.author_id,
        "created_at": work.now,
        "updated_at": work.now,
        "version": 1,
    }


def _call_townships(work: Work, asides: Sequence[Aside], ids: dict[UUID, UUID]) -> None:
    """Give the township its days to decide; an emergency is looked at as soon as one that could be applied."""
    at_once = urgent_ack_due(work.now)
    in_days = due_at(sync_review_due(work_calendar(work.session), work.now))
    insert_tasks(
        work,
        [
            NewTask(
                aside.where.area_code, TaskKind.SYNC_REVIEW, Role.TOWNSHIP_COORDINATOR,
                at_once if is_urgent(aside.opened) else in_days,
                about=("sync_review", ids[aside.opened.sent.op_id]),
            )
            for aside in asides
        ],
    )  # fmt: skip


def _finish_tasks(work: Work, review_ids: Collection[UUID]) -> None:
    statement = update(Task).where(
        Task.county_code == work.county_code, Task.about_id == func.any(list(review_ids)), Task.done_at.is_(None)
    )
    work.session.execute(
        statement.values(
            done_by=work.identity.user_id, done_at=work.now, updated_at=work.now, version=Task.version + 1
        ).execution_options(synchronize_session=False)
    )


def _reviews(work: Work, permission: Permission) -> Select[SyncReview]:
    scope = within(work.identity, permission, _SCOPE)
    return select(SyncReview).where(SyncReview.county_code == work.county_code, scope)
