"""The shape of the house, as figures and as places: what a reviewer would otherwise have to look for."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVER = ROOT / "server"
FILES = sorted(SERVER.rglob("*.py"))

LONGEST_FUNCTION = 40
LONGEST_OF_NINE_IN_TEN = 20
LONGEST_FILE = 300
MOST_PARAMETERS = 5

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Function:
    where: str
    lines: int
    parameters: int


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of_code(node: FunctionNode) -> int:
    """Lines from `def` to the end, less the docstring."""
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    if ast.get_docstring(node) is not None:
        docstring = node.body[0]
        lines -= (docstring.end_lineno or docstring.lineno) - docstring.lineno + 1
    return lines


def parameters_of(node: FunctionNode) -> int:
    """Parameters a caller must think of; click's options are filled in by the command line."""
    named = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return len([argument for argument in named if argument.arg not in {"self", "cls"}])


def functions() -> Iterator[Function]:
    for path in FILES:
        for node in ast.walk(parse(path)):
            if isinstance(node, FunctionNode):
                where = f"{name_of(path)}:{node.lineno} {node.name}"
                yield Function(where, lines_of_code(node), parameters_of(node))


def places_that_say(pattern: str) -> set[str]:
    return {name_of(path) for path in FILES if re.search(pattern, path.read_text("utf-8"))}


def calls(path: Path) -> Iterator[str]:
    """Every call in a file, by its dotted name as written."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Call):
            yield ast.unparse(node.func)


def imported_modules(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def importers_of(package: str) -> set[str]:
    return {
        name_of(path)
        for path in FILES
        if any(module == package or module.startswith(package + ".") for module in imported_modules(path))
    }


def test_no_function_is_longer_than_a_page() -> None:
    assert [one.where for one in functions() if one.lines > LONGEST_FUNCTION] == []


def test_nine_functions_in_ten_fit_in_half_a_page() -> None:
    lengths = sorted(one.lines for one in functions())
    assert lengths[int(len(lengths) * 0.9)] <= LONGEST_OF_NINE_IN_TEN


def test_no_file_is_longer_than_one_idea() -> None:
    lengths = {name_of(path): len(path.read_text("utf-8").splitlines()) for path in FILES}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_many_parameters_are_a_value() -> None:
    assert [one.where for one in functions() if one.parameters > MOST_PARAMETERS] == []


def test_package_files_hold_a_docstring_and_names_given_on_only() -> None:
    # The keys' interface is given on by its package; the API's package lists its nouns.
    more = {"server/crypto/__init__.py", "server/api/__init__.py"}
    packages = [path for path in FILES if path.name == "__init__.py"]
    assert all(ast.get_docstring(parse(path)) for path in packages)
    assert {name_of(path) for path in packages if len(parse(path).body) > 1} <= more


def test_there_is_one_commit() -> None:
    assert places_that_say(r"\.commit\(") <= {"server/store/transaction.py"}


def test_transactions_are_opened_where_records_are_kept() -> None:
    places = places_that_say(r"\bsession\.begin\(|\bSession\(|sessionmaker\(")
    assert "server/store/transaction.py" in places
    assert {name for name in places if not name.startswith("server/store/")} == set()


def test_there_is_one_clock() -> None:
    readers = {
        name_of(path)
        for path in FILES
        for call in calls(path)
        if re.fullmatch(r"((datetime|date)\.)*(datetime|date)\.(now|utcnow|today)|time\.(time|time_ns|localtime)", call)
    }
    assert readers == {"server/clock.py"}


def test_there_is_one_reader_of_the_environment() -> None:
    assert places_that_say(r"\bos\.(environ|getenv)\b|from os import .*(environ|getenv)") == {"server/config.py"}


def test_only_crypto_imports_cryptography() -> None:
    importers = importers_of("cryptography")
    assert importers
    assert {name for name in importers if not name.startswith("server/crypto/")} == set()


@pytest.mark.parametrize("layer", ["domain", "crypto"])
@pytest.mark.parametrize("package", ["flask", "sqlalchemy", "psycopg", "marshmallow", "httpx"])
def test_rules_and_cryptography_are_pure(layer: str, package: str) -> None:
    assert {name for name in importers_of(package) if name.startswith(f"server/{layer}/")} == set()


def test_sql_is_written_where_records_are_kept() -> None:
    places = places_that_say(r"\btext\(\s*f?\"|\.exec_driver_sql\(")
    assert {name for name in places if not name.startswith(("server/store/", "server/models/"))} == set()


def test_a_broad_except_stands_only_where_errors_become_answers() -> None:
    broad = {
        name_of(path)
        for path in FILES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"})
    }
    assert broad <= {"server/http/errors.py"}


def test_no_name_says_nothing() -> None:
    empty = re.compile(r"(Manager|Helper|Util|Utils|Handler|Processor|Impl)$|^Base[A-Z]")
    named = [
        f"{name_of(path)} {node.name}"
        for path in FILES
        for node in ast.walk(parse(path))
        if isinstance(node, ast.ClassDef) and empty.search(node.name)
    ]
    assert named == []


def test_nothing_is_left_for_later_in_a_comment() -> None:
    words = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
    sources = [path for path in FILES + sorted((ROOT / "tests").rglob("*.py")) if path.name != Path(__file__).name]
    assert [name_of(path) for path in sources if words.search(path.read_text("utf-8"))] == []
