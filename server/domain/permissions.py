"""Who may do what: one table, read top to bottom.

A rule grants one permission to one role, within the area of the grant, for named purposes, and where it says so
only on records in certain states, only on the caller's own, or only on somebody else's. What no rule grants is
refused. The same rule answers both questions: *may I touch this record?* (``may``) and *which records may I
see?* (``allowances``, turned into a query filter by ``server/store/scope.py``); a test holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.identity import Grant, Identity
from server.errors import Forbidden, Malformed


class Permission(StrEnum):
    """What can be done; every route names exactly one."""

    ACCOUNT_OWN = "account:own"
    """See and end one's own sessions, change one's own password."""
    AREA_READ = "area:read"
    """See divisions, grids, code lists and holidays."""
    AREA_LOCATE = "area:locate"
    """Ask which grid a point lies in."""
    USER_READ = "user:read"
    """See the users of the county."""
    USER_MANAGE = "user:manage"
    """Create users, grant and end roles, reset passwords, end sessions."""
    HOLIDAY_MANAGE = "holiday:manage"
    """Edit the holidays that working days are counted by."""
    MONTH_READ = "month:read"
    """See a township's month and how complete its sweeps are."""
    MONTH_OPEN = "month:open"
    """Open a township's month with its two sweeps."""
    MONTH_CLOSE = "month:close"
    """Close a township's month."""
    SWEEP_SUBMIT = "sweep:submit"
    """Submit a township's sweep to the governance centre."""
    SWEEP_REOPEN = "sweep:reopen"
    """Open a submitted sweep again, with a reason."""
    RETURN_SUBMIT = "return:submit"
    """File a grid's return, nil or with items."""
    RETURN_READ = "return:read"
    """See returns: counts and states, no person."""
    VILLAGE_CONFIRM = "village:confirm"
    """Confirm that a village's returns are complete."""
    OBSERVATION_READ = "observation:read"
    """Read observed facts about residents."""
    OBSERVATION_CLEAR = "observation:clear"
    """Decide about an observation in which a forbidden-ground word was found."""
    DISPUTE_READ = "dispute:read"
    """Read disputes."""
    DISPUTE_UPDATE = "dispute:update"
    """Record how a dispute went on."""
    RESIDENT_READ = "resident:read"
    """Read who a resident is."""
    RESIDENT_WRITE = "resident:write"
    """Enter or correct who a resident is."""
    RESIDENT_SEARCH = "resident:search"
    """Find residents by name, phone or ID number within one's area."""
    DUPLICATE_DECIDE = "duplicate:decide"
    """See and decide possible duplicates."""
    LEDGER_READ = "ledger:read"
    """Read ledger entries."""
    LEDGER_REPORT = "ledger:report"
    """Promote observations to an entry and report it."""
    LEDGER_REVIEW = "ledger:review"
    """Open a reported entry and accept, return or decline it."""
    LEDGER_CLOSE = "ledger:close"
    """Close an entry with a reason: a draft by its office, before acceptance by the township."""
    LEDGER_PURGE = "ledger:purge"
    """Close an entry at once because a forbidden ground was found."""
    TASK_READ = "task:read"
    """See what is due."""
    TASK_DONE = "task:done"
    """Acknowledge a task."""
    SPREADSHEET_IMPORT = "spreadsheet:import"
    """Read a month's sheet into the ledger."""
    SPREADSHEET_EXPORT = "spreadsheet:export"
    """Take the own township's month out as a spreadsheet."""
    FIGURES_READ = "figures:read"
    """See counts, never of fewer than five people above the township."""


class Whose(StrEnum):
    """Which records of the area a rule reaches."""

    ANY = "any"
    """Every record of the area."""
    OWN = "own"
    """Only what the caller entered."""
    OTHERS = "others"
    """Only what somebody else reported: nobody reviews their own."""


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


#: The states before anybody has decided to take a person on.
PRE_ACCEPTANCE_STATES = frozenset(
    {LedgerState.DRAFT, LedgerState.REPORTED, LedgerState.IN_REVIEW, LedgerState.RETURNED}
)

P, R = Permission, Role
_GRID, _VILLAGE, _JUDICIAL, _TOWNSHIP = (
    R.GRID_WORKER,
    R.VILLAGE_OFFICER,
    R.JUDICIAL_OFFICER,
    R.TOWNSHIP_COORDINATOR,
)
_ASSESSING = (R.ASSESSOR, R.CLINICIAN)
_ABOVE = (R.COUNTY_SUPERVISOR, R.CITY_SUPERVISOR)
_WATCHING = (R.PRIVACY_OFFICER, R.AUDITOR)
_SWEEP = (Purpose.SWEEP,)
_SWEEP_REVIEW = (Purpose.SWEEP, Purpose.REVIEW)

POLICY: tuple[Rule, ...] = (
    # Everyone who can sign in
    Rule(P.ACCOUNT_OWN, tuple(R)),
    Rule(P.AREA_READ, tuple(R)),
    Rule(P.AREA_LOCATE, (_GRID, _VILLAGE, _JUDICIAL, _TOWNSHIP)),
    # The county's administration: no person in it
    Rule(P.USER_READ, (R.SYSADMIN,)),
    Rule(P.USER_MANAGE, (R.SYSADMIN,)),
    Rule(P.HOLIDAY_MANAGE, (R.SYSADMIN,)),
    # The month and its sweeps
    Rule(P.MONTH_READ, (_GRID, _VILLAGE, _JUDICIAL, _TOWNSHIP)),
    Rule(P.MONTH_OPEN, (_JUDICIAL, _TOWNSHIP)),
    Rule(P.MONTH_CLOSE, (_TOWNSHIP,)),
    Rule(P.SWEEP_SUBMIT, (_JUDICIAL,)),
    Rule(P.SWEEP_REOPEN, (_TOWNSHIP,)),
    Rule(P.RETURN_SUBMIT, (_GRID, _JUDICIAL), _SWEEP),
    Rule(P.RETURN_READ, (_GRID,), whose=Whose.OWN),
    Rule(P.RETURN_READ, (_VILLAGE, _JUDICIAL, _TOWNSHIP)),
    Rule(P.VILLAGE_CONFIRM, (_VILLAGE,)),
    # What was observed
    Rule(P.OBSERVATION_READ, (_GRID,), _SWEEP, Whose.OWN),
    Rule(P.OBSERVATION_READ, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW),
    Rule(P.OBSERVATION_CLEAR, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW, Whose.OTHERS),
    Rule(P.DISPUTE_READ, (_GRID,), _SWEEP, Whose.OWN),
    Rule(P.DISPUTE_READ, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW),
    Rule(P.DISPUTE_UPDATE, (_JUDICIAL,), _SWEEP),
    # Who the residents are
    Rule(P.RESIDENT_READ, (_GRID,), _SWEEP, Whose.OWN),
    Rule(P.RESIDENT_READ, (_JUDICIAL, _TOWNSHIP), (*_SWEEP_REVIEW, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_READ, _ASSESSING, (Purpose.CARE, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_WRITE, (_JUDICIAL,), (Purpose.SWEEP, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_WRITE, _ASSESSING, (Purpose.CARE, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_SEARCH, (_JUDICIAL, _TOWNSHIP), (*_SWEEP_REVIEW, Purpose.SUBJECT_REQUEST)),
    Rule(P.RESIDENT_SEARCH, _ASSESSING, (Purpose.CARE, Purpose.SUBJECT_REQUEST)),
    Rule(P.DUPLICATE_DECIDE, (_JUDICIAL, _TOWNSHIP), _SWEEP_REVIEW),
    # The ledger
    Rule(P.LEDGER_READ, (_VILLAGE,), _SWEEP, states=PRE_ACCEPTANCE_STATES),
    Rule(P.LEDGER_READ, (_JUDICIAL,), _SWEEP_REVIEW, states=PRE_ACCEPTANCE_STATES | {LedgerState.ACCEPTED}),
    Rule(P.LEDGER_READ, (_TOWNSHIP,), (Purpose.REVIEW,)),
    Rule(P.LEDGER_READ, _ASSESSING, (Purpose.CARE,), states=frozenset({LedgerState.ACCEPTED})),
    Rule(P.LEDGER_REPORT, (_JUDICIAL,), _SWEEP),
    Rule(P.LEDGER_REVIEW, (_TOWNSHIP,), (Purpose.REVIEW,), Whose.OTHERS),
    Rule(P.LEDGER_CLOSE, (_JUDICIAL,), _SWEEP),
    Rule(P.LEDGER_CLOSE, (_TOWNSHIP,), (Purpose.REVIEW,)),
    Rule(P.LEDGER_PURGE, (_TOWNSHIP, R.PRIVACY_OFFICER), (Purpose.REVIEW, Purpose.AUDIT)),
    Rule(P.TASK_READ, (_JUDICIAL, _TOWNSHIP, R.PRIVACY_OFFICER)),
    Rule(P.TASK_DONE, (_JUDICIAL, _TOWNSHIP, R.PRIVACY_OFFICER)),
    # Spreadsheets
    Rule(P.SPREADSHEET_IMPORT, (_JUDICIAL,), (Purpose.IMPORT,)),
    Rule(P.SPREADSHEET_EXPORT, (_TOWNSHIP,), (Purpose.EXPORT,)),
    # Counts
    Rule(P.FIGURES_READ, (_VILLAGE, _JUDICIAL, _TOWNSHIP, *_ABOVE, *_WATCHING)),
)

#: Digits of the area each role may be given. Grid workers keep to grids, or a village that has none.
AREA_LEVELS: dict[Role, frozenset[int]] = {
    R.GRID_WORKER: frozenset({15, 12}),
    R.VILLAGE_OFFICER: frozenset({12}),
    R.JUDICIAL_OFFICER: frozenset({9}),
    R.TOWNSHIP_COORDINATOR: frozenset({9}),
    R.ASSESSOR: frozenset({9, 6}),
    R.CLINICIAN: frozenset({9, 6}),
    R.COUNTY_SUPERVISOR: frozenset({6}),
    R.CITY_SUPERVISOR: frozenset({4}),
    R.PRIVACY_OFFICER: frozenset({6}),
    R.AUDITOR: frozenset({6}),
    R.SYSADMIN: frozenset({6}),
}

#: Those who administer or watch may hold no role that reads a person: nobody guards themselves.
KEPT_APART: frozenset[Role] = frozenset({R.SYSADMIN, R.AUDITOR, R.PRIVACY_OFFICER})


@dataclass(frozen=True)
class Facts:
    """What a rule may look at in a record. ``owner_id`` is who entered or reported it."""

    area_code: str
    owner_id: UUID | None = None
    state: str | None = None


@dataclass(frozen=True)
class Allowance:
    """One rule applied to one grant: which records it lets through."""

    prefix: str
    only_owner: UUID | None = None
    never_owner: UUID | None = None
    states: frozenset[str] | None = None

    def admits(self, facts: Facts) -> bool:
        """Whether this record is among them."""
        return (
            facts.area_code.startswith(self.prefix)
            and (self.only_owner is None or facts.owner_id == self.only_owner)
            and (self.never_owner is None or facts.owner_id != self.never_owner)
            and (self.states is None or facts.state in self.states)
        )


def allowances(identity: Identity, permission: Permission) -> tuple[Allowance, ...]:
    """Every way in which the caller holds this permission, for the purpose stated.

    Raises:
        Forbidden: ``role_forbidden``, no role grants it; ``purpose_forbidden``, none for this purpose.
        Malformed: ``purpose_required``, a person would be read and no purpose was stated.
    """
    held = _held(identity, permission)
    if not held:
        raise Forbidden("role_forbidden", permission=permission)
    for_purpose = [(rule, grant) for rule, grant in held if not rule.purposes or identity.purpose in rule.purposes]
    if not for_purpose:
        raise _purpose_refusal(identity, [rule for rule, _ in held])
    return tuple(_allowance(rule, grant, identity) for rule, grant in for_purpose)


def may(identity: Identity, permission: Permission, facts: Facts) -> bool:
    """Whether the caller may do this to this record; raises as ``allowances`` does."""
    return any(allowance.admits(facts) for allowance in allowances(identity, permission))


def roles_with(permission: Permission) -> frozenset[Role]:
    """The roles that hold a permission somewhere: what the OpenAPI document says of a route."""
    return frozenset(role for rule in POLICY if rule.permission == permission for role in rule.roles)


def purposes_of(permission: Permission) -> tuple[Purpose, ...]:
    """The purposes that may be stated for a permission; empty where no person is touched."""
    found = {purpose for rule in POLICY if rule.permission == permission for purpose in rule.purposes}
    return tuple(sorted(found))


def grant_refusal(role: Role, area_code: str, held: Iterable[Role]) -> str | None:
    """Why this role may not be given in this area beside the roles held; None when it may."""
    if len(area_code) not in AREA_LEVELS.get(role, frozenset()):
        return "grant_area_level"
    mixed = set(held) | {role}
    if len(mixed) > 1 and mixed & KEPT_APART:
        return "grant_kept_apart"
    return None


def _held(identity: Identity, permission: Permission) -> list[tuple[Rule, Grant]]:
    """The rules that grant the permission, each with the grant it reaches through."""
    return [
        (rule, grant)
        for rule in POLICY
        if rule.permission == permission
        for grant in identity.grants
        if grant.role in rule.roles
    ]


def _purpose_refusal(identity: Identity, rules: list[Rule]) -> Forbidden | Malformed:
    purposes = ", ".join(sorted({purpose for rule in rules for purpose in rule.purposes}))
    if identity.purpose is None:
        return Malformed("purpose_required", field="X-Purpose", purposes=purposes)
    return Forbidden("purpose_forbidden", field="X-Purpose", purposes=purposes)


def _allowance(rule: Rule, grant: Grant, identity: Identity) -> Allowance:
    return Allowance(
        prefix=grant.area_code,
        only_owner=identity.user_id if rule.whose is Whose.OWN else None,
        never_owner=identity.user_id if rule.whose is Whose.OTHERS else None,
        states=rule.states,
    )
