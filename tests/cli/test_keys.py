"""`linli keys`: made once, never printed, and not believed when they belong elsewhere."""

from pathlib import Path

from server.config import Config
from tests.cli.linli import linli
from tests.make import County


def test_keys_are_made_once_and_never_printed(config: Config, tmp_path: Path) -> None:
    key_dir = tmp_path / "keys"
    first = linli(config, "keys", "init", key_dir=key_dir)
    secrets = {path.name: path.read_text("utf-8") for path in key_dir.iterdir()}
    second = linli(config, "keys", "init", key_dir=key_dir)
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert {path.name: path.read_text("utf-8") for path in key_dir.iterdir()} == secrets
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in key_dir.iterdir())
    for content in secrets.values():
        assert content.strip() not in first.output + second.output


def test_a_damaged_key_directory_is_refused_and_left_alone(config: Config, tmp_path: Path) -> None:
    key_dir = tmp_path / "keys"
    linli(config, "keys", "init", key_dir=key_dir)
    (key_dir / "kek.passphrase").unlink()
    result = linli(config, "keys", "init", key_dir=key_dir)
    assert (result.exit_code, "key_file_missing" in result.output) == (1, True)
    assert not (key_dir / "kek.passphrase").exists()


def test_the_deployments_keys_open_every_county(config: Config, county: County) -> None:
    result = linli(config, "keys", "check")
    assert (result.exit_code, "counties" in result.output) == (0, True)


def test_another_deployments_keys_open_nothing(config: Config, county: County, tmp_path: Path) -> None:
    other = tmp_path / "keys"
    linli(config, "keys", "init", key_dir=other)
    result = linli(config, "keys", "check", key_dir=other)
    assert (result.exit_code, "seal_broken" in result.output) == (1, True)
