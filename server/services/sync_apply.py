"""Applying operations kind by kind, in their tablet's order; facts and looks in runs, for there are many."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby

from server.domain.codes import Purpose
from server.domain.codes_sync_push import OperationKind as Kind
from server.domain.identity import Grant
from server.domain.tablet_operations import Opened, Outcome
from server.errors import Invalid
from server.services.sync_apply_care import apply_advice, apply_plan_item, apply_safety_event, apply_visit
from server.services.sync_apply_contact import apply_contact
from server.services.sync_apply_notes import apply_purge, apply_views
from server.services.sync_apply_sweep import apply_observations, apply_return
from server.services.sync_delivery import Delivery, Refusal
from server.store.transaction import Work

#: For which purpose each kind is done; the others need none.
PURPOSES: Mapping[str, Purpose] = {
    Kind.RETURN: Purpose.SWEEP,
    Kind.OBSERVATION: Purpose.SWEEP,
    Kind.VISIT: Purpose.CARE,
    Kind.FAMILY_ADVICE: Purpose.CARE,
    Kind.SAFETY_EVENT: Purpose.CARE,
    Kind.PLAN_ITEM: Purpose.CARE,
    Kind.CONTACT: Purpose.CARE,
}
_SINGLY: Mapping[str, Callable[[Work, Opened], Outcome]] = {
    Kind.RETURN: apply_return,
    Kind.VISIT: apply_visit,
    Kind.FAMILY_ADVICE: apply_advice,
    Kind.SAFETY_EVENT: apply_safety_event,
    Kind.PLAN_ITEM: apply_plan_item,
    Kind.CONTACT: apply_contact,
    Kind.PURGE: apply_purge,
}
_IN_RUNS: Mapping[str, Callable[[Work, Sequence[Opened]], list[Outcome]]] = {
    Kind.OBSERVATION: apply_observations,
    Kind.VIEW: apply_views,
}
#: What a tablet notes by itself; it changes no record.
_TRACES = frozenset({Kind.VIEW, Kind.PURGE})

Result = Outcome | Refusal


def apply_in_order(
    delivery: Delivery, operations: Sequence[Opened], *, doubted: bool
) -> Iterator[tuple[Opened, Result]]:
    """Try each operation; what became of it, in their order. Raises as ``Delivery.attempt`` does.

    What a ``doubted`` tablet delivers, or is in doubt by itself, is kept for the township and tried by nobody here, but
    for what a tablet noted itself.
    """
    for (kind, _, doubt), group in groupby(operations, key=lambda one: _like(delivery, one)):
        run = list(group)
        why = "tablet_doubted" if doubted else doubt
        if why and kind not in _TRACES:
            yield from ((one, Refusal(why)) for one in run)
            continue
        delivery.speak(run[0].moment, PURPOSES.get(kind))
        if kind in _IN_RUNS:
            yield from zip(run, _run(delivery, run), strict=True)
        else:
            yield from ((one, delivery.attempt(lambda one=one: apply_one(delivery.work, one))) for one in run)  # type: ignore[misc]


def apply_one(work: Work, opened: Opened) -> Outcome:
    """Apply one operation by its kind; raises as its rules do, and Invalid ``kind_unknown``."""
    kind = opened.sent.kind
    if kind in _IN_RUNS:
        return _IN_RUNS[kind](work, [opened])[0]
    apply = _SINGLY.get(kind)
    if apply is None:
        raise Invalid("kind_unknown")
    return apply(work, opened)


def _like(delivery: Delivery, opened: Opened) -> tuple[str, tuple[Grant, ...], str | None]:
    """What operations of one run have in common: their kind, the roles that speak for them, and what against them."""
    return opened.sent.kind, delivery.author.grants(opened.moment, delivery.work.now), opened.doubt


def _run(delivery: Delivery, run: Sequence[Opened]) -> list[Result]:
    """Do a run at once; where something in it is refused, each half by itself, until only that is left out."""
    done = delivery.attempt(lambda: _IN_RUNS[run[0].sent.kind](delivery.work, run))
    if not isinstance(done, Refusal):
        return list(done)
    if len(run) == 1:
        return [done]
    middle = len(run) // 2
    return [*_run(delivery, run[:middle]), *_run(delivery, run[middle:])]
