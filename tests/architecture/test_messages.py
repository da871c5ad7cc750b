"""Every code the server can answer with has its text, its status and its placeholders in both languages.

What is raised is read from the source, so a refusal added anywhere is found here before a person meets a bare code.
"""

import ast
import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from server.messages import MESSAGES, Message, all_messages

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
WORD = re.compile(r"\w+")
HAN = re.compile(r"[一-鿿]")
#: Typographic signs that English prose may use beside ASCII.
ENGLISH = re.compile(r"[\x20-\x7e“”‘’–—…×·≤≥§%]*")


@dataclass(frozen=True)
class Raised:
    """A code as one line of the source raises it."""

    where: str
    code: str
    status: int
    #: Values given for the sentence; None where the source does not show them.
    params: frozenset[str] | None


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the server, parsed."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text("utf-8"))
        for path in sorted((ROOT / "server").rglob("*.py"))
    }


@cache
def statuses() -> dict[str, int]:
    """Error class → HTTP status, its own or that of what it derives from."""
    classes = {
        node.name: node for tree in trees().values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    }

    def status(name: str) -> int | None:
        node = classes.get(name)
        if node is None:
            return None
        for part in node.body:
            match part:
                case ast.Assign(targets=[ast.Name(id="status")], value=ast.Constant(value=int(found))):
                    return found
        return next((found for base in node.bases if (found := status(ast.unparse(base)))), None)

    return {name: found for name in classes if name != "LinliError" and (found := status(name))}


def raised() -> Iterator[Raised]:
    """Each construction of an error whose code stands in the source."""
    for where, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in statuses():
                yield from of_call(where, node, statuses()[node.func.id])
            if isinstance(node, ast.ClassDef) and node.name in statuses():
                for call in ast.walk(node):
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "super().__init__":
                        yield from of_call(where, call, statuses()[node.name])


def of_call(where: str, call: ast.Call, status: int) -> Iterator[Raised]:
    """The code of one construction, if it is written there."""
    if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
        names = [keyword.arg for keyword in call.keywords]
        params = None if None in names else frozenset(str(name) for name in names) - {"field", "errors"}
        yield Raised(f"{where}:{call.lineno}", call.args[0].value, status, params)


def named_elsewhere(function: str, place: int) -> Iterator[tuple[str, str]]:
    """Where, and the texts given to this function from this place on."""
    for where, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == function:
                for argument in node.args[place:]:
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                        yield f"{where}:{node.lineno}", argument.value


def texts_of(node: ast.AST) -> Iterator[str]:
    """Every text constant that is not a docstring."""
    docstrings = {
        id(each.body[0].value)
        for each in ast.walk(node)
        if isinstance(each, ast.Module | ast.ClassDef | ast.FunctionDef)
        and each.body
        and isinstance(each.body[0], ast.Expr)
    }
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str) and id(each) not in docstrings:
            yield each.value


def placeholders(text: str) -> frozenset[str]:
    """Names in braces."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def rows() -> list[Message]:
    """Every row of the texts."""
    return list(all_messages().values())


every_row = pytest.mark.parametrize("row", rows(), ids=lambda row: row.code)


def test_every_code_raised_has_a_text_of_the_same_status() -> None:
    found = list(raised())
    assert len(found) > 100
    unlisted = [f"{each.where}: {each.code}" for each in found if each.code not in all_messages()]
    assert unlisted == []
    differing = [
        f"{each.where}: {each.code} is raised as {each.status} and listed as {all_messages()[each.code].status}"
        for each in found
        if all_messages()[each.code].status != each.status
    ]
    assert differing == []


def test_every_complaint_about_a_field_has_a_text() -> None:
    found = list(named_elsewhere("FieldError", 1))
    assert found
    assert [f"{where}: {code}" for where, code in found if code not in all_messages()] == []


def test_every_refusal_a_route_declares_has_a_text() -> None:
    found = list(named_elsewhere("refuses", 0))
    assert found
    assert [f"{where}: {code}" for where, code in found if code not in all_messages()] == []


def test_whoever_raises_gives_the_values_its_sentence_asks_for() -> None:
    missing = [
        f"{each.where}: {each.code} needs {sorted(asked - each.params)}"
        for each in raised()
        if each.params is not None and each.code in all_messages()
        for asked in (asked_by(all_messages()[each.code]),)
        if asked - each.params
    ]
    assert missing == []


def asked_by(row: Message) -> frozenset[str]:
    """Every value the row's sentences ask for."""
    return (
        placeholders(row.title_zh) | placeholders(row.todo_zh) | placeholders(row.title_en) | placeholders(row.todo_en)
    )


def test_no_text_is_left_over_from_a_code_that_nobody_raises() -> None:
    # A code may also stand inside an SQL statement that lists faults.
    spoken = {word for tree in trees().values() for text in texts_of(tree) for word in WORD.findall(text)}
    assert sorted(row.code for row in rows() if row.code not in spoken) == []


@every_row
def test_codes_are_written_alike(row: Message) -> None:
    assert CODE.fullmatch(row.code)
    assert len(row.code) <= 40
    assert row.status in set(statuses().values())


@every_row
def test_chinese_is_chinese_and_english_is_english(row: Message) -> None:
    assert HAN.search(row.title_zh)
    assert HAN.search(row.todo_zh)
    # An English sentence may quote what a Chinese sheet says.
    assert all(ENGLISH.fullmatch(HAN.sub("", text)) for text in (row.title_en, row.todo_en))
    assert all(len(HAN.findall(text)) <= 8 for text in (row.title_en, row.todo_en))


@every_row
def test_every_text_says_what_is_wrong_and_what_to_do(row: Message) -> None:
    assert all(
        text == text.strip() and len(text) >= 4 for text in (row.title_zh, row.todo_zh, row.title_en, row.todo_en)
    )


@every_row
def test_both_languages_name_the_same_values(row: Message) -> None:
    chinese = placeholders(row.title_zh) | placeholders(row.todo_zh)
    english = placeholders(row.title_en) | placeholders(row.todo_en)
    assert chinese == english


def test_all_texts_stand_in_one_folder_in_the_same_columns() -> None:
    heads = {path.read_text("utf-8").splitlines()[0] for path in MESSAGES.glob("*.csv")}
    assert heads == {"code,status,title_zh,todo_zh,title_en,todo_en"}
