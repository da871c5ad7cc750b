"""The policy table itself: what it grants and what it refuses."""

from uuid import UUID

import pytest

from server.domain.codes import LedgerState, Purpose, Role
from server.domain.identity import Grant, Identity
from server.domain.permissions import (
    AREA_LEVELS,
    KEPT_APART,
    POLICY,
    Facts,
    Permission,
    Whose,
    allowances,
    grant_refusal,
    may,
    purposes_of,
    roles_with,
)
from server.errors import Forbidden, Malformed

ME, SOMEBODY = UUID(int=1), UUID(int=2)
PERSON_PERMISSIONS = [permission for permission in Permission if purposes_of(permission)]


def _identity(role: Role, area: str, purpose: Purpose | None = None) -> Identity:
    return Identity(ME, area[:6], UUID(int=3), UUID(int=4), (Grant(UUID(int=5), role, area),), purpose)


@pytest.mark.parametrize("permission", Permission)
def test_every_permission_is_granted_to_somebody_and_never_to_all_without_reason(permission: Permission) -> None:
    assert roles_with(permission)
    assert (roles_with(permission) == frozenset(Role)) == (
        permission in {Permission.ACCOUNT_OWN, Permission.AREA_READ, Permission.CRISIS_CARD_READ}
    )


@pytest.mark.parametrize("permission", PERSON_PERMISSIONS)
@pytest.mark.parametrize(
    "role", [Role.SYSADMIN, Role.AUDITOR, Role.COUNTY_SUPERVISOR, Role.CITY_SUPERVISOR, Role.DEPT_REPORTER]
)
def test_those_who_administer_audit_or_supervise_reach_no_person(permission: Permission, role: Role) -> None:
    assert role not in roles_with(permission)


def test_the_privacy_officer_reaches_consent_acts_without_it_safety_lost_tablets_and_forbidden_grounds() -> None:
    held = {p for p in PERSON_PERMISSIONS if Role.PRIVACY_OFFICER in roles_with(p)}
    assert held == {
        Permission.LEDGER_PURGE,
        Permission.CONSENT_READ,
        Permission.CONSENT_WITHDRAW,
        Permission.LEGAL_BASIS_READ,
        Permission.LEGAL_BASIS_REVIEW,
        Permission.SAFETY_READ,
        Permission.DEVICE_HELD_READ,
    }


@pytest.mark.parametrize("permission", PERSON_PERMISSIONS)
def test_a_person_is_not_reached_without_a_purpose(permission: Permission) -> None:
    role = min(roles_with(permission))
    with pytest.raises(Malformed) as refused:
        allowances(_identity(role, "430902101"), permission)
    assert refused.value.code == "purpose_required"


def test_a_purpose_of_other_work_is_refused() -> None:
    with pytest.raises(Forbidden) as refused:
        allowances(_identity(Role.TOWNSHIP_COORDINATOR, "430902101", Purpose.SWEEP), Permission.LEDGER_READ)
    assert refused.value.code == "purpose_forbidden"


def test_a_role_without_the_permission_is_refused() -> None:
    with pytest.raises(Forbidden) as refused:
        allowances(_identity(Role.GRID_WORKER, "430902101201001", Purpose.SWEEP), Permission.LEDGER_READ)
    assert refused.value.code == "role_forbidden"


def test_invariant_13_an_area_is_a_prefix_and_reaches_nothing_beside_it() -> None:
    identity = _identity(Role.TOWNSHIP_COORDINATOR, "430902101", Purpose.REVIEW)
    inside = [
        may(identity, Permission.LEDGER_READ, Facts(code)) for code in ("430902101", "430902101201", "430902101201001")
    ]
    outside = [may(identity, Permission.LEDGER_READ, Facts(code)) for code in ("430902", "430902102", "430903101201")]
    assert inside == [True, True, True]
    assert outside == [False, False, False]


def test_invariant_16_nobody_reviews_what_they_reported() -> None:
    identity = _identity(Role.TOWNSHIP_COORDINATOR, "430902101", Purpose.REVIEW)
    assert not may(identity, Permission.LEDGER_REVIEW, Facts("430902101201", ME, LedgerState.REPORTED))
    assert may(identity, Permission.LEDGER_REVIEW, Facts("430902101201", SOMEBODY, LedgerState.REPORTED))


def test_a_village_officer_sees_an_entry_until_it_is_accepted() -> None:
    identity = _identity(Role.VILLAGE_OFFICER, "430902101201", Purpose.SWEEP)
    seen = {state for state in LedgerState if may(identity, Permission.LEDGER_READ, Facts("430902101201", None, state))}
    assert seen == {LedgerState.DRAFT, LedgerState.REPORTED, LedgerState.IN_REVIEW, LedgerState.RETURNED}


def test_a_grid_worker_sees_own_observations_only() -> None:
    rules = [
        rule for rule in POLICY if Role.GRID_WORKER in rule.roles and rule.permission is Permission.OBSERVATION_READ
    ]
    assert [rule.whose for rule in rules] == [Whose.OWN]


@pytest.mark.parametrize("role", sorted(KEPT_APART))
def test_who_watches_or_administers_holds_no_other_role(role: Role) -> None:
    level = min(AREA_LEVELS[role])
    assert grant_refusal(role, "430902"[:level], [Role.GRID_WORKER]) == "grant_kept_apart"
    assert grant_refusal(Role.GRID_WORKER, "430902101201001", [role]) == "grant_kept_apart"
    assert grant_refusal(role, "430902"[:level], []) is None


def test_a_role_is_given_at_its_own_level_only() -> None:
    assert grant_refusal(Role.GRID_WORKER, "430902", []) == "grant_area_level"
    assert grant_refusal(Role.RESIDENT, "430902", []) == "grant_area_level"
