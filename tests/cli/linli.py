"""The `linli` command on the test database."""

from pathlib import Path

from click.testing import CliRunner, Result

from server.cli.main import cli
from server.config import Config


def linli(config: Config, *arguments: str, key_dir: Path | None = None) -> Result:
    """One command, as on a server whose settings are these."""
    settings = {
        "LINLI_ENV_FILE": "/dev/null",
        "LINLI_DATABASE_URL": config.owner_url,
        "LINLI_APP_DATABASE_URL": config.app_url,
        "LINLI_JOBS_DATABASE_URL": config.jobs_url,
        "LINLI_KEY_DIR": str(key_dir or config.key_dir),
    }
    return CliRunner(env=settings).invoke(cli, list(arguments))
