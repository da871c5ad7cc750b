"""The policy's second face: which records a caller may see, as a condition on a query."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, SQLColumnExpression, Uuid, and_, false, func, literal, or_

from server.domain.identity import Identity
from server.domain.permissions import Allowance, Permission, allowances

#: Sorts after every digit, so that ``code >= p AND code < p || '~'`` is the range of a prefix.
AFTER_DIGITS = "~"


@dataclass(frozen=True)
class ScopeColumns:
    """The columns that stand for ``Facts`` in one table. A table without owner or state leaves it out."""

    area_code: SQLColumnExpression[str]
    owner_id: SQLColumnExpression[Any] | None = None
    state: SQLColumnExpression[str] | None = None
    #: An array of user ids: who looks after the person.
    carer_ids: SQLColumnExpression[Any] | None = None


def within(identity: Identity, permission: Permission, columns: ScopeColumns) -> ColumnElement[bool]:
    """The condition that lets through exactly what ``may`` lets through; raises as ``allowances`` does."""
    return or_(false(), *(_admits(allowance, columns) for allowance in allowances(identity, permission)))


def under(column: SQLColumnExpression[str], prefix: str) -> ColumnElement[bool]:
    """Codes under a prefix, as a range that a byte-ordered index serves."""
    return and_(column >= prefix, column < prefix + AFTER_DIGITS)


def _admits(allowance: Allowance, columns: ScopeColumns) -> ColumnElement[bool]:
    conditions = [under(columns.area_code, allowance.prefix)]
    if allowance.only_owner is not None:
        conditions.append(_needed(columns.owner_id) == allowance.only_owner)
    if allowance.never_owner is not None:
        conditions.append(_needed(columns.owner_id).is_distinct_from(allowance.never_owner))
    if allowance.states is not None:
        conditions.append(_needed(columns.state).in_(sorted(allowance.states)))
    if allowance.only_carer is not None:
        named = literal([allowance.only_carer], ARRAY(Uuid()))
        conditions.append(_needed(columns.carer_ids).op("@>", is_comparison=True)(named))
    if allowance.without_carer:
        conditions.append(func.cardinality(_needed(columns.carer_ids)) == 0)
    return and_(*conditions)


def _needed(column: SQLColumnExpression[Any] | None) -> SQLColumnExpression[Any]:
    if column is None:
        raise TypeError("this table has no column for what the policy looks at")
    return column
