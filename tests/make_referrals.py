"""Referrals for tests, made through the services: an agency with its people, and a referral at any place of its way."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from server import clock
from server.domain.codes import LedgerState, Purpose, Role
from server.domain.codes_care import ConsentScope
from server.domain.codes_referral import ReferralOutcome, ReferralReason, ReferralRejection, ReferralUrgency
from server.domain.identity import Grant, Identity
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
from server.services.referral_reading import ReferralStatus
from server.services.referrals import NewReferral, draft_referral, send_referral
from server.services.referrals_in import NewReferralIn, refer_in
from server.store.transaction import Caller, new_id
from tests.make import County
from tests.make_care import InCare, a_consent, an_agency, in_care


@dataclass(frozen=True)
class Referring:
    """Somebody in care, the agency they are referred to, and who answers there."""

    person: InCare
    agency_id: UUID
    clinic: Caller

    @property
    def assessor(self) -> Caller:
        """Who looks after the person."""
        return self.person.assessor


def a_clinic(county: County, user_id: UUID | None = None) -> Caller:
    """Somebody who answers for an agency, at care."""
    grants = (Grant(new_id(), Role.RECEIVING_AGENCY, county.code),)
    return Caller(Identity(user_id or new_id(), county.code, new_id(), new_id(), grants, Purpose.CARE), county.store)


def referring(
    county: County, *users: UUID, carers: tuple[UUID, ...] = (), agreed: bool = True, **agency: object
) -> Referring:
    """Somebody with a running plan who agreed to be referred to an agency that these users answer for."""
    clinic = a_clinic(county)
    agency_id = an_agency(county, clinic.identity.user_id, *users, **agency)
    person = in_care(county, LedgerState.PLAN_ACTIVE, carers=carers)
    if agreed:
        a_consent(person, ConsentScope.REFERRAL_SHARE, agency_id)
    return Referring(person, agency_id, clinic)


def drafted(made: Referring, urgency: ReferralUrgency = ReferralUrgency.ROUTINE, **changes: object) -> ReferralStatus:
    """A referral nobody outside has seen."""
    values: dict[str, object] = {"agency_id": made.agency_id, "urgency": urgency, "reason": ReferralReason.SPECIALIST}
    new = NewReferral(**values | changes)  # type: ignore[arg-type]
    return draft_referral(made.assessor, made.person.entry_id, new)


def sent(made: Referring, urgency: ReferralUrgency = ReferralUrgency.ROUTINE, **changes: object) -> ReferralStatus:
    """A referral the agency can see."""
    view = drafted(made, urgency, **changes)
    return send_referral(made.assessor, view.id, view.version)


def received(made: Referring, urgency: ReferralUrgency = ReferralUrgency.ROUTINE) -> ReferralStatus:
    """A referral the agency took."""
    view = sent(made, urgency)
    return receive_referral(made.clinic, view.id, view.version)


def rejected(made: Referring) -> ReferralStatus:
    """A referral the agency could not take."""
    view = sent(made)
    return reject_referral(made.clinic, view.id, view.version, Rejection(ReferralRejection.NO_CAPACITY))


def appointed(made: Referring) -> ReferralStatus:
    """A referral with a day."""
    view = received(made)
    return appoint_referral(made.clinic, view.id, view.version, clock.now() + timedelta(hours=1))


def attended(made: Referring, *, came: bool = True) -> ReferralStatus:
    """A referral whose person came, or did not."""
    view = appointed(made)
    return attend_referral(made.clinic, view.id, view.version, Attendance(came))


def told(made: Referring, text: str | None = "已约定每两周来一次。") -> ReferralStatus:
    """A referral of which the agency told what came."""
    view = attended(made)
    return tell_outcome(made.clinic, view.id, view.version, Feedback(ReferralOutcome.SERVICE_STARTED, text))


def referred_in(county: County, *users: UUID, clinic: Caller | None = None, **changes: object) -> ReferralStatus:
    """Somebody an agency told the first township of."""
    sender = clinic or a_clinic(county)
    values: dict[str, object] = {
        "agency_id": an_agency(county, sender.identity.user_id, *users),
        "township_code": county.township,
        "urgency": ReferralUrgency.ROUTINE,
        "reason": ReferralReason.SPECIALIST,
        "name": "上官试验",
        "person_agreed": True,
    }
    return refer_in(sender, NewReferralIn(**values | changes))  # type: ignore[arg-type]
