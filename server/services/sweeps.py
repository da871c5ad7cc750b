"""A sweep of one township and kind: seeing it, handing it in, opening it again, and its villages' confirmations."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server.domain.area_codes import Level, parse_code_of
from server.domain.codes import PeriodState
from server.domain.completeness import places_of, tally
from server.domain.pages import Page, PageAsked
from server.domain.periods import Period
from server.domain.permissions import Facts, Permission, may
from server.domain.returns import ReopenReason
from server.domain.sweep_states import SweepAct, check_confirmable, check_submittable
from server.errors import Conflict, NotFound
from server.models.sweep import Sweep, VillageConfirmation
from server.store import completeness, sweeps
from server.store.transaction import Caller, transaction


@dataclass(frozen=True)
class SweepView:
    """One sweep and where it stands."""

    id: UUID
    month_id: UUID
    township_code: str
    period: str
    kind: str
    state: str
    submitted_by: UUID | None
    submitted_at: datetime | None
    reopen_reason: str | None
    version: int


@dataclass(frozen=True)
class ConfirmationView:
    """A village officer's word that a village's returns are complete, and what was counted."""

    id: UUID
    sweep_id: UUID
    village_code: str
    return_count: int
    item_count: int
    confirmed_by: UUID
    confirmed_at: datetime


def read_sweep(caller: Caller, sweep_id: UUID) -> SweepView:
    """One sweep; raises NotFound."""
    with transaction(caller) as work:
        return sweep_view(sweeps.sweep_by_id(work, Permission.MONTH_READ, sweep_id))


def submit_sweep(caller: Caller, sweep_id: UUID, version: int) -> SweepView:
    """Hand a sweep to the township once every village of the month is confirmed.

    Raises NotFound, Stale, Conflict ``sweep_villages_missing`` or ``sweep_transition_forbidden``.
    """
    with transaction(caller) as work:
        sweep = sweeps.sweep_for_change(work, Permission.SWEEP_SUBMIT, sweep_id, version)
        villages = places_of(completeness.areas_in(work, (sweep.area_code,), Period(sweep.period)))
        check_submittable(len(villages.keys() - sweeps.confirmed_villages(work, sweep_id)), late_reason=None)
        sweeps.move(work, sweep, SweepAct.SUBMIT)
        sweep.submitted_by, sweep.submitted_at = caller.identity.user_id, work.now
        return sweep_view(sweep)


def reopen_sweep(caller: Caller, sweep_id: UUID, version: int, reason: ReopenReason) -> SweepView:
    """Open a submitted sweep again while its month is open.

    Raises NotFound, Stale, Conflict ``month_not_open`` or ``sweep_transition_forbidden``.
    """
    with transaction(caller) as work:
        sweep = sweeps.sweep_for_change(work, Permission.SWEEP_REOPEN, sweep_id, version)
        state = sweeps.state_of_month(work, sweep.month_id)
        if state != PeriodState.OPEN:
            raise Conflict("month_not_open", state=state)
        sweeps.move(work, sweep, SweepAct.REOPEN)
        sweep.reopen_reason = str(reason)
        return sweep_view(sweep)


def confirm_village(caller: Caller, sweep_id: UUID, village_code: str) -> ConfirmationView:
    """Confirm that a village's returns are complete; a return that comes later takes the confirmation back.

    Raises NotFound for a village that is not the caller's or was not there in the month, Conflict
    ``village_grids_missing``, ``sweep_not_taking_returns``, or ``record_exists`` when it is confirmed already.
    """
    with transaction(caller) as work:
        village = parse_code_of(Level.VILLAGE, village_code, "village_code")
        sweep = sweeps.sweep_for_change(work, Permission.VILLAGE_CONFIRM, sweep_id)
        places = places_of(completeness.areas_in(work, (village,), Period(sweep.period)))
        inside = may(caller.identity, Permission.VILLAGE_CONFIRM, Facts(village))
        if not inside or village not in places or not village.startswith(sweep.area_code):
            raise NotFound("not_found")
        sweeps.check_taking(sweep)
        filed = completeness.filed_in(work, sweep_id, (village,))
        check_confirmable(places[village], [one.area_code for one in filed])
        count = tally(places, filed, ()).total
        row = sweeps.confirm(work, sweep_id, sweeps.Confirmed(village, count.returned, count.items))
        return _confirmation_view(row)


def list_confirmations(caller: Caller, sweep_id: UUID, asked: PageAsked) -> Page[ConfirmationView]:
    """A page of a sweep's confirmations in the caller's villages; raises NotFound for another's sweep."""
    with transaction(caller) as work:
        sweeps.sweep_by_id(work, Permission.RETURN_READ, sweep_id)
        page = sweeps.confirmations_page(work, sweep_id, asked)
        return page.of([_confirmation_view(row) for row in page.items])


def sweep_view(row: Sweep) -> SweepView:
    """A sweep's row as it is shown."""
    return SweepView(
        id=row.id,
        month_id=row.month_id,
        township_code=row.area_code,
        period=row.period,
        kind=row.kind,
        state=row.state,
        submitted_by=row.submitted_by,
        submitted_at=row.submitted_at,
        reopen_reason=row.reopen_reason,
        version=row.version,
    )


def _confirmation_view(row: VillageConfirmation) -> ConfirmationView:
    return ConfirmationView(
        id=row.id,
        sweep_id=row.sweep_id,
        village_code=row.area_code,
        return_count=row.return_count,
        item_count=row.item_count,
        confirmed_by=row.confirmed_by,
        confirmed_at=row.confirmed_at,
    )
