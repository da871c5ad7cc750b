"""Acting without consent: what a basis in law can stand for, and what it never can."""

from dataclasses import dataclass
from datetime import datetime

from server.domain.codes import LegalBasis
from server.domain.codes_consents import BasisAct, BasisFinding
from server.errors import Conflict


def check_basis_act(done: str) -> None:
    """Nobody is examined against their will, on no basis (Mental Health Law art. 27).

    Raises Conflict ``legal_basis_not_for_assessment``.
    """
    if done == BasisAct.ASSESSMENT:
        raise Conflict("legal_basis_not_for_assessment")


@dataclass(frozen=True, repr=False)
class BasisSaid:
    """What was done without consent, on which basis, and why; ``reason`` is text typed by a person."""

    basis: LegalBasis
    done: BasisAct
    reason: str


@dataclass(frozen=True)
class BasisReview:
    """What the privacy officer found, and when the person was told, if they were."""

    finding: BasisFinding
    person_told_at: datetime | None = None
