"""The form of a line of the policy table; the lines stand in the ``policy_*`` modules beside this one."""

from dataclasses import dataclass
from enum import StrEnum

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.permission_names import Permission


class Whose(StrEnum):
    """Which records of the area a rule reaches."""

    ANY = "any"
    """Every record of the area."""
    OWN = "own"
    """Only what the caller entered."""
    OTHERS = "others"
    """Only what somebody else reported: nobody reviews their own."""
    ASSIGNED = "assigned"
    """Only people whom the caller looks after: the entry names them."""
    UNASSIGNED = "unassigned"
    """Only people whom nobody looks after yet."""


@dataclass(frozen=True)
class Rule:
    """One line of the table."""

    permission: Permission
    roles: tuple[Role, ...]
    #: Purposes that may be stated; empty where no person is read or written.
    purposes: tuple[Purpose, ...] = ()
    whose: Whose = Whose.ANY
    #: States in which the record may be reached; none means every state.
    states: frozenset[LedgerState] | None = None
