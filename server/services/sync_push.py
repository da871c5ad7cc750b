"""What a tablet delivers: each operation credited to whoever wrote it, applied once, laid aside, or refused unread.

One transaction for each author, with the tablet's other pushes waiting. The same bytes sent again get the same
receipts. Where the database or the log fails, nothing of that author's is kept and the tablet sends it again.
"""

from base64 import urlsafe_b64decode
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from itertools import groupby
from uuid import UUID

from sqlalchemy.exc import OperationalError

from server import clock
from server.crypto.author_token import author_check
from server.crypto.errors import SealBroken
from server.crypto.operations import OperationName
from server.domain.codes_sync_push import OperationKind, OperationResult
from server.domain.identity import Identity
from server.domain.tablet_hints import hints_of
from server.domain.tablet_operations import (
    Opened,
    Outcome,
    Receipt,
    Sent,
    Unreadable,
    read_operations,
    read_push,
    read_written,
    rejected,
)
from server.errors import Malformed, NotFound, Unavailable
from server.services.access import KnownDevice
from server.services.sync_apply import Result, apply_in_order
from server.services.sync_delivery import Delivery, Refusal
from server.services.sync_doubts import opened_of
from server.services.sync_load import Load
from server.services.tablet_budgets import take_turn
from server.store.authors import Author, authors_of
from server.store.devices import note_numbers
from server.store.events import AccessEvent
from server.store.operation_records import Whereabouts, whereabouts
from server.store.seal_keys import seal_key
from server.store.sync_receipts import add_receipts, receipts_of
from server.store.sync_reviews import Aside, close_replaced, lay_aside
from server.store.transaction import Caller, Work, transaction, widened

_LOAD = Load()


def push(caller: Caller, device: KnownDevice, body: bytes) -> "Pushed":
    """Take in a push of a tablet, itself the caller; a receipt for each operation, in the order sent.

    Raises:
        Malformed: ``body_unreadable``, ``device_differs``.
        TooLarge: ``push_too_large``.
        TooMany: ``tablet_paused``.
        Unavailable: ``push_failed``, ``access_log_unavailable``: nothing of it counts, it is to be sent again.
    """
    with _LOAD.one_more() as backoff_s:
        wanted = read_push(body)
        if wanted.device_id != device.id:
            raise Malformed("device_differs", field="device_id")
        receipts = deliver(caller, device, read_operations(wanted.operations), counted=True)
        return Pushed(receipts, clock.now(), backoff_s())


def deliver(
    caller: Caller, device: KnownDevice, operations: Sequence[Sent | Unreadable], *, counted: bool
) -> list[Receipt]:
    """As ``push``, for operations already read; they need not be counted where a person brings them."""
    readable = [one for one in operations if isinstance(one, Sent)]
    authors = authors_of(caller.store, device.county_code, {one.author_id for one in readable}, clock.now())
    ordered = sorted(readable, key=lambda one: (str(one.author_id), one.device_seq))
    outcomes: dict[int, Outcome] = {}
    try:
        for author_id, group in groupby(ordered, key=lambda one: one.author_id):
            outcomes |= _deliver_of(caller, device, authors[author_id], list(group), counted=counted)
    except OperationalError as error:
        raise Unavailable("push_failed") from error
    return [_receipt(one, outcomes.get(id(one))) for one in operations]


@dataclass(frozen=True)
class Pushed:
    """What a tablet is answered."""

    receipts: list[Receipt]
    server_time: datetime
    backoff_s: int


def _deliver_of(
    caller: Caller, device: KnownDevice, author: Author, sent: Sequence[Sent], *, counted: bool
) -> dict[int, Outcome]:
    """One author's operations in one transaction, by the object that was sent."""
    with transaction(_in_county(caller, device)) as work:
        take_turn(work, device.id, len(sent) if counted else 0)
        known = receipts_of(work, device.id, {one.op_id for one in sent})
        first = {one.op_id: one for one in reversed(sent)}
        fresh = [one for op_id, one in first.items() if op_id not in known.answers]
        fresh.sort(key=lambda one: one.device_seq)
        outcomes = _take_in(Delivery(work, author), device, fresh, known.forged)
        answers = known.answers | {one.op_id: (one.digest(), outcomes[one.op_id]) for one in fresh}
        return {id(one): _again(one, *answers[one.op_id]) for one in sent}


def _again(sent: Sent, digest: bytes, outcome: Outcome) -> Outcome:
    """What is answered to an operation whose id is known: the same to the same content, and to no other."""
    return outcome if digest == sent.digest() else rejected("op_id_reused")


def _take_in(
    delivery: Delivery, device: KnownDevice, fresh: Sequence[Sent], forged: Collection[UUID]
) -> dict[UUID, Outcome]:
    """Open, prove, apply and answer operations that have no receipt yet, or none that is to be believed."""
    work = delivery.work
    turned_away: dict[UUID, Outcome] = {}
    opened = [
        replace(one, doubt="receipt_forged") if one.sent.op_id in forged else one
        for one in _opened(delivery, device, fresh, turned_away)
    ]
    results = list(apply_in_order(delivery, opened, doubted=device.doubted))
    delivery.speak(work.now, None)
    ids = _lay_aside(delivery, device, results)
    final = [(one, _final(result, ids.get(one.sent.op_id))) for one, result in results]
    _note_refusals(delivery, results)
    add_receipts(work, device.id, [(one.sent, outcome) for one, outcome in final], forged)
    note_numbers(work, device.id, [one.sent.device_seq for one, _ in final])
    delivery.note(AccessEvent("sync:push", count=len(final)))
    delivery.stage_events()
    return turned_away | {one.sent.op_id: outcome for one, outcome in final}


def _note_refusals(delivery: Delivery, results: Iterable[tuple[Opened, Result]]) -> None:
    for one, result in results:
        if isinstance(result, Refusal):
            event = AccessEvent(f"push:{one.sent.kind}"[:40], "refused", result.code, record_id=one.sent.record_id)
            delivery.note(event)


def _opened(
    delivery: Delivery, device: KnownDevice, fresh: Sequence[Sent], turned_away: dict[UUID, Outcome]
) -> list[Opened]:
    """Those whose author is proven; the others are turned away, and what follows them on the same record with them."""
    found: list[Opened] = []
    records: dict[UUID, Outcome] = {}
    # What was written under one lease carries the same token, so most of a push is proven by its first operation.
    proven = cache(author_check(delivery.work.keys.row_key, device.id, delivery.author.user_id))
    for one in fresh:
        opened = records.get(one.record_id) or _open(delivery, device, one, proven)
        if isinstance(opened, Opened):
            found.append(opened)
            continue
        turned_away[one.op_id] = records[one.record_id] = opened
        delivery.note(AccessEvent("sync:push", "refused", opened.code or "", record_id=one.op_id))
    return found


def _open(
    delivery: Delivery, device: KnownDevice, sent: Sent, proven: Callable[[str], datetime | None]
) -> Opened | Outcome:
    """Unseal one operation and hold it to its author."""
    work = delivery.work
    name = OperationName(work.county_code, device.id, sent.op_id, sent.author_id, sent.kind, sent.record_id)
    try:
        sealed = urlsafe_b64decode(sent.sealed + "=" * (-len(sent.sealed) % 4))
        key = seal_key(work, sent.key_id)
    except ValueError:
        return rejected("operation_unreadable")
    except NotFound as error:
        return rejected(error.code)
    try:
        written = read_written(key.open(sealed, name))
    except SealBroken:
        return rejected("operation_unreadable")
    if written is None:
        return rejected("operation_unreadable")
    issued_at = proven(written.author_token)
    if issued_at is None:
        return rejected("author_unproven")
    return opened_of(delivery.author, sent, written, issued_at, work.now)


def _waiting(results: Iterable[tuple[Opened, Result]]) -> list[tuple[Opened, Refusal]]:
    """What a person must look at: what was refused, and what stands against another value."""
    waiting = []
    for one, result in results:
        if isinstance(result, Refusal):
            waiting.append((one, result))
        elif result.result is OperationResult.CONFLICT:
            waiting.append((one, Refusal(result.code or "", result.field)))
    return waiting


def _lay_aside(delivery: Delivery, device: KnownDevice, results: Sequence[tuple[Opened, Result]]) -> dict[UUID, UUID]:
    """Lay aside what waits for a person, and close what was bettered; the reviews by operation."""
    waiting = _waiting(results)
    # Else phone numbers could be tried out unseen, each guess taking the one before it off the township's list.
    in_question = [one for one, _ in waiting if one.sent.kind == OperationKind.CONTACT]
    replaced = [
        (one.written.replaces, one.sent.kind) for one, _ in results if one.written.replaces and one not in in_question
    ]
    if not waiting and not replaced:
        return {}
    work = delivery.work
    with widened(work):
        ids = lay_aside(work, [_aside(work, delivery, device, one, refusal) for one, refusal in waiting])
        close_replaced(work, delivery.author.user_id, replaced)
    return ids


def _aside(work: Work, delivery: Delivery, device: KnownDevice, opened: Opened, refusal: Refusal) -> Aside:
    """Where it waits: the place it is about, else where its author works, else the tablet's own township."""
    sent = opened.sent
    there = whereabouts(work, sent.kind, sent.record_id, hints_of(opened))
    where = there or Whereabouts(delivery.author.home or device.area_code)
    return Aside(opened, device.id, where, refusal.code, refusal.field)


def _final(result: Result, review_id: UUID | None) -> Outcome:
    if isinstance(result, Refusal):
        return Outcome(OperationResult.QUARANTINED, None, result.code, result.field, review_id)
    return result if review_id is None else replace(result, review_id=review_id)


def _receipt(sent: Sent | Unreadable, outcome: Outcome | None) -> Receipt:
    told = rejected("operation_unreadable") if outcome is None else outcome
    op_id, record_id = (None if id_ is None else str(id_) for id_ in (sent.op_id, sent.record_id))
    return Receipt(op_id, record_id, told.result, told.version, told.code, told.field, told.review_id)


def _in_county(caller: Caller, device: KnownDevice) -> Caller:
    """The tablet as the caller, bound to its county: it reads nothing but keys and receipts."""
    identity: Identity = replace(caller.identity, county_code=device.county_code, device_id=device.id)
    return replace(caller, identity=identity)
