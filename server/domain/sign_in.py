"""What a person types to sign in: the login with its county, and what a password must be."""

import re
from dataclasses import dataclass
from functools import cache
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from unicodedata import normalize

COMMON_PASSWORDS = Path(__file__).resolve().parents[2] / "seeds" / "words" / "common-passwords.txt"

#: Characters a password must have at least; length is what makes guessing slow.
SHORTEST_PASSWORD = 10
LONGEST_PASSWORD = 200
LONGEST_NAME = 40

#: Stands for the county of a login that names none, so that every attempt is counted somewhere.
NO_COUNTY = "000000"

_NAME = re.compile(rf"[a-z0-9](?:[a-z0-9._-]{{0,{LONGEST_NAME - 2}}}[a-z0-9])?")
_COUNTY = re.compile(r"[1-9][0-9]{5}")


@dataclass(frozen=True)
class Login:
    """A person's name within a county: ``sifasuo.qilinqiao@430902``. The county is the tenant signed in to."""

    name: str
    county_code: str

    def __str__(self) -> str:
        """As it is typed."""
        return f"{self.name}@{self.county_code}"

    @property
    def is_possible(self) -> bool:
        """Whether such a login can exist at all."""
        return bool(_NAME.fullmatch(self.name) and _COUNTY.fullmatch(self.county_code))


def parse_login(text: str) -> Login:
    """The login somebody typed, in small letters; one that cannot exist has no name and ``NO_COUNTY``.

    It never raises, so that an impossible login is refused at the same place, and as late, as a wrong password.
    """
    name, _, county_code = text.strip().lower().rpartition("@")
    typed = Login(name, county_code)
    return typed if typed.is_possible else Login("", NO_COUNTY)


def password_refusal(password: str, login: Login) -> str | None:
    """The code of why this may not be the login's password; None when it may."""
    folded = normalize("NFKC", password).casefold()
    if len(folded) < SHORTEST_PASSWORD:
        return "password_too_short"
    if login.name in folded or folded in str(login):
        return "password_is_login"
    if folded in common_passwords() or len(set(folded)) < SHORTEST_PASSWORD // 2:
        return "password_too_common"
    return None


@cache
def common_passwords() -> frozenset[str]:
    """Passwords that are tried first by whoever guesses."""
    lines = COMMON_PASSWORDS.read_text("utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip() and not line.startswith("#"))


def counted_address(address: str) -> str:
    """What failed attempts from an address are counted under: an IPv4 address, or the /64 of an IPv6 one."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    return parsed.packed[:8].hex() if isinstance(parsed, IPv6Address) else str(parsed)
