"""`linli data-dictionary`: write or check the page that says what is kept and why."""

from pathlib import Path

import click

from server.domain.data_dictionary import as_markdown, differences, parse
from server.models.tables import METADATA

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "seeds" / "data-dictionary.csv"
PAGE = ROOT / "docs" / "data-dictionary.md"


@click.command("data-dictionary")
@click.option("--check", is_flag=True, help="Change nothing; fail when the page or the dictionary is behind.")
def data_dictionary(*, check: bool) -> None:
    """Write docs/data-dictionary.md from seeds/data-dictionary.csv."""
    columns = parse(SOURCE.read_text("utf-8"))
    schema = [(table.name, column.name) for table in METADATA.sorted_tables for column in table.columns]
    wrong = differences(columns, schema)
    if wrong:
        raise click.ClickException("; ".join(wrong))
    page = as_markdown(columns)
    if not check:
        PAGE.write_text(page, "utf-8")
    elif PAGE.read_text("utf-8") != page:
        raise click.ClickException("docs/data-dictionary.md is behind: run linli data-dictionary")
