"""Who sees which group of fields, and how much of it: the visibility matrix as one table.

The policy (``permissions.py``) decides which records a caller reaches; this table decides what of them is shown.
"""

from collections.abc import Container, Mapping
from enum import StrEnum
from types import MappingProxyType
from uuid import UUID

from server.domain.codes import FieldGroup, Role
from server.domain.identity import Identity


def sight_of(identity: Identity, group: FieldGroup, area_code: str | None = None) -> "Sight":
    """The widest sight over the roles held; with an area, over the roles that reach it."""
    roles = {grant.role for grant in identity.grants if area_code is None or area_code.startswith(grant.area_code)}
    return _widest(group, roles)


def sight_of_person(identity: Identity, group: FieldGroup, area_code: str, carers: Container[UUID]) -> "Sight":
    """As ``sight_of``, about somebody whom these users look after.

    A caring role opens nothing of others: whoever reaches them by another role sees what that one sees.
    """
    roles = {grant.role for grant in identity.grants if area_code.startswith(grant.area_code)}
    return _widest(group, roles if identity.user_id in carers else roles - _LOOKING_AFTER)


def _widest(group: FieldGroup, roles: set[Role]) -> "Sight":
    return max((VISIBILITY[group][role] for role in roles), key=_WIDTHS.index, default=Sight.NONE)


def sees_protected_address(identity: Identity, area_code: str) -> bool:
    """Whether an address under protection is shown: to assessors of the area alone."""
    return any(grant.role is Role.ASSESSOR and area_code.startswith(grant.area_code) for grant in identity.grants)


class Sight(StrEnum):
    """How much of a group of fields is shown; narrower before wider."""

    NONE = "none"
    """Nothing."""
    OWN = "own"
    """What the caller entered, or what belongs to a task of theirs."""
    MASKED = "masked"
    """Shortened: a surname with stars, the ends of a number, a state without its content."""
    FULL = "full"
    """Everything."""


_WIDTHS = tuple(Sight)
#: Roles that are of somebody's care, not of an area's.
_LOOKING_AFTER = frozenset({Role.ASSESSOR, Role.CLINICIAN, Role.COUNSELLOR})
_N, _O, _M, _F = Sight.NONE, Sight.OWN, Sight.MASKED, Sight.FULL
_R = Role
#: The matrix's columns: R1 to R9, R11 and R12 together, R13, R15, R16.
_COLUMNS: tuple[tuple[Role, ...], ...] = (
    (_R.GRID_WORKER,), (_R.VILLAGE_OFFICER,), (_R.JUDICIAL_OFFICER,), (_R.TOWNSHIP_COORDINATOR,),
    (_R.ASSESSOR,), (_R.CLINICIAN,), (_R.COUNSELLOR,), (_R.CASE_MEMBER,), (_R.RECEIVING_AGENCY,),
    (_R.COUNTY_SUPERVISOR, _R.CITY_SUPERVISOR), (_R.DEPT_REPORTER,), (_R.PRIVACY_OFFICER,), (_R.AUDITOR,),
)  # fmt: skip


def _row(*sights: Sight) -> Mapping[Role, Sight]:
    """One line of the matrix; roles without a column (R10, R14, R17, R18) see nothing of anybody."""
    shown = {role: sight for roles, sight in zip(_COLUMNS, sights, strict=True) for role in roles}
    return MappingProxyType({role: shown.get(role, Sight.NONE) for role in Role})


#: "own department" and "task" of the reference are OWN; "due date" and "status" are MASKED; counts are AGGREGATES.
VISIBILITY: Mapping[FieldGroup, Mapping[Role, Sight]] = MappingProxyType(
    {
        #                                R1  R2  R3  R4  R5  R6  R7  R8  R9  R11 R13 R15 R16
        FieldGroup.IDENTITY: _row(       _M, _M, _F, _F, _F, _F, _F, _M, _M, _N, _N, _M, _N),
        FieldGroup.OBSERVATION: _row(    _O, _M, _F, _F, _F, _F, _M, _N, _N, _N, _N, _N, _N),
        FieldGroup.CARE_CATEGORY: _row(  _N, _N, _O, _M, _F, _F, _N, _N, _N, _N, _N, _N, _N),
        FieldGroup.ASSESSMENT_BAND: _row(_N, _N, _N, _F, _F, _F, _F, _N, _M, _N, _N, _N, _N),
        FieldGroup.SCREENING: _row(      _N, _N, _N, _N, _F, _F, _O, _N, _N, _N, _N, _N, _N),
        FieldGroup.PLAN_VISITS: _row(    _O, _N, _M, _F, _F, _F, _F, _O, _N, _N, _N, _N, _N),
        FieldGroup.SMD: _row(            _N, _N, _N, _M, _M, _F, _N, _N, _N, _N, _N, _N, _N),
        FieldGroup.REFERRAL: _row(       _N, _N, _N, _M, _F, _F, _F, _N, _F, _N, _N, _N, _N),
        FieldGroup.SAFETY_EVENT: _row(   _O, _N, _O, _F, _F, _F, _O, _O, _M, _N, _N, _F, _N),
        FieldGroup.AGGREGATES: _row(     _O, _O, _F, _F, _F, _F, _N, _N, _N, _F, _F, _F, _F),
        FieldGroup.CONSENT_LOG: _row(    _N, _N, _M, _M, _F, _F, _M, _N, _N, _N, _N, _F, _F),
    }
)  # fmt: skip
