"""Who may do what: one table, read top to bottom.

A rule grants one permission to one role, within the area of the grant, for named purposes, and where it says so only
on records in certain states, only on the caller's own, only on somebody else's, or only on people the caller looks
after. What no rule grants is refused. The lines stand in ``policy_sweep.py``, ``policy_care.py``,
``policy_office.py`` and ``policy_tablet.py``. The same rule answers both questions: *may I touch this record?*
(``may``) and *which records may I see?* (``allowances``, turned into a query filter by ``server/store/scope.py``); a
test holds the two together.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from server.domain import policy_care, policy_office, policy_sweep, policy_tablet
from server.domain.codes import Purpose, Role
from server.domain.identity import Grant, Identity
from server.domain.permission_names import Permission
from server.domain.policy import Rule, Whose
from server.errors import Forbidden, Malformed

__all__ = [
    "AREA_LEVELS",
    "KEPT_APART",
    "POLICY",
    "Allowance",
    "Facts",
    "Permission",
    "Rule",
    "Whose",
    "allowances",
    "grant_refusal",
    "may",
    "purposes_of",
    "roles_with",
]

R = Role

POLICY: tuple[Rule, ...] = (*policy_sweep.RULES, *policy_care.RULES, *policy_office.RULES, *policy_tablet.RULES)

#: Digits of the area each role may be given. Grid workers keep to grids, or a village that has none.
AREA_LEVELS: dict[Role, frozenset[int]] = {
    R.GRID_WORKER: frozenset({15, 12}),
    R.VILLAGE_OFFICER: frozenset({12}),
    R.JUDICIAL_OFFICER: frozenset({9}),
    R.TOWNSHIP_COORDINATOR: frozenset({9}),
    R.ASSESSOR: frozenset({9, 6}),
    R.CLINICIAN: frozenset({9, 6}),
    R.COUNSELLOR: frozenset({9, 6}),
    R.CASE_MEMBER: frozenset({12, 9, 6}),
    R.RECEIVING_AGENCY: frozenset({6}),
    R.SITE_MANAGER: frozenset({9, 6}),
    R.DEPT_REPORTER: frozenset({6}),
    R.HOTLINE_OPERATOR: frozenset({6}),
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
    #: Who looks after the person; for a referral, who answers for the agency.
    carers: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class Allowance:
    """One rule applied to one grant: which records it lets through."""

    prefix: str
    only_owner: UUID | None = None
    never_owner: UUID | None = None
    states: frozenset[str] | None = None
    only_carer: UUID | None = None
    without_carer: bool = False

    def admits(self, facts: Facts) -> bool:
        """Whether this record is among them."""
        in_state = self.states is None or facts.state in self.states
        return facts.area_code.startswith(self.prefix) and in_state and self._reaches(facts)

    def _reaches(self, facts: Facts) -> bool:
        """Whether it is whose the rule says: the caller's own, another's, cared for by them, by nobody."""
        if self.only_owner is not None and facts.owner_id != self.only_owner:
            return False
        if self.never_owner is not None and facts.owner_id == self.never_owner:
            return False
        if self.only_carer is not None and self.only_carer not in facts.carers:
            return False
        return not (self.without_carer and facts.carers)


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
        only_carer=identity.user_id if rule.whose is Whose.ASSIGNED else None,
        without_carer=rule.whose is Whose.UNASSIGNED,
    )
