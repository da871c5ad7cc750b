"""The `linli` command: what it offers, and what a refusal looks like to the person typing."""

import pytest
from click.testing import CliRunner

from server.cli.main import COMMANDS, cli, refusal
from server.errors import NotFound


def run(*arguments: str, **environment: str) -> tuple[int, str]:
    result = CliRunner(env={"LINLI_ENV_FILE": "/dev/null", **environment}).invoke(cli, list(arguments))
    return result.exit_code, result.output


def test_help_lists_every_command() -> None:
    code, output = run("--help")
    assert code == 0
    for name in COMMANDS:
        assert f"\n  {name} " in output


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_listed_command_explains_itself(name: str) -> None:
    code, output = run(name, "--help")
    assert code == 0
    assert output.startswith(f"Usage: cli {name}")


def test_an_unknown_command_is_a_fault_of_writing() -> None:
    code, output = run("no-such-thing")
    assert code == 2
    assert "No such command" in output


def test_missing_settings_are_one_line_that_says_what_to_do() -> None:
    code, output = run("db", "migrate", LINLI_DATABASE_URL="")
    assert (code, output.count("\n")) == (1, 1)
    assert "LINLI_DATABASE_URL" in output
    assert "make run" in output


def test_a_database_that_does_not_answer_is_one_line_without_the_password() -> None:
    addresses = {
        "LINLI_DATABASE_URL": "postgresql://owner:s3cr3t@127.0.0.1:1/linli",
        "LINLI_APP_DATABASE_URL": "postgresql://app:s3cr3t@127.0.0.1:1/linli",
        "LINLI_JOBS_DATABASE_URL": "postgresql://jobs:s3cr3t@127.0.0.1:1/linli",
    }
    code, output = run("db", "migrate", **addresses)
    assert (code, output.count("\n")) == (1, 1)
    assert "cannot be reached" in output
    assert "s3cr3t" not in output


def test_a_refusal_speaks_both_languages_and_names_its_code() -> None:
    assert refusal(NotFound("no_such_code")).endswith("[no_such_code]")
