"""Row-level security and grants, as migrations apply them. Frozen: change behaviour in a new function.

The context is two settings of the transaction: ``linli.county`` and ``linli.areas`` (prefixes, comma-separated).
Unset, nothing is seen. Both policies are FORCEd, so the owner is bound as well.
"""

from alembic import op

_COUNTY = "county_code = current_setting('linli.county', true)"
_AREA = f"{_COUNTY} AND area_code ^@ ANY ((SELECT string_to_array(current_setting('linli.areas', true), ','))::text[])"


def wall_by_county(table: str) -> None:
    """Rows are seen and written inside the county of the transaction only."""
    _wall(table, _COUNTY)


def wall_by_area(table: str) -> None:
    """Rows are seen and written inside the county and under one of the area prefixes only."""
    _wall(table, _AREA)


def allow(role: str, privileges: str, *tables: str) -> None:
    """Grant privileges on tables to one of the two roles, ``linli_app`` or ``linli_jobs``."""
    op.execute(f"GRANT {privileges} ON {', '.join(tables)} TO {role}")


def _wall(table: str, condition: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY tenant ON {table} USING ({condition}) WITH CHECK ({condition})")
