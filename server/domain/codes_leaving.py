"""Codes of what two people settle together: that somebody leaves, or that an entry is renewed."""

from enum import StrEnum


class ProposalAct(StrEnum):
    """What is proposed."""

    CLOSE = "close"
    """That the entry ends."""
    RENEW = "renew"
    """That it goes on for at most twelve months more, on a new fact."""


class Side(StrEnum):
    """Who proposes; the other side decides."""

    TOWNSHIP = "township"
    """The township's coordinator."""
    ASSESSOR = "assessor"
    """The assessor or clinician who looks after the person."""


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    """The other side has yet to decide."""
    AGREED = "agreed"
    """The other side agreed, and it was done."""
    REFUSED = "refused"
    """The other side did not agree."""
    TAKEN_BACK = "taken_back"
    """Its own side withdrew it."""
    OVERTAKEN = "overtaken"
    """The entry ended before anybody decided."""
