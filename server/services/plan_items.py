"""Tasks of a plan: what is mine to do, and saying that it is done."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from server.domain.codes_care import ConsentScope, PlanState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.errors import Conflict
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, PlanItem
from server.services.plan_reading import ItemView, item_view
from server.store.care import Reach, note_care, record_for_change
from server.store.consents import require_consent
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.plans import DETAIL, open_items
from server.store.records import count_up
from server.store.transaction import Caller, Work, transaction

#: "Own" means a task that is the caller's to do.
_DOING = Reach(Permission.PLAN_ITEM_DO, PlanItem, PlanItem.owner_id)


def list_items(caller: Caller, asked: PageAsked) -> "Page[OpenItem]":
    """The caller's own undone tasks of running plans; one event names everybody they are for."""
    with transaction(caller) as work:
        page = open_items(work, asked)
        return page.of(open_item_views(work, page.items))


def open_item_views(work: Work, rows: Sequence[PlanItem]) -> "list[OpenItem]":
    """These tasks, opened for the caller, in the rows' order."""
    event = AccessEvent(Permission.PLAN_ITEM_DO, table="plan_item", fields=(DETAIL,))
    keys = disclose(work, event, [row.resident_id for row in rows])
    return [OpenItem(row.entry_id, item_view(keys, row)) for row in rows]


def do_item(caller: Caller, item_id: UUID, version: int) -> ItemView:
    """Say that a task is done.

    Raises NotFound; Stale; Conflict ``plan_item_done``, ``plan_not_running``, ``consent_missing``.
    """
    with transaction(caller) as work:
        item = item_to_do(work, item_id, version)
        do_item_in(work, item)
        event = AccessEvent(Permission.PLAN_ITEM_DO, table="plan_item", record_id=item.id, fields=(DETAIL,))
        return item_view(disclose(work, event, [item.resident_id]), item)


def item_to_do(work: Work, item_id: UUID, version: int | None) -> PlanItem:
    """A task of the caller's own, its entry locked; raises NotFound, Stale."""
    return record_for_change(work, _DOING, item_id, version)


def do_item_in(work: Work, item: PlanItem) -> None:
    """Say within an open transaction that a task is done; raises as ``do_item`` does."""
    entry = work.session.get_one(LedgerEntry, (work.county_code, item.entry_id))
    require_consent(work, entry, ConsentScope.PLAN_VISIT)
    _check_open(work, item)
    item.done_at, item.done_by = work.now, work.identity.user_id
    count_up(work, item)
    note_care(work, "plan_item:do", item)


def _check_open(work: Work, item: PlanItem) -> None:
    plan = work.session.get_one(CarePlan, (work.county_code, item.plan_id))
    if plan.state != PlanState.ACTIVE:
        raise Conflict("plan_not_running")
    if item.done_at is not None:
        raise Conflict("plan_item_done")


@dataclass(frozen=True, repr=False)
class OpenItem:
    """A task of the caller's, and the entry it is for."""

    entry_id: UUID
    item: ItemView
