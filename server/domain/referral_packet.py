"""What another side is told of somebody: the minimum, in one fixed set of keys, generated and never typed.

Never in it: observations, grounds, screening, assessment, care categories (guardrails G7, G10). The safety note is the
only sentence a person writes, short and without a diagnosis (G4).
"""

import json
from dataclasses import asdict, dataclass

from server.domain.ages import ADULT_AT, YOUTH_AT
from server.domain.codes import LegalBasis
from server.domain.codes_referral import Destination, ReferralUrgency
from server.errors import Invalid

NOTE_AT_MOST = 200


def check_destination(kind: Destination, urgency: ReferralUrgency, *, green_channel: bool) -> None:
    """Hold that this place is for this urgency.

    Raises Invalid ``agency_emergency_only`` or ``agency_no_green_channel``.
    """
    if kind.emergency_only:
        if urgency is not ReferralUrgency.EMERGENCY:
            raise Invalid("agency_emergency_only", field="agency_id")
    elif urgency.at_once and not green_channel:
        raise Invalid("agency_no_green_channel", field="agency_id")


def check_agreed(agreed: "Agreement") -> None:
    """Hold that somebody referred in agreed, or that a law allows it without (guardrails G6, G8; ground 7).

    Under 14 the guardian agrees; from 14 to 17 both do. Without an age, the person's own word is needed.

    Raises Invalid ``referral_person_not_agreed`` or ``referral_guardian_not_agreed``.
    """
    if agreed.basis is not None:
        return
    if not agreed.person and (agreed.age is None or agreed.age >= YOUTH_AT):
        raise Invalid("referral_person_not_agreed", field="person_agreed")
    if agreed.age is not None and agreed.age < ADULT_AT and not agreed.guardian:
        raise Invalid("referral_guardian_not_agreed", field="guardian_agreed")


@dataclass(frozen=True)
class Agreement:
    """Who agreed that somebody is referred."""

    person: bool
    guardian: bool
    age: int | None
    basis: LegalBasis | None

    @property
    def said(self) -> str:
        """What the packet says of it."""
        if self.basis is not None:
            return "legal_basis"
        return "person_and_guardian" if self.person and self.guardian else "guardian" if self.guardian else "person"


@dataclass(frozen=True, repr=False, kw_only=True)
class Packet:
    """The minimum data set of one referral; has no readable ``repr``."""

    name: str
    contact: str | None
    age: int | None
    sex: str
    reason: str
    urgency: str
    #: referral_share, who agreed, or legal_basis.
    consent_scope: str
    safety_note: str | None

    def as_text(self) -> str:
        """The text that is sealed."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)


def read_packet(text: str) -> Packet:
    """The packet of a sealed text."""
    return Packet(**json.loads(text))
