"""Work from tablets that waits for a person: read, applied after all, left aside, or sent back to its author.

Whoever wrote it does not decide about it. Applying it is the author's act still, by the rules of single writes; the
township lends its area where the author has lost it, and the log names both.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from server.domain.care_notes import check_plain
from server.domain.codes import FieldGroup
from server.domain.codes_sync_push import OperationKind, OperationResult, ReviewReason, ReviewState
from server.domain.identity import NOBODY, Grant, Identity
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission, roles_with
from server.domain.tablet_operations import Opened, Outcome, Sent, Written
from server.domain.visibility import Sight, sees_protected_address, sight_of
from server.errors import Conflict, LinliError, Unavailable
from server.models.resident import Resident
from server.models.sync_push import SyncReview
from server.services.sync_apply import PURPOSES, apply_one
from server.store.authors import Author, authors_of
from server.store.care import sealing_keys
from server.store.disclosure import SubjectKeys, compare, disclose, refs_of
from server.store.events import AccessEvent
from server.store.records import count_up, note_written
from server.store.residents import plain_of
from server.store.review_texts import NOTE, PAYLOAD, open_payload
from server.store.sync_reviews import ReviewFilter, review_by_id, review_for_change, reviews_page
from server.store.tasks import TaskKind, finish_tasks_about
from server.store.transaction import Caller, Work, bind, transaction
from server.store.word_lists import word_list

__all__ = ["ReviewFilter", "apply_review", "keep_registry", "list_reviews", "read_review", "return_to_author"]

_CONTACT = ("resident.phone", "resident.address")
_WAITING = frozenset({ReviewState.OPEN.value, ReviewState.RETURNED.value})


def list_reviews(caller: Caller, wanted: ReviewFilter, asked: PageAsked) -> "Page[ReviewLine]":
    """A page of reviews, without what was written in them; one's own for whoever works in the field.

    One event names everybody they are about.
    """
    with transaction(caller) as work:
        page = reviews_page(work, wanted, asked)
        refs = refs_of(work, {row.subject_id for row in page.items})
        work.note(
            AccessEvent(
                Permission.SYNC_REVIEW_READ,
                subject_refs=tuple(refs.values()),
                table="sync_review",
                count=len(page.items),
            )
        )
        return page.of([ReviewLine(**_line(row)) for row in page.items])


def read_review(caller: Caller, review_id: UUID) -> "ReviewView":
    """One review with what was written and, where another value stands against it, that value; raises NotFound."""
    with transaction(caller) as work:
        return _view(work, review_by_id(work, review_id))


def apply_review(caller: Caller, review_id: UUID, version: int) -> "ReviewView":
    """Apply it after all, as its author's work; a report of how somebody is reached then rules.

    Raises NotFound, Stale; Conflict ``review_decided``, or ``review_refused_again`` with the code of the refusal.
    """
    with transaction(caller) as work:
        row = _to_decide(work, review_id, version)
        author = authors_of(caller.store, work.county_code, {row.author_id}, work.now)[row.author_id]
        opened = _opened(work, row)
        work.flush_events()
        _apply(work, row, author, opened)
        row.sealed_payload = None
        _decide(work, row, ReviewState.APPLIED, None)
        return _view(work, row)


def keep_registry(caller: Caller, review_id: UUID, version: int, reason: ReviewReason) -> "ReviewView":
    """Leave the registry as it is; raises NotFound, Stale, Conflict ``review_decided``."""
    with transaction(caller) as work:
        row = _to_decide(work, review_id, version)
        _decide(work, row, ReviewState.KEPT, reason)
        return _view(work, row)


def return_to_author(
    caller: Caller, review_id: UUID, version: int, reason: ReviewReason, note: str | None
) -> "ReviewView":
    """Ask the author to look again; raises as ``keep_registry``, and Invalid ``diagnosis_in_text``."""
    with transaction(caller) as work:
        row = _to_decide(work, review_id, version)
        if note:
            keys = sealing_keys(work, Permission.SYNC_REVIEW_DECIDE, row.subject_id, NOTE)
            row.sealed_note = keys.seal(NOTE, row.id, row.subject_id, check_plain(note, word_list(), "note"))
        _decide(work, row, ReviewState.RETURNED, reason)
        return _view(work, row)


def _to_decide(work: Work, review_id: UUID, version: int) -> SyncReview:
    row = review_for_change(work, review_id, version)
    if row.state not in _WAITING or row.sealed_payload is None:
        raise Conflict("review_decided", state=row.state)
    return row


def _decide(work: Work, row: SyncReview, state: ReviewState, reason: ReviewReason | None) -> None:
    row.state, row.reason = state.value, reason.value if reason else None
    row.decided_by, row.decided_at = work.identity.user_id, work.now
    count_up(work, row)
    work.session.flush()
    finish_tasks_about(work, row.id, TaskKind.SYNC_REVIEW)
    note_written(work, Permission.SYNC_REVIEW_DECIDE, row, refs_of(work, [row.subject_id]).values())


def _opened(work: Work, row: SyncReview) -> Opened:
    """The operation again, as it was proven when it came; what is opened here goes into the registry, not out."""
    event = AccessEvent(Permission.SYNC_REVIEW_DECIDE, table="sync_review", record_id=row.id, fields=(PAYLOAD,))
    kept = open_payload(compare(work, event, [row.subject_id]), row)
    data = msgspec.Raw(msgspec.json.encode(kept.data))
    sent = Sent(
        op_id=row.op_id, device_seq=1, kind=row.kind, record_id=row.record_id, author_id=row.author_id,
        captured_at=row.captured_at, key_id=NOBODY, sealed="-", clock_offset_ms=row.clock_offset_ms,
    )  # fmt: skip
    written = Written(author_token="", data=data, base_version=kept.base_version)
    return Opened(sent, written, sent.moment(row.created_at), _areas_lent(work.identity, row))


def _apply(work: Work, row: SyncReview, author: Author, opened: Opened) -> Outcome:
    """Do it as the author, all or nothing."""
    decider = work.caller
    work.caller = replace(decider, identity=_speaking(work, row, author, opened))
    bind(work.session, work.county_code, work.identity.area_codes)
    try:
        done = apply_one(work, opened)
        work.session.flush()
        work.flush_events()
    except Unavailable:
        raise
    except LinliError as error:
        raise Conflict("review_refused_again", field=error.field, reason=error.code) from error
    if done.result is OperationResult.CONFLICT:
        raise Conflict("review_refused_again", field=done.field, reason=done.code or "")
    work.caller = decider
    bind(work.session, work.county_code, work.identity.area_codes)
    return done


def _speaking(work: Work, row: SyncReview, author: Author, opened: Opened) -> Identity:
    """The author, with the roles of now and of then, and in the areas that the deciding township lends to them."""
    decider = work.identity
    grants = author.grants(opened.moment, work.now) + author.grants(opened.moment, row.created_at)
    lent = tuple(
        Grant(grant.id, role, grant.area_code)
        for grant in decider.grants
        if grant.area_code in opened.taken_by
        for role in sorted({held.role for held in grants})
    )
    own = tuple({grant.id: grant for grant in grants}.values())
    return replace(
        decider, user_id=row.author_id, session_id=NOBODY, grants=own + lent, purpose=PURPOSES.get(row.kind),
        device_id=row.device_id,
    )  # fmt: skip


def _areas_lent(decider: Identity, row: SyncReview) -> tuple[str, ...]:
    """The areas of the deciding township that the operation lies in."""
    deciding = roles_with(Permission.SYNC_REVIEW_DECIDE)
    held = {grant.area_code for grant in decider.grants if grant.role in deciding}
    return tuple(sorted(area for area in held if row.area_code.startswith(area)))


def _view(work: Work, row: SyncReview) -> "ReviewView":
    """One review as the caller may see it, the person named in the log with all that is opened."""
    resident = _person_asked_about(work, row)
    fields = (PAYLOAD, NOTE, *(_CONTACT if resident else ()))
    event = AccessEvent(Permission.SYNC_REVIEW_READ, table="sync_review", record_id=row.id, fields=fields)
    keys = disclose(work, event, [row.subject_id])
    kept = open_payload(keys, row)
    return ReviewView(
        **_line(row),
        resident_id=row.resident_id,
        data=_shown(work, row, resident, kept.data),
        base_version=kept.base_version,
        current=_current(work, keys, resident, kept.data) if resident else None,
        note=keys.open_optional(NOTE, row.id, row.subject_id, row.sealed_note),
    )


def _person_asked_about(work: Work, row: SyncReview) -> Resident | None:
    """Whom a report waits for, if the reader sees them whole where they live: the report's own place is its claim."""
    if row.kind != OperationKind.CONTACT or row.resident_id is None or row.state not in _WAITING:
        return None
    resident = work.session.get(Resident, (work.county_code, row.resident_id))
    if resident is None or sight_of(work.identity, FieldGroup.IDENTITY, resident.area_code) is not Sight.FULL:
        return None
    return resident


def _shown(work: Work, row: SyncReview, resident: Resident | None, data: Any) -> Any:
    """What was written; without the address of somebody whose address is protected from the reader."""
    if resident is None or not _hidden(work, resident) or row.author_id == work.identity.user_id:
        return data
    changes = {name: change for name, change in data.get("changes", {}).items() if name != "address"}
    return data | {"changes": changes}


def _current(work: Work, keys: SubjectKeys, resident: Resident, data: Any) -> dict[str, str | None]:
    """The registry's own values of what was reported, as the reader may see them."""
    plain = plain_of(work, keys, resident, _CONTACT)
    said = data.get("changes", {}) if isinstance(data, dict) else {}
    names = [name for name in ("phone", "address", "language_need") if name in said]
    return {name: getattr(plain, name) for name in names if not (name == "address" and _hidden(work, resident))}


def _hidden(work: Work, resident: Resident) -> bool:
    return resident.address_protected and not sees_protected_address(work.identity, resident.area_code)


def _line(row: SyncReview) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ReviewLine.__dataclass_fields__}


@dataclass(frozen=True, kw_only=True)
class ReviewLine:
    """A line of the list: what waits, where and why; not what was written."""

    id: UUID
    area_code: str
    op_id: UUID
    device_id: UUID
    author_id: UUID
    kind: str
    record_id: UUID
    captured_at: datetime
    clock_offset_ms: int | None
    code: str
    field: str | None
    state: str
    reason: str | None
    decided_by: UUID | None
    decided_at: datetime | None
    created_at: datetime
    version: int


@dataclass(frozen=True, repr=False, kw_only=True)
class ReviewView(ReviewLine):
    """One review with what was written; has no readable ``repr``."""

    resident_id: UUID | None
    data: Any
    base_version: int | None
    #: The registry's value now, where another one stands against it.
    current: dict[str, str | None] | None
    note: str | None
