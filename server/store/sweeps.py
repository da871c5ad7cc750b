"""A township's sweeps: reading one, keeping it still while returns are counted, and its villages' confirmations."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import InstrumentedAttribute

from server.domain.codes import PeriodState, SweepState
from server.domain.pages import Page, PageAsked
from server.domain.permissions import Permission
from server.domain.sweep_states import SweepAct, sweep_transition, takes_returns
from server.errors import Conflict, Forbidden
from server.models.sweep import Month, Sweep, VillageConfirmation
from server.store.events import AccessEvent
from server.store.months import around
from server.store.pages import records_page
from server.store.records import as_read, count_up, found, note_written
from server.store.scope import ScopeColumns, within
from server.store.taken import insert_new
from server.store.transaction import Work, new_id, widened

_CONFIRMATION_SCOPE = ScopeColumns(VillageConfirmation.area_code, VillageConfirmation.confirmed_by)


@dataclass(frozen=True)
class Confirmed:
    """What a village officer confirmed: how many returns, with how many items."""

    village_code: str
    return_count: int
    item_count: int


def sweep_by_id(work: Work, permission: Permission, sweep_id: UUID) -> Sweep:
    """One sweep; raises NotFound ``not_found``."""
    with widened(work):
        return found(work.session.scalar(_sweeps(work, permission).where(Sweep.id == sweep_id)))


def open_sweeps(work: Work) -> Sequence[Sweep]:
    """The sweeps of open months around the caller, the newest month first; none for whoever makes no sweeps."""
    try:
        statement = _sweeps(work, Permission.MONTH_READ)
    except Forbidden:
        return []
    month = (Month.county_code == Sweep.county_code) & (Month.id == Sweep.month_id)
    statement = statement.join(Month, month).where(Month.state == PeriodState.OPEN.value)
    with widened(work):
        return work.session.scalars(statement.order_by(Sweep.period.desc(), Sweep.area_code, Sweep.kind)).all()


def sweep_for_change(work: Work, permission: Permission, sweep_id: UUID, version: int | None = None) -> Sweep:
    """One sweep, with nobody filing or counting beside; raises NotFound, Stale ``record_changed``."""
    statement = _sweeps(work, permission).where(Sweep.id == sweep_id).with_for_update()
    with widened(work):
        return as_read(work.session.scalar(statement), version)


def sweep_for_filing(work: Work, sweep_id: UUID) -> Sweep:
    """A sweep that takes returns, now collecting; others may file beside, but nobody may submit or confirm.

    Raises NotFound, and Conflict ``sweep_not_taking_returns``.
    """
    statement = _sweeps(work, Permission.RETURN_SUBMIT).where(Sweep.id == sweep_id)
    with widened(work):
        sweep = found(work.session.scalar(statement))
        alone = sweep.state == SweepState.OPEN
        # Only the first return writes the sweep; those after it share the lock and do not wait for one another.
        again = statement.with_for_update(read=not alone).execution_options(populate_existing=True)
        sweep = found(work.session.scalar(again))
        check_taking(sweep)
        if sweep.state == SweepState.OPEN:
            move(work, sweep, SweepAct.COLLECT)
            work.session.flush()
    return sweep


def check_taking(sweep: Sweep) -> None:
    """Hold that returns may still come; raises Conflict ``sweep_not_taking_returns``."""
    if not takes_returns(SweepState(sweep.state)):
        raise Conflict("sweep_not_taking_returns", state=sweep.state)


def move(work: Work, sweep: Sweep, act: SweepAct) -> None:
    """Make a move of the sweep's life and note it; raises Conflict ``sweep_transition_forbidden``."""
    sweep.state = str(sweep_transition(SweepState(sweep.state), act))
    count_up(work, sweep)
    note_written(work, f"sweep:{act}", sweep)


def state_of_month(work: Work, month_id: UUID) -> str:
    """The state of the month of a sweep already found within scope, as it is at this moment."""
    statement = select(Month.state).where(Month.county_code == work.county_code, Month.id == month_id)
    with widened(work):
        return work.session.execute(statement).scalar_one()


def confirm(work: Work, sweep_id: UUID, said: Confirmed) -> VillageConfirmation:
    """A village's confirmation; raises Conflict ``record_exists`` when it is confirmed already."""
    row = VillageConfirmation(
        county_code=work.county_code,
        id=new_id(),
        sweep_id=sweep_id,
        area_code=said.village_code,
        return_count=said.return_count,
        item_count=said.item_count,
        confirmed_by=work.identity.user_id,
        confirmed_at=work.now,
    )
    insert_new(work, row)
    work.note(AccessEvent("village:confirm", table="village_confirmation", record_id=row.id, version_after=1))
    return row


def unconfirm(work: Work, sweep_id: UUID, village_code: str) -> None:
    """Take a village's confirmation back, if there is one: what it counted has changed."""
    statement = delete(VillageConfirmation).where(
        VillageConfirmation.county_code == work.county_code,
        VillageConfirmation.sweep_id == sweep_id,
        VillageConfirmation.area_code == village_code,
    )
    with widened(work):
        gone = work.session.scalars(statement.returning(VillageConfirmation.id)).all()
    for row_id in gone:
        work.note(AccessEvent("village:unconfirm", table="village_confirmation", record_id=row_id, version_before=1))


def confirmations_page(work: Work, sweep_id: UUID, asked: PageAsked) -> Page[VillageConfirmation]:
    """A page of a sweep's confirmations within the caller's villages."""
    scope = within(work.identity, Permission.RETURN_READ, _CONFIRMATION_SCOPE)
    statement = _confirmations(work, sweep_id).where(scope)
    return records_page(work.session, statement, VillageConfirmation.id, asked)


def confirmed_villages(work: Work, sweep_id: UUID) -> set[str]:
    """Codes of the villages confirmed in a sweep already found within scope."""
    code: InstrumentedAttribute[str] = VillageConfirmation.area_code
    with widened(work):
        return {row.area_code for row in work.session.execute(_confirmations(work, sweep_id).with_only_columns(code))}


def _confirmations(work: Work, sweep_id: UUID) -> Select[VillageConfirmation]:
    return select(VillageConfirmation).where(
        VillageConfirmation.county_code == work.county_code, VillageConfirmation.sweep_id == sweep_id
    )


def _sweeps(work: Work, permission: Permission) -> Select[Sweep]:
    condition = around(work.identity, permission, Sweep.area_code)
    return select(Sweep).where(Sweep.county_code == work.county_code, condition)
