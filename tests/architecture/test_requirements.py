"""``docs/requirements.md`` names every requirement once, and only routes, commands and tests that there are."""

import re
from collections import Counter
from pathlib import Path

import click

from server.cli.main import cli
from server.domain.indicator_seeds import parse_definitions
from server.http.openapi import API_PREFIX
from tests.contract.operations import operations

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "requirements.md").read_text("utf-8")
#: What the two plans ask of a registry, as core or supporting.
YIYANG = (1, 2, 3, 5, 6, 7, 8, 13, 16, 17, 19, 20, 21, 22, 23, 24, 27, 29, 30, 31, 32, *range(34, 41), 44, 45)
YANTAI = (2, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14, 15, 16, 18, 19, 20, 21, 23, 24, 25, 26, 28)


def rows() -> list[tuple[str, str, str, str]]:
    """Id, what, where and tests of every line of a table."""
    cells = [re.split(r"(?<!\\) \| ", line.strip("| ")) for line in PAGE.splitlines() if line.startswith("| ")]
    assert {len(each) for each in cells} == {4}
    return [(one, two, three, four) for one, two, three, four in cells if one != "id"]


def quoted(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


def wanted() -> set[str]:
    """Every id that must stand there."""
    asked = {f"YY-{number:02}" for number in YIYANG} | {f"YT-{number:02}" for number in YANTAI}
    kept = {f"G{number}" for number in range(1, 13)} | {str(number) for number in range(1, 21)}
    return asked | kept | indicators()


def indicators() -> set[str]:
    """The indicators of the product; those in two parts (YY-I6A, YY-I6B) stand as one, as the plan has them."""
    defined = parse_definitions((ROOT / "seeds" / "indicators" / "definitions.csv").read_text("utf-8"))
    return {re.sub(r"(?<=\d)[AB]$", "", name) for name in defined}


def commands() -> set[str]:
    """Every command of ``linli``, with its group."""
    context = click.Context(cli)
    found = {name: cli.get_command(context, name) for name in cli.list_commands(context)}
    groups = {name: group for name, group in found.items() if isinstance(group, click.Group)}
    return {f"linli {name}" for name in found} | {
        f"linli {name} {sub}" for name, group in groups.items() for sub in group.commands
    }


def test_every_requirement_stands_there_once_and_nothing_else() -> None:
    counted = Counter(id_ for id_, *_ in rows())
    assert set(counted) == wanted()
    assert set(counted.values()) == {1}


def test_the_others_are_told_of_below() -> None:
    below = PAGE.partition("## Typed in")[2]
    told = Counter(re.findall(r"Y[YT]-\d\d", below))
    left = {f"YY-{number:02}" for number in set(range(1, 48)) - set(YIYANG)}
    left |= {f"YT-{number:02}" for number in set(range(1, 29)) - set(YANTAI)}
    assert set(told) == left
    assert set(told.values()) == {1}


def test_every_route_and_command_named_exists() -> None:
    there = {each.name.replace(API_PREFIX, "") for each in operations()} | commands()
    named = [text for _, _, where, _ in rows() for text in quoted(where)]
    addresses = [text for text in named if text.startswith(("GET ", "POST ", "PUT ", "PATCH ", "DELETE ", "linli "))]
    assert [text for text in addresses if text not in there] == []
    assert {text for text in named if text not in addresses} == {"social_aid", "beyond_competence"}


def test_every_line_says_where_or_why_not() -> None:
    silent = [id_ for id_, _, where, _ in rows() if not quoted(where) and not re.search(r"[Ll]eft out: |route", where)]
    assert silent == []


def test_every_test_file_named_exists_and_every_line_names_one() -> None:
    for id_, _, _, tests in rows():
        assert quoted(tests), id_
        assert [name for name in quoted(tests) if not (ROOT / "tests" / name).is_file()] == [], id_
