"""The schema can be distributed by county, from the first migration on."""

import pytest
from sqlalchemy import Index, Table, UniqueConstraint

from server.models.tables import METADATA

TENANT = [table for table in METADATA.sorted_tables if "county_code" in table.columns]
REFERENCE = {"area", "code_entry", "holiday"}


def test_every_table_says_how_it_is_walled() -> None:
    assert {table.name for table in METADATA.sorted_tables if table.info.get("rls") == "none"} == REFERENCE
    assert all(table.info.get("rls") in {"county", "area"} for table in TENANT)
    assert len(TENANT) + len(REFERENCE) == len(METADATA.sorted_tables)


@pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
def test_county_comes_first_in_every_key(table: Table) -> None:
    assert next(iter(table.primary_key.columns)).name == "county_code"
    uniques = [c for c in table.constraints if isinstance(c, UniqueConstraint)]
    uniques += [index for index in table.indexes if isinstance(index, Index) and index.unique]
    for unique in uniques:
        assert next(column.name for column in unique.columns) == "county_code", unique.name


@pytest.mark.parametrize("table", TENANT, ids=lambda table: table.name)
def test_a_reference_to_another_tenant_table_carries_the_county(table: Table) -> None:
    for constraint in table.foreign_key_constraints:
        pairs = {(element.parent.name, element.column.name) for element in constraint.elements}
        assert ("county_code", "county_code") in pairs, constraint.name


@pytest.mark.parametrize("table", [t for t in TENANT if t.info["rls"] == "area"], ids=lambda table: table.name)
def test_an_area_bound_table_has_an_area_code_in_byte_order(table: Table) -> None:
    assert table.columns["area_code"].type.collation == "C"
    assert not table.columns["area_code"].nullable


def test_no_column_holds_what_is_never_a_ground_nor_ranks_a_person() -> None:
    """Guardrails G2, G4, G5 and G7: no such column exists, but for the clinician's own form, where they are sealed."""
    words = [
        "ethnic", "religio", "belief", "politic", "petition", "orientation", "hiv", "blood", "occupation",
        "income", "marital", "former", "photo", "face", "wechat", "vehicle", "attention", "control", "score",
        "rank", "risk", "predict", "danger", "diagnos", "crime",
    ]  # fmt: skip
    columns = [f"{table.name}.{column.name}" for table in METADATA.sorted_tables for column in table.columns]
    found = {name for name in columns for word in words if word in name}
    assert found == {"smd_summary.sealed_danger", "smd_summary.sealed_diagnosis"}
