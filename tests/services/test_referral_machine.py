"""Referrals as a state machine: any order of acts by anybody, on the real services and database, keeps to the table."""

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import Engine, select, update

from server import clock
from server.domain.codes_care import ConsentState, ReferralState
from server.domain.codes_referral import Direction, ReferralOutcome, ReferralRejection
from server.domain.referral_states import PACKET_STATES, RUNNING_STATES, UNSENT_STATES, ReferralAct, find
from server.errors import Conflict, LinliError, NotFound
from server.models.consent import Consent
from server.models.referral import Referral, ReferralStep
from server.services.referral_answers import (
    Attendance,
    Feedback,
    Rejection,
    appoint_referral,
    attend_referral,
    receive_referral,
    reject_referral,
    tell_outcome,
)
from server.services.referral_clock import mark_unanswered
from server.services.referral_reading import ReferralForAgency, ReferralStatus, read_referral
from server.services.referrals import cancel_referral, close_referral, send_referral
from server.store.care_stop import stop_unsent_referrals
from server.store.transaction import Store, transaction
from tests.conftest import a_county_code
from tests.make import County, a_county
from tests.make_referrals import Referring, drafted, referring

Act = Callable[[Referring, UUID, int], ReferralStatus]
FULL = Rejection(ReferralRejection.NO_CAPACITY)
DONE = Feedback(ReferralOutcome.SERVICE_STARTED)
ACTS: dict[ReferralAct, Act] = {
    ReferralAct.SEND: lambda made, id_, version: send_referral(made.assessor, id_, version),
    ReferralAct.CANCEL: lambda made, id_, version: cancel_referral(made.assessor, id_, version),
    ReferralAct.RECEIVE: lambda made, id_, version: receive_referral(made.clinic, id_, version),
    ReferralAct.REJECT: lambda made, id_, version: reject_referral(made.clinic, id_, version, FULL),
    ReferralAct.APPOINT: lambda made, id_, version: appoint_referral(
        made.clinic, id_, version, clock.now() + timedelta(days=1)
    ),
    ReferralAct.ATTEND: lambda made, id_, version: attend_referral(
        made.clinic, id_, version, Attendance(attended=True)
    ),
    ReferralAct.MISS: lambda made, id_, version: attend_referral(made.clinic, id_, version, Attendance(attended=False)),
    ReferralAct.TELL: lambda made, id_, version: tell_outcome(made.clinic, id_, version, DONE),
    ReferralAct.CLOSE: lambda made, id_, version: close_referral(made.assessor, id_, version, None),
}


class Way(RuleBasedStateMachine):
    """One referral, moved by everybody in any order."""

    county: County

    @initialize(agreed=st.booleans())
    def begin(self, *, agreed: bool) -> None:
        self.made, self.agreed = referring(self.county, agreed=agreed), agreed
        view = drafted(self.made)
        self.id, self.state, self.version = view.id, ReferralState(view.state), view.version

    @rule(act=st.sampled_from(sorted(ACTS)))
    def move(self, act: ReferralAct) -> None:
        """Any act in any state: either the table's move, or a refusal that changes nothing."""
        expected = self.allowed(act)
        try:
            view = ACTS[act](self.made, self.id, self.version)
        except LinliError:
            assert expected is None
        else:
            assert view.state == expected
            self.state, self.version = ReferralState(view.state), view.version

    @rule()
    def withdraw(self) -> None:
        """The person takes consent back: what was not sent is called off at once."""
        with transaction(self.made.assessor) as work:
            mine = Consent.entry_id == self.made.person.entry_id, Consent.agency_id == self.made.agency_id
            work.session.execute(update(Consent).where(*mine).values(state=ConsentState.WITHDRAWN.value))
            stop_unsent_referrals(work, [self.made.person.entry_id], self.made.agency_id)
        self.agreed = False
        if self.state in UNSENT_STATES:
            self.state, self.version = ReferralState.CANCELLED, self.version + 1

    @rule()
    def pass_time(self) -> None:
        """The clockwork comes by a month later."""
        with transaction(self.made.person.coordinator) as work:
            mark_unanswered(work, work.now + timedelta(days=30))
        if self.state is ReferralState.SENT:
            self.state, self.version = ReferralState.NO_ACK, self.version + 1

    @invariant()
    def holds(self) -> None:
        """Invariants 3 and 12, and that the agency sees the packet exactly while it holds the person."""
        with transaction(self.made.assessor) as work:
            row = work.session.scalars(select(Referral).where(Referral.id == self.id)).one()
            steps = work.session.scalars(
                select(ReferralStep).where(ReferralStep.referral_id == self.id).order_by(ReferralStep.id)
            ).all()
        assert (row.state, row.version) == (self.state, self.version)
        assert steps[-1].to_state == self.state
        assert all(later.from_state == earlier.to_state for earlier, later in pairwise(steps))
        assert (row.sent_at is None) or any(step.act == "clear" and step.reason == "consent" for step in steps)
        assert self.seen() == (self.state in PACKET_STATES)

    def seen(self) -> bool:
        try:
            view = read_referral(self.made.clinic, self.id)
        except NotFound:
            return False
        return isinstance(view, ReferralForAgency) and view.packet is not None

    def allowed(self, act: ReferralAct) -> ReferralState | None:
        if act is ReferralAct.SEND and self.state in UNSENT_STATES:
            return ReferralState.SENT if self.agreed else None
        held = self.state in RUNNING_STATES - {ReferralState.NO_ACK}
        if act is ReferralAct.CLOSE and held and self.agreed:
            return None
        try:
            return find(Direction.OUT, self.state, act).target
        except Conflict:
            return None


def test_any_order_of_acts_keeps_to_the_table(store: Store, owner_engine: Engine) -> None:
    Way.county = a_county(store, owner_engine, a_county_code())
    few = settings(max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Way, settings=few)
