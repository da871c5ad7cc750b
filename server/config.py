"""The deployment's settings: a frozen value that refuses to be wrong. The only reader of the environment.

Names missing from the environment are looked up in ``var/linli.env`` (or the file that ``LINLI_ENV_FILE``
names), which the set-up writes with mode 0600. Secrets have no default, and no setting opens a door.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

#: Where the set-up keeps settings and keys: beside the product's own folder, wherever a command is called from.
VAR = Path(__file__).resolve().parents[1] / "var"
ENV_FILE = VAR / "linli.env"
LONGEST_LEASE_DAYS, MOST_TABLET_RESIDENTS = 7, 10_000


class ConfigRefused(Exception):
    """The settings are missing or wrong; the message names the setting and what it should be."""


@dataclass(frozen=True)
class Config:
    """Everything a process must know before it starts."""

    #: Address of the database as its owner: migrations, seeds and set-up only.
    owner_url: str
    #: Address as the application's role: neither owner nor BYPASSRLS.
    app_url: str
    #: Address as the job process's role: moves the access log, runs expiry.
    jobs_url: str
    #: Folder with the sealed key-encryption key, its passphrase and the token signing key, all 0600.
    key_dir: Path
    #: How long an access token lives; the session behind it can be revoked at any moment.
    access_token_life: timedelta = timedelta(minutes=15)
    #: How long a person may go on without signing in again.
    session_life: timedelta = timedelta(hours=10)
    #: Largest request body in bytes; spreadsheets included.
    max_body_bytes: int = 8 * 1024 * 1024
    #: Residents whose plaintext one user may open in an hour before the answer is 429.
    disclosure_budget_per_hour: int = 6000
    #: Failed sign-ins for one login before a pause, and for one address.
    sign_in_tries: int = 5
    sign_in_tries_per_address: int = 50
    #: How many proxies of our own stand in front, each adding to X-Forwarded-For; nothing before them is believed.
    trusted_proxies: int = 0
    #: Whether a case team needs all seven disciplines of the plan, instead of doctor, village or grid, and one more.
    strict_teams: bool = False
    #: Days for which a tablet may open what it holds before it must be heard of again.
    tablet_lease_days: int = 3
    #: People a worker's tablet holds at most for their care; benches hold more.
    tablet_residents: int = 50
    #: The oldest app that still gets a lease and pulls; an older one may only send.
    tablet_app_at_least: str = "1.0.0"
    #: Where people reach this server (``https://linli.example``), for the link in a tablet's enrolment code.
    public_url: str = ""

    def __post_init__(self) -> None:
        """Refuse addresses of the wrong kind and settings that would weaken a promise."""
        for name, url in (("LINLI_DATABASE_URL", self.owner_url), ("LINLI_APP_DATABASE_URL", self.app_url)):
            if not url.startswith("postgresql+psycopg://"):
                raise ConfigRefused(f"{name} must be a PostgreSQL address (postgresql://…)")
        if self.app_url == self.owner_url:
            raise ConfigRefused("LINLI_APP_DATABASE_URL must not be the owner's: row-level security would not bind it")
        if not 1 <= self.disclosure_budget_per_hour <= 100_000:
            raise ConfigRefused("LINLI_DISCLOSURE_BUDGET_PER_HOUR must lie between 1 and 100000")
        if self.access_token_life > timedelta(hours=1) or self.session_life > timedelta(hours=24):
            raise ConfigRefused("an access token may live one hour at most, a session 24 hours")

        self._check_tablets()

    def _check_tablets(self) -> None:
        if not 1 <= self.tablet_lease_days <= LONGEST_LEASE_DAYS:
            raise ConfigRefused("LINLI_TABLET_LEASE_DAYS must lie between 1 and 7")
        if not 1 <= self.tablet_residents <= MOST_TABLET_RESIDENTS:
            raise ConfigRefused("LINLI_TABLET_RESIDENTS must lie between 1 and 10000")
        if not re.fullmatch(r"[0-9]+(\.[0-9]+)*", self.tablet_app_at_least):
            raise ConfigRefused("LINLI_TABLET_APP_AT_LEAST must be a version, as 1.0.0")
        if self.public_url and not self.public_url.startswith(("https://", "http://")):
            raise ConfigRefused("LINLI_PUBLIC_URL must be an address, as https://linli.example")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> "Config":
        """Read the settings; raises ConfigRefused with one clear line."""
        values = _with_env_file(dict(os.environ if environ is None else environ))
        return cls(
            owner_url=psycopg_url(_required(values, "LINLI_DATABASE_URL")),
            app_url=psycopg_url(_required(values, "LINLI_APP_DATABASE_URL")),
            jobs_url=psycopg_url(_required(values, "LINLI_JOBS_DATABASE_URL")),
            key_dir=Path(values.get("LINLI_KEY_DIR", VAR / "keys")),
            disclosure_budget_per_hour=_whole(values, "LINLI_DISCLOSURE_BUDGET_PER_HOUR", 6000),
            trusted_proxies=_whole(values, "LINLI_TRUSTED_PROXIES", 0),
            max_body_bytes=_whole(values, "LINLI_MAX_BODY_BYTES", 8 * 1024 * 1024),
            strict_teams=_yes(values, "LINLI_STRICT_TEAMS"),
            tablet_lease_days=_whole(values, "LINLI_TABLET_LEASE_DAYS", 3),
            tablet_residents=_whole(values, "LINLI_TABLET_RESIDENTS", 50),
            tablet_app_at_least=values.get("LINLI_TABLET_APP_AT_LEAST", "1.0.0"),
            public_url=values.get("LINLI_PUBLIC_URL", "").rstrip("/"),
        )


def psycopg_url(url: str) -> str:
    """The same address, naming the driver in use: ``postgresql://`` becomes ``postgresql+psycopg://``."""
    for scheme in ("postgresql://", "postgres://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _with_env_file(values: dict[str, str]) -> dict[str, str]:
    path = Path(values.get("LINLI_ENV_FILE", ENV_FILE))
    if not path.is_file():
        return values
    pairs = (line.split("=", 1) for line in path.read_text("utf-8").splitlines() if "=" in line and line[0] != "#")
    return {name.strip(): value.strip() for name, value in pairs} | values


def _required(values: Mapping[str, str], name: str) -> str:
    value = values.get(name, "")
    if not value:
        raise ConfigRefused(f"{name} is not set: start with `make run`, or set it to the database's address")
    return value


def _whole(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, str(default))
    if not text.isdecimal():
        raise ConfigRefused(f"{name} must be a whole number")
    return int(text)


def _yes(values: Mapping[str, str], name: str) -> bool:
    text = values.get(name, "no")
    if text not in ("yes", "no"):
        raise ConfigRefused(f"{name} must be yes or no")
    return text == "yes"
