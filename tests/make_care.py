"""People in care, for tests: an entry in any state with its carers, consents, plan and visits, made through the store."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from server import clock
from server.domain.codes import LedgerState, Purpose, Role, Urgency
from server.domain.codes_care import ConsentScope
from server.domain.identity import Grant, Identity
from server.domain.ledger_states import IN_SERVICE_STATES, TERMINAL_STATES
from server.models.consent import Consent
from server.models.ledger import LedgerEntry
from server.models.plan import CarePlan, Visit
from server.models.referral import Agency, AgencyMember
from server.store.care import columns_of, sealing_keys
from server.store.ledger import NewEntry, draft_entry, insert_entries, take_numbers
from server.store.transaction import Caller, Work, new_id, transaction
from tests.make import County, a_caller
from tests.make_ledger import PERIOD, observed

#: What somebody has agreed to when they are in this state, unless a test says otherwise.
AGREED: dict[LedgerState, tuple[ConsentScope, ...]] = {
    LedgerState.CONSENTED: (ConsentScope.ASSESSMENT,),
    LedgerState.ASSESSED: (ConsentScope.ASSESSMENT, ConsentScope.PLAN_VISIT),
    LedgerState.PLAN_ACTIVE: (ConsentScope.ASSESSMENT, ConsentScope.PLAN_VISIT),
    LedgerState.PAUSED: (ConsentScope.ASSESSMENT, ConsentScope.PLAN_VISIT),
    LedgerState.STABLE: (ConsentScope.ASSESSMENT, ConsentScope.PLAN_VISIT),
}


@dataclass(frozen=True)
class InCare:
    """Somebody in care: their entry, and the assessor who looks after them."""

    county: County
    entry_id: UUID
    resident_id: UUID
    area_code: str
    assessor: Caller

    @property
    def coordinator(self) -> Caller:
        """The township's coordinator."""
        return a_caller(self.county, Role.TOWNSHIP_COORDINATOR, self.county.township, Purpose.REVIEW)


def an_assessor(county: County, user_id: UUID | None = None, role: Role = Role.ASSESSOR, area: str = "") -> Caller:
    """An assessor (or another carer) at care; with an id, that very user."""
    grants = (Grant(new_id(), role, area or county.township),)
    identity = Identity(user_id or new_id(), county.code, new_id(), new_id(), grants, Purpose.CARE)
    return Caller(identity, county.store)


def in_care(
    county: County,
    state: LedgerState = LedgerState.CONSENTED,
    *,
    carers: tuple[UUID, ...] = (),
    consents: tuple[ConsentScope, ...] | None = None,
    resident_id: UUID | None = None,
    **changes: object,
) -> InCare:
    """Somebody whose entry stands in this state, looked after by an assessor of the first township and these carers.

    Without a resident, one is made with an observation. ``changes`` overwrite columns of the entry.
    """
    person = None if resident_id else observed(county)
    known = resident_id or (person.resident_id if person else new_id())
    assessor = an_assessor(county)
    entry_id = new_id()
    with transaction(assessor) as work:
        entry = _entry(work, county, entry_id, known, state, (assessor.identity.user_id, *carers))
        for name, value in changes.items():
            setattr(entry, name, value)
        insert_entries(work, [entry], [(entry_id, person.observation_id)] if person else [])
        for scope in AGREED.get(state, ()) if consents is None else consents:
            work.session.add(_consent(work, entry, scope))
    return InCare(county, entry_id, known, county.grid, assessor)


def a_consent(person: InCare, scope: ConsentScope, agency_id: UUID | None = None, **changes: object) -> UUID:
    """A further consent of somebody in care."""
    with transaction(person.assessor) as work:
        row = _consent(work, entry_of(work, person), scope, agency_id)
        for name, value in changes.items():
            setattr(row, name, value)
        work.session.add(row)
        return row.id


def a_plan(person: InCare, *, visitor_id: UUID | None = None, visits: int = 1, **changes: object) -> UUID:
    """A running plan with this many planned visits, due in the coming days, for the visitor (or the assessor)."""
    assessor_id = person.assessor.identity.user_id
    today = clock.today()
    with transaction(person.assessor) as work:
        entry = entry_of(work, person)
        columns = columns_of(work, entry)
        keys = sealing_keys(work, "plan:write", entry.resident_id, "care_plan.goals")
        plan = CarePlan(
            **columns, number=1, state="active", lead_id=assessor_id, visit_frequency="monthly",
            sealed_goals=keys.seal("care_plan.goals", columns["id"], entry.resident_id, "每天出门走一走"),
            visitor_id=visitor_id or assessor_id, starts_on=today, review_due_on=today + timedelta(days=90),
            agreed_at=work.now, agreed_by="self", copy_given=True,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(plan, name, value)
        work.session.add(plan)
        work.session.flush()
        for number in range(visits):
            work.session.add(_visit(work, entry, plan, today + timedelta(days=number)))
        return plan.id


def visits_of(person: InCare) -> list[Visit]:
    """Every visit of somebody in care, by due date."""
    with transaction(person.coordinator) as work:
        statement = select(Visit).where(Visit.county_code == person.county.code, Visit.entry_id == person.entry_id)
        return list(work.session.scalars(statement.order_by(Visit.due_to, Visit.id)))


def an_agency(county: County, *members: UUID, **changes: object) -> UUID:
    """A hospital's clinic that takes green-channel referrals, and who answers for it."""
    admin = a_caller(county, Role.SYSADMIN, county.code)
    with transaction(admin) as work:
        agency = Agency(
            county_code=county.code, id=new_id(), name=f"试验县人民医院心理门诊{new_id().hex[-6:]}", kind="14",
            phone="0000-12345", hours="周一至周五 8:00-17:00", green_channel=True, active=True, version=1,
            created_by=admin.identity.user_id, created_at=work.now, updated_at=work.now,
        )  # fmt: skip
        for name, value in changes.items():
            setattr(agency, name, value)
        work.session.add(agency)
        work.session.flush()
        for user_id in members:
            work.session.add(
                AgencyMember(county_code=county.code, id=new_id(), agency_id=agency.id, user_id=user_id, since=work.now)
            )
        return agency.id


def entry_of(work: Work, person: InCare) -> LedgerEntry:
    """The entry's row."""
    return work.session.get_one(LedgerEntry, (person.county.code, person.entry_id))


def _entry(
    work: Work, county: County, entry_id: UUID, resident_id: UUID, state: LedgerState, carers: tuple[UUID, ...]
) -> LedgerEntry:
    (number,) = take_numbers(work, county.township, 2026, 1)
    entry = draft_entry(work, number, NewEntry(entry_id, resident_id, county.grid, PERIOD, Urgency.ROUTINE, ["2"]))
    entry.reporter_id, entry.reviewer_id = new_id(), new_id()
    entry.state = state.value
    accepted = work.now - timedelta(days=5)
    if state in IN_SERVICE_STATES | TERMINAL_STATES:
        entry.assessor_id, entry.carer_ids = carers[0], list(carers)
        entry.reported_at = entry.decided_at = entry.accepted_at = accepted
        entry.first_contact_due_at = accepted + timedelta(days=9)
        entry.expires_at = accepted + timedelta(days=360)
    if state in TERMINAL_STATES:
        entry.closed_at, entry.purge_due_at = work.now, work.now + timedelta(days=700)
    return entry


def _consent(work: Work, entry: LedgerEntry, scope: ConsentScope, agency_id: UUID | None = None) -> Consent:
    return Consent(
        **columns_of(work, entry), scope=scope.value, agency_id=agency_id, state="given", leaflet_version="2026-1",
        asked_at=work.now, answered_at=work.now, given_by="self", method="paper", guardian_conflict=False,
    )  # fmt: skip


def _visit(work: Work, entry: LedgerEntry, plan: CarePlan, due: date) -> Visit:
    return Visit(
        **columns_of(work, entry), plan_id=plan.id, period=f"{due:%Y%m}", due_from=due, due_to=due,
        assignee_id=plan.visitor_id, state="planned", rescheduled=0,
    )  # fmt: skip
