"""The `linli` command: one table of commands, each imported only when it is called.

Exit codes: 0 done · 1 refused, with the reason in one line · 2 the command was written wrongly.
"""

import importlib
from gettext import gettext

import click
from sqlalchemy.exc import OperationalError

from server.config import ConfigRefused
from server.errors import LinliError
from server.messages import message_for
from server.store.databases import ServerRefused

#: Command → where it is defined, and what it does. The help page is read from here, so it needs no imports.
COMMANDS: dict[str, tuple[str, str]] = {
    "api-spec": ("server.cli.api_spec:api_spec", "Write or check mobile_api_spec/openapi.json."),
    "areas": ("server.cli.areas:areas", "Import divisions, lay out grids, attach polygons."),
    "county": ("server.cli.county:county", "Let counties join the registry."),
    "data-dictionary": (
        "server.cli.data_dictionary:data_dictionary",
        "Write or check docs/data-dictionary.md.",
    ),
    "db": ("server.cli.db:db", "Prepare the database and move it between versions."),
    "demo-county": (
        "server.cli.demo_county:demo_county",
        "Load a county of invented people to try things on.",
    ),
    "jobs": ("server.cli.jobs:jobs", "Run the job process: access log, expiry, clean-up."),
    "keys": ("server.cli.keys:keys", "Make and check the deployment's keys."),
    "ledger": ("server.cli.ledger:ledger", "Import and export a township's month as a spreadsheet."),
    "seeds": ("server.cli.seeds:seeds", "Load code lists, holidays and areas."),
    "serve": ("server.cli.run:serve", "Serve the API and run the job process beside it."),
    "devices": ("server.cli.devices:devices", "List field tablets, and take a lost one back."),
    "users": ("server.cli.users:users", "Make people's accounts and assign them to areas."),
}


class Commands(click.Group):
    """Finds commands in the table, and turns the errors raised on purpose into one line and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command's name, in the order of the alphabet."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command itself, imported now; None when the table does not list it."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help page's list from the table, without importing a command."""
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; a refusal becomes a line that says what is wrong and what to do."""
        try:
            return super().invoke(ctx)
        except (ConfigRefused, ServerRefused) as refused:
            raise click.ClickException(str(refused)) from refused
        except OperationalError as error:
            reason = " ".join(str(error.orig).split())
            raise click.ClickException(f"the database does not answer: {reason}") from error
        except LinliError as error:
            raise click.ClickException(refusal(error)) from error


def refusal(error: LinliError) -> str:
    """The error in Chinese and English, with its code."""
    message = message_for(error.code)
    chinese = message.title("zh", **error.params) + message.todo("zh", **error.params)
    english = " ".join((message.title("en", **error.params), message.todo("en", **error.params))).strip()
    return f"{chinese} / {english} [{error.code}]"


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name=None, version="0.1.0", prog_name="linli")
def cli() -> None:
    """Linli (邻里), a community care registry."""


if __name__ == "__main__":
    cli(prog_name="linli")
