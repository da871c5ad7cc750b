"""Every column is answered for: purpose, class, retention, who sees it."""

from pathlib import Path

import pytest

from server.domain.data_dictionary import Column, as_markdown, differences, parse
from server.models.tables import METADATA

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = [(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns]


def test_dictionary_and_schema_name_the_same_columns() -> None:
    assert differences(parse((ROOT / "seeds/data-dictionary.csv").read_text("utf-8")), SCHEMA) == []


def test_the_page_is_generated_from_it() -> None:
    columns = parse((ROOT / "seeds/data-dictionary.csv").read_text("utf-8"))
    assert (ROOT / "docs/data-dictionary.md").read_text("utf-8") == as_markdown(columns)


def test_a_column_nobody_answered_for_is_found() -> None:
    row = Column("resident", "sealed_name", "E", "id", "why", "who")
    assert differences([row], [("resident", "sealed_name"), ("resident", "nickname")]) == [
        "resident.nickname has no line in the dictionary"
    ]
    assert differences([row], []) == ["resident.sealed_name is in the dictionary only"]


def test_a_sealed_column_cannot_be_classed_plain() -> None:
    row = Column("resident", "sealed_name", "P", "id", "why", "who")
    assert differences([row], [("resident", "sealed_name")]) == ["resident.sealed_name is classed P"]


def test_a_line_without_a_purpose_is_refused() -> None:
    with pytest.raises(ValueError, match="purpose"):
        parse("table,column,class,retention,purpose,seen_by\nresident,sex,P,row,,everyone\n")
