"""A county to try things on: its real townships and villages, three grids each, and invented users for all of them.

Everything may be repeated: what exists stays, what is missing is added. All users share one password, which need not
be changed; so a county that has users of its own is refused.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from os import cpu_count

from server.crypto.passwords import hash_password
from server.domain.area_codes import Level
from server.domain.codes import Role
from server.domain.sign_in import Login
from server.errors import Conflict
from server.store.events import AccessEvent
from server.store.grants import GrantSpec, add_grant
from server.store.tenancy import Place
from server.store.transaction import Caller, transaction
from server.store.users import UserSpec, add_users, count_users, known_names, replace_passwords

GRIDS_PER_VILLAGE = 3
#: Grids and roles have been there since this day, so that months gone by can be played.
SINCE = date(2025, 1, 1)
#: Users stored between two reports of progress.
BATCH = 60

#: Role → what stands before its place in the login, what the person is called, and the level of the place.
PARTS: tuple[tuple[Role, str, str, Level], ...] = (
    (Role.SYSADMIN, "sysadmin", "系统管理员", Level.COUNTY),
    (Role.AUDITOR, "auditor", "审计员", Level.COUNTY),
    (Role.PRIVACY_OFFICER, "privacy", "隐私负责人", Level.COUNTY),
    (Role.COUNTY_SUPERVISOR, "county", "县级督导员", Level.COUNTY),
    (Role.CLINICIAN, "clinician", "精神科医师", Level.COUNTY),
    (Role.COUNSELLOR, "counsellor", "心理咨询师", Level.COUNTY),
    (Role.RECEIVING_AGENCY, "agency", "接收机构", Level.COUNTY),
    (Role.DEPT_REPORTER, "department", "部门填报员", Level.COUNTY),
    (Role.HOTLINE_OPERATOR, "hotline", "热线接线员", Level.COUNTY),
    (Role.JUDICIAL_OFFICER, "judicial", "司法所", Level.TOWNSHIP),
    (Role.TOWNSHIP_COORDINATOR, "coordinator", "综治中心", Level.TOWNSHIP),
    (Role.ASSESSOR, "assessor", "评估员", Level.TOWNSHIP),
    (Role.CASE_MEMBER, "member", "个案团队成员", Level.TOWNSHIP),
    (Role.SITE_MANAGER, "site", "服务站点管理员", Level.TOWNSHIP),
    (Role.VILLAGE_OFFICER, "village", "村干部", Level.VILLAGE),
    (Role.GRID_WORKER, "grid", "网格员", Level.GRID),
)


@dataclass(frozen=True)
class DemoUser:
    """An invented user: one role in one place."""

    login: Login
    role: Role
    place: Place
    title: str

    @property
    def display_name(self) -> str:
        """The place and the part played there."""
        return f"{self.place.name}·{self.title}"


@dataclass(frozen=True)
class Loaded:
    """What loading did."""

    added: int
    kept: int


def demo_users(county_code: str, places: Iterable[Place]) -> list[DemoUser]:
    """Everyone the county gets: ``judicial-102@430902`` sits in the township whose code ends so."""
    by_level: dict[int, list[Place]] = {}
    for place in places:
        by_level.setdefault(place.level, []).append(place)
    return [
        DemoUser(Login(_name(prefix, place, county_code), county_code), role, place, title)
        for role, prefix, title, level in PARTS
        for place in by_level.get(level, ())
    ]


def load_users(
    caller: Caller, users: Sequence[DemoUser], password: str, *, renew: bool, advance: Callable[[int], None]
) -> Loaded:
    """Add the users that are missing; with ``renew``, give the others this password too.

    Raises Conflict ``county_in_use`` when the county has users, but none of these.
    """
    known = _known(caller, users)
    wanted = [user for user in users if renew or user.login.name not in known]
    advance(len(users) - len(wanted))
    with ThreadPoolExecutor(cpu_count()) as threads:
        for start in range(0, len(wanted), BATCH):
            batch = wanted[start : start + BATCH]
            hashes = list(threads.map(hash_password, [password] * len(batch)))
            _store(caller, batch, hashes, known)
            advance(len(batch))
    return Loaded(added=len(users) - len(known), kept=len(known))


def samples(users: Iterable[DemoUser]) -> list[DemoUser]:
    """The first user of each role."""
    found: dict[Role, DemoUser] = {}
    for user in users:
        found.setdefault(user.role, user)
    return list(found.values())


def _known(caller: Caller, users: Sequence[DemoUser]) -> set[str]:
    with transaction(caller) as work:
        known = known_names(work, [user.login.name for user in users])
        if not known and count_users(work):
            raise Conflict("county_in_use")
        return known


def _store(caller: Caller, batch: Sequence[DemoUser], hashes: Sequence[str], known: set[str]) -> None:
    """Store one batch, all or nothing."""
    pairs = list(zip(batch, hashes, strict=True))
    fresh = [(user, hashed) for user, hashed in pairs if user.login.name not in known]
    with transaction(caller) as work:
        replace_passwords(work, {user.login.name: hashed for user, hashed in pairs if user.login.name in known})
        specs = [
            UserSpec(user.login.name, user.display_name, hashed, must_change_password=False) for user, hashed in fresh
        ]
        rows = add_users(work, specs)
        for (user, _), row in zip(fresh, rows, strict=True):
            add_grant(work, row.id, GrantSpec(user.role, user.place.code, SINCE))
        work.note(AccessEvent("user:create", table="app_user", count=len(rows)))


def _name(prefix: str, place: Place, county_code: str) -> str:
    suffix = place.code.removeprefix(county_code)
    return f"{prefix}-{suffix}" if suffix else prefix
