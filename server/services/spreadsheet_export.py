"""Taking the own township's month out as a spreadsheet: with a reason, logged person by person, stamped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from server import clock
from server.domain.area_codes import Level, parse_code_of
from server.domain.codes import FieldGroup, Urgency
from server.domain.periods import parse_period
from server.domain.permissions import Facts, Permission, may
from server.domain.resident_views import ResidentView, resident_view
from server.domain.sheet_asked import SheetExport
from server.domain.visibility import Sight, sight_of
from server.errors import NotFound, TooLarge
from server.models.ledger import LedgerEntry
from server.models.resident import Resident
from server.models.sweep import Observation
from server.services.sheet_tables import name_of
from server.services.workbook_writing import Stamp, export_workbook
from server.store import spreadsheets as store
from server.store.disclosure import SubjectKeys, disclose
from server.store.events import AccessEvent
from server.store.observations import FACT
from server.store.residents import plain_of
from server.store.transaction import Caller, Work, new_id, transaction

ROWS_AT_MOST = 5000
#: Identity numbers and guardians stay behind: the month's meeting has no use for them.
RESIDENT_FIELDS = ("resident.name", "resident.phone", "resident.address")
HEADINGS = (
    "条目编号", "姓名", "性别", "出生年份", "联系电话", "现住址", "村（社区）", "网格", "纳入情形", "事实记录",
    "观察日期", "来源", "是否紧急", "状态", "上报时间", "审核期限",
)  # fmt: skip
_EXPORT = Permission.SPREADSHEET_EXPORT


def export_month(caller: Caller, wanted: SheetExport) -> "Exported":
    """The township's month as a workbook; its record, the reason sealed in it, is kept before the file leaves.

    Raises:
        NotFound: ``not_found``, the township is not the caller's.
        Invalid: ``export_reason_length``. TooLarge: ``export_too_long``.
        TooMany: ``disclosure_budget_used``.
    """
    reason = _checked(caller, wanted)
    with transaction(caller) as work:
        found = store.entries_to_export(work, wanted.township_code, wanted.period, ROWS_AT_MOST + 1)
        if len(found) > ROWS_AT_MOST:
            raise TooLarge("export_too_long", limit=ROWS_AT_MOST)
        export = store.NewExport(new_id(), wanted.township_code, wanted.period, len(found), reason)
        rows = _rows(work, export.id, found)
        name = store.township_name(work, wanted.township_code)
        stamp = Stamp(_who(work, export.id), work.now, reason, name, wanted.period)
        store.add_export(work, export)
    return Exported(export.id, export_workbook(stamp, HEADINGS, rows))


def _checked(caller: Caller, wanted: SheetExport) -> str:
    """The reason as it is kept, once township and month are found right."""
    township = parse_code_of(Level.TOWNSHIP, wanted.township_code, "township_code")
    parse_period(wanted.period)
    if not may(caller.identity, _EXPORT, Facts(township)):
        raise NotFound("not_found")
    return wanted.tidy_reason


def _rows(work: Work, export_id: UUID, found: Sequence[tuple[LedgerEntry, Resident]]) -> list[tuple[str, ...]]:
    """The lines, opened after one event that names everybody in them."""
    fields = (*RESIDENT_FIELDS, FACT)
    event = AccessEvent(_EXPORT, fields=fields, table="export_record", record_id=export_id, version_after=1)
    keys = disclose(work, event, [resident.id for _, resident in found])
    facts: dict[UUID, list[Observation]] = {}
    for entry_id, observation in store.facts_to_export(work, [entry.id for entry, _ in found]):
        facts.setdefault(entry_id, []).append(observation)
    places = dict(store.places_in(work, found[0][0].township_code)) if found else {}
    lines = _Lines(work, keys, places)
    return [lines.line(entry, resident, facts.get(entry.id, [])) for entry, resident in found]


def _who(work: Work, export_id: UUID) -> str:
    """The caller's login and name, or their id where the county has no such user."""
    user = store.own_user(work)
    if user is None:
        return str(work.identity.user_id)
    event = AccessEvent(_EXPORT, fields=("user.display_name",), table="export_record", record_id=export_id)
    keys = disclose(work, event, [user.id])
    return f"{keys.open('user.display_name', user.id, user.id, user.sealed_display_name)}（{user.login}）"


@dataclass(frozen=True, repr=False)
class Exported:
    """A finished export; has no readable ``repr``."""

    id: UUID
    content: bytes


@dataclass(frozen=True, repr=False)
class _Lines:
    """Makes lines of what was disclosed; has no readable ``repr``."""

    work: Work
    keys: SubjectKeys
    places: Mapping[str, str]

    def line(self, entry: LedgerEntry, resident: Resident, seen: Sequence[Observation]) -> tuple[str, ...]:
        """One entry under ``HEADINGS``, as far as the caller sees the person and the facts."""
        return (
            entry.entry_no,
            *self._person(resident),
            self.places.get(entry.area_code[:12], entry.area_code[:12]),
            self.places.get(entry.area_code, entry.area_code) if len(entry.area_code) > Level.VILLAGE else "",
            "、".join(name_of("ground", ground) for ground in entry.grounds),
            self._facts(entry, seen),
            max((one.observed_on.isoformat() for one in seen), default=""),
            name_of("observation_source", seen[-1].source) if seen else "",
            "是" if entry.urgency == Urgency.URGENT else "否",
            name_of("ledger_state", entry.state),
            _written(entry.reported_at),
            _written(entry.review_due_at),
        )

    def _person(self, resident: Resident) -> tuple[str, ...]:
        """Name, sex, year, phone and address, as the caller is shown them."""
        plain = plain_of(self.work, self.keys, resident, RESIDENT_FIELDS)
        view: ResidentView = resident_view(self.work.identity, plain)
        shown = (view.name, name_of("sex", resident.sex), resident.birth_year, view.phone, view.address)
        return tuple("" if value is None else str(value) for value in shown)

    def _facts(self, entry: LedgerEntry, seen: Sequence[Observation]) -> str:
        """The facts, with their days where there are several."""
        if sight_of(self.work.identity, FieldGroup.OBSERVATION, entry.area_code) is not Sight.FULL:
            return ""
        opened = [(one.observed_on, self.keys.open(FACT, one.id, one.resident_id, one.sealed_fact)) for one in seen]
        if len(opened) == 1:
            return opened[0][1]
        return "\n".join(f"{day.isoformat()}：{fact}" for day, fact in opened)


def _written(instant: datetime | None) -> str:
    return "" if instant is None else instant.astimezone(clock.CHINA).strftime("%Y-%m-%d %H:%M")
