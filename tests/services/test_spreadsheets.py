"""Reading a township's month in: whole or not at all, the same rules as everywhere, nothing forbidden kept."""

from concurrent.futures import ThreadPoolExecutor
from time import perf_counter

import pytest
from sqlalchemy import Engine, func, select, text

from server.domain.codes import Purpose, Role
from server.domain.sheet_asked import SheetImport
from server.domain.sheet_report import Outcome
from server.errors import Conflict, Forbidden, Invalid, LinliError, Malformed, NotFound
from server.models.base import Model
from server.models.ledger import EntryObservation, LedgerEntry, LedgerStep, Task
from server.models.resident import PossibleDuplicate, Resident
from server.models.spreadsheet import ImportBatch
from server.models.sweep import Month, Observation
from server.services.spreadsheets import ImportReport, import_month, read_import
from server.store.disclosure import disclose
from server.store.events import AccessEvent
from server.store.months import add_month
from server.store.residents import open_residents
from server.store.transaction import Caller, transaction
from tests.make import County, a_caller, same_caller
from tests.residents import ID_NO, OTHER_ID_NO
from tests.sheets import FACT, HEADINGS, a_row, a_sheet, this_month


@pytest.fixture
def officer(county: County) -> Caller:
    return a_caller(county, Role.JUDICIAL_OFFICER, county.township, Purpose.IMPORT)


def wanted(county: County, **changes: object) -> SheetImport:
    values = {"township_code": county.township, "period": this_month(), "dry_run": False} | changes
    return SheetImport(**values)  # type: ignore[arg-type]


def brought(caller: Caller, county: County, *rows: dict[str, object], **changes: object) -> ImportReport:
    return import_month(caller, wanted(county, **changes), a_sheet(rows))


def count_of(caller: Caller, model: type[Model]) -> int:
    with transaction(caller) as work:
        return work.session.scalar(select(func.count()).select_from(model)) or 0


def outcomes(report: ImportReport) -> list[Outcome]:
    return [row.outcome for row in report.rows]


def test_a_good_row_becomes_a_resident_a_fact_and_a_reported_entry(county: County, officer: Caller) -> None:
    row = a_row(county.village, 身份证号=ID_NO, 性别="女", 出生日期="1990年3月7日", 网格=1)
    report = brought(officer, county, row)
    assert (outcomes(report), report.applied, report.entry_count) == ([Outcome.NEW], True, 1)
    with transaction(officer) as work:
        (entry,) = work.session.scalars(select(LedgerEntry))
        (seen,) = work.session.scalars(select(Observation))
        (link,) = work.session.scalars(select(EntryObservation))
        steps = work.session.scalars(select(LedgerStep).order_by(LedgerStep.id)).all()
        (person,) = open_residents(work, AccessEvent("test"), list(work.session.scalars(select(Resident))))
        keys = disclose(work, AccessEvent("test", fields=("observation.fact",)), [person.id])
        fact = keys.open("observation.fact", seen.id, person.id, seen.sealed_fact)
    assert (person.name, person.id_no, person.area_code, str(person.birth_date)) == (
        "钱试1",
        ID_NO,
        county.grid,
        "1990-03-07",
    )
    assert (entry.state, entry.grounds, entry.resident_id, entry.period) == ("reported", ["2"], person.id, this_month())
    assert entry.entry_no == f"{county.township}{this_month()[:4]}0001"
    assert entry.reporter_id == officer.identity.user_id
    assert entry.review_due_at is not None
    assert (seen.return_id, seen.state, fact) == (None, "promoted", FACT)
    assert (link.entry_id, link.observation_id) == (entry.id, seen.id)
    assert [(step.act, step.from_state, step.to_state) for step in steps] == [
        ("promote", None, "draft"),
        ("report", "draft", "reported"),
    ]


def test_a_dry_run_reports_and_changes_nothing(county: County, officer: Caller) -> None:
    report = brought(officer, county, a_row(county.village), dry_run=True)
    assert (outcomes(report), report.applied, report.id) == ([Outcome.NEW], False, None)
    assert [count_of(officer, model) for model in (Resident, Observation, LedgerEntry, ImportBatch)] == [0, 0, 0, 0]


def test_one_refused_row_keeps_the_whole_file_out(county: County, officer: Caller) -> None:
    bad = a_row(county.village, 2, 事实记录="太短", 观察日期="不知道")
    with pytest.raises(Invalid) as refused:
        brought(officer, county, a_row(county.village), bad)
    assert refused.value.code == "import_rows_refused"
    assert [(error.field, error.code) for error in refused.value.errors] == [
        ("4 观察日期", "cell_date"),
        ("4 事实记录", "fact_too_short"),
    ]
    assert [count_of(officer, model) for model in (Resident, Observation, LedgerEntry, ImportBatch)] == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("姓名", None, "cell_missing"),
        ("姓名", "·", "name_invalid"),
        ("性别", "也许", "cell_choice"),
        ("出生日期", "2190-01-01", "birth_date_invalid"),
        ("出生日期", "三月", "cell_date"),
        ("出生日期", "2015-05-05", "guardian_required"),
        ("身份证号", 430999199003070023, "cell_number_lost"),
        ("身份证号", "4.30999E+17", "cell_number_lost"),
        ("身份证号", "430999190001010019", "id_no_check"),
        ("联系电话", "12", "phone_invalid"),
        ("现住址", "长" * 201, "resident_text_too_long"),
        ("村（社区）", None, "cell_missing"),
        ("村（社区）", "没有的村", "village_unknown"),
        ("网格", 9, "grid_unknown"),
        ("监护人姓名", "长" * 41, "name_invalid"),
        ("监护人电话", "不详", "phone_invalid"),
        ("监护关系", "朋友", "cell_choice"),
        ("纳入情形", "信访", "cell_choice"),
        ("纳入情形", "1、3", "cell_choice"),
        ("事实记录", "#REF!", "cell_error"),
        ("事实记录", "他性格古怪，为人偏激，大家都这么认为，一直就是这样的人。", "fact_character"),
        ("事实记录", "长" * 501, "fact_too_long"),
        ("事实记录", "长" * 2001, "cell_too_long"),
        ("观察日期", "2190-01-01", "observed_in_future"),
        ("观察日期", "2001-01-01", "observed_too_early"),
        ("来源", "听说", "cell_choice"),
        ("是否紧急", "或许", "cell_choice"),
    ],
)
def test_each_column_is_held_to_its_rule(
    county: County, officer: Caller, column: str, value: object, code: str
) -> None:
    report = brought(officer, county, a_row(county.village, **{column: value}), dry_run=True)
    assert [(row.outcome, row.codes) for row in report.rows] == [(Outcome.REFUSED, (code,))]
    assert report.rows[0].notes[0].field in {column, "监护人姓名"}


def test_a_village_is_known_by_its_name_in_the_township(county: County, officer: Caller) -> None:
    report = brought(officer, county, a_row("试验村202"), dry_run=True)
    assert outcomes(report) == [Outcome.NEW]
    elsewhere = a_row(county.other_township + "201")
    assert outcomes(brought(officer, county, elsewhere, dry_run=True)) == [Outcome.REFUSED]


def test_a_judgement_of_character_is_returned_for_facts_and_makes_no_entry(county: County, officer: Caller) -> None:
    report = brought(officer, county, a_row(county.village, 纳入情形="性格偏执"))
    assert (outcomes(report), report.entry_count, report.rows[0].codes) == ([Outcome.RETURNED], 0, ("row_needs_fact",))
    with transaction(officer) as work:
        (seen,) = work.session.scalars(select(Observation))
    assert (seen.state, seen.return_reason, seen.ground) == ("returned", "needs_fact", "5")
    assert count_of(officer, LedgerEntry) == 0


def test_a_forbidden_word_leaves_the_entry_a_draft(county: County, officer: Caller) -> None:
    report = brought(officer, county, a_row(county.village, 事实记录=FACT + "他说要去上访。", 是否紧急="是"))
    assert (outcomes(report), report.rows[0].codes) == ([Outcome.NEW], ("word_review_needed",))
    with transaction(officer) as work:
        (entry,) = work.session.scalars(select(LedgerEntry))
        (seen,) = work.session.scalars(select(Observation))
    assert (entry.state, entry.reported_at, seen.needs_word_review) == ("draft", None, True)
    assert count_of(officer, Task) == 0


def test_an_urgent_row_gives_the_township_its_task(county: County, officer: Caller) -> None:
    brought(officer, county, a_row(county.village, 是否紧急="是"))
    with transaction(officer) as work:
        (task,) = work.session.scalars(select(Task))
    assert (task.kind, task.role) == ("urgent_report", "township_coordinator")


def test_the_same_person_twice_keeps_the_file_out(county: County, officer: Caller) -> None:
    rows = [a_row(county.village, 1, 身份证号=OTHER_ID_NO), a_row(county.village, 2, 身份证号=OTHER_ID_NO)]
    report = brought(officer, county, *rows, dry_run=True)
    assert outcomes(report) == [Outcome.NEW, Outcome.DUPLICATE_IN_FILE]
    assert report.rows[1].notes[-1].params == {"row": 3}
    with pytest.raises(Invalid):
        brought(officer, county, *rows)
    copied = [a_row(county.village), a_row(county.village)]
    assert outcomes(brought(officer, county, *copied, dry_run=True)) == [Outcome.NEW, Outcome.DUPLICATE_IN_FILE]


def test_people_merely_alike_are_flagged_and_never_merged(county: County, officer: Caller) -> None:
    brought(officer, county, a_row(county.village))
    report = brought(officer, county, a_row(county.village, 事实记录=FACT + "又看到一次。"))
    assert (outcomes(report), report.possible_duplicate_count) == ([Outcome.POSSIBLE_DUPLICATE], 1)
    assert (count_of(officer, Resident), count_of(officer, PossibleDuplicate), count_of(officer, LedgerEntry)) == (
        2,
        1,
        2,
    )


def test_an_open_entry_of_the_same_number_keeps_the_file_out(county: County, officer: Caller) -> None:
    brought(officer, county, a_row(county.village, 身份证号=OTHER_ID_NO))
    report = brought(officer, county, a_row(county.village, 2, 身份证号=OTHER_ID_NO), dry_run=True)
    assert Outcome.OPEN_ENTRY_EXISTS in outcomes(report)
    with pytest.raises(Invalid) as refused:
        brought(officer, county, a_row(county.village, 2, 身份证号=OTHER_ID_NO))
    assert "open_entry_exists" in {error.code for error in refused.value.errors}
    assert count_of(officer, Resident) == 1


def test_a_file_is_read_into_a_month_once(county: County, officer: Caller) -> None:
    content = a_sheet([a_row(county.village)])
    import_month(officer, wanted(county), content)
    with pytest.raises(Conflict) as refused:
        import_month(officer, wanted(county), content)
    assert refused.value.code == "file_already_imported"


@pytest.mark.parametrize("same_file", [True, False])
def test_of_two_importers_exactly_one_wins(county: County, officer: Caller, same_file: bool) -> None:
    rows = [a_row(county.village, 1, 身份证号=ID_NO), a_row(county.village, 2, 身份证号=OTHER_ID_NO)]
    files = [a_sheet(rows), a_sheet(rows if same_file else reversed(rows))]
    files[1] = files[0] if same_file else files[1]
    colleague = a_caller(county, Role.JUDICIAL_OFFICER, county.township, Purpose.IMPORT)

    def attempt(caller: Caller, content: bytes) -> str:
        try:
            return import_month(caller, wanted(county), content).rows[0].outcome
        except LinliError as error:
            return error.code

    with ThreadPoolExecutor(2) as pool:
        ends = sorted(pool.map(attempt, (officer, colleague), files))
    assert ends == sorted(["new", "file_already_imported" if same_file else "import_rows_refused"])
    assert (count_of(officer, Resident), count_of(officer, LedgerEntry), count_of(officer, ImportBatch)) == (2, 2, 1)


def test_forbidden_columns_are_named_and_nothing_of_them_is_kept(
    county: County, officer: Caller, owner_engine: Engine
) -> None:
    canary = "绝密金丝雀内容"
    content = a_sheet(
        [a_row(county.village, 民族=canary, 是否信教=canary, 备注=canary)], (*HEADINGS, "民族", "是否信教", "备注")
    )
    with pytest.raises(Invalid) as refused:
        import_month(officer, wanted(county), content)
    assert (refused.value.code, refused.value.params) == ("forbidden_columns", {"columns": "民族、宗教信仰"})
    dry = import_month(officer, wanted(county, dry_run=True), content)
    assert (dry.refused_columns, dry.ignored_columns) == (("民族", "宗教信仰"), ("备注",))
    report = import_month(officer, wanted(county, drop_forbidden=True), content)
    assert report.applied
    assert canary not in repr((dry, report, refused.value))
    kept = read_import(officer, report.id)
    assert (kept.refused_columns, outcomes(kept)) == (("民族", "宗教信仰"), [Outcome.NEW])
    with owner_engine.begin() as connection:
        connection.execute(
            text("SELECT set_config('linli.county', :c, true), set_config('linli.areas', :c, true)"), {"c": county.code}
        )
        for table in Model.metadata.sorted_tables:
            found = connection.execute(text(f'SELECT count(*) FROM "{table.name}" t WHERE t::text LIKE :x OR t::text LIKE :y'),
                                       {"x": f"%{canary}%", "y": f"%{canary.encode().hex()}%"})  # fmt: skip
            assert found.scalar_one() == 0, table.name


def test_nobody_imports_elsewhere_or_for_another_purpose(county: County, officer: Caller) -> None:
    content = a_sheet([a_row(county.village)])
    with pytest.raises(NotFound):
        import_month(officer, wanted(county, township_code=county.other_township), content)
    with pytest.raises(Forbidden):
        import_month(same_caller(officer, Purpose.SWEEP), wanted(county), content)
    with pytest.raises(Forbidden):
        import_month(
            a_caller(county, Role.TOWNSHIP_COORDINATOR, county.township, Purpose.IMPORT), wanted(county), content
        )
    with pytest.raises(Malformed):
        import_month(a_caller(county, Role.JUDICIAL_OFFICER, county.township), wanted(county), content)


def test_a_closed_month_takes_no_more_and_a_far_one_none(county: County, officer: Caller) -> None:
    with transaction(officer) as work:
        month, _ = add_month(work, county.township, this_month())
        month.state = "closed"
    with pytest.raises(Conflict) as refused:
        brought(officer, county, a_row(county.village))
    assert refused.value.code == "month_not_open"
    with pytest.raises(Invalid) as refused_too:
        brought(officer, county, a_row(county.village), period="202001")
    assert refused_too.value.code == "period_out_of_range"
    assert count_of(officer, Month) == 1


def test_two_thousand_rows_take_seconds_and_tell_how_far_they_are(county: County, officer: Caller) -> None:
    told: list[tuple[int, int]] = []
    content = a_sheet(a_row(county.village, number) for number in range(1, 2001))
    start = perf_counter()
    report = import_month(officer, wanted(county), content, lambda done, whole: told.append((done, whole)))
    assert perf_counter() - start < 30
    assert (report.entry_count, told[-1], len(told)) == (2000, (2000, 2000), 2000)


def test_an_open_entry_bars_the_row_even_beside_others_alike(county: County, officer: Caller) -> None:
    brought(officer, county, a_row(county.village, 身份证号=OTHER_ID_NO))
    brought(officer, county, a_row(county.village, 事实记录=FACT + "又看到一次。"))
    again = a_row(county.village, 身份证号=OTHER_ID_NO, 事实记录=FACT + "第三次看到。")
    assert outcomes(brought(officer, county, again, dry_run=True)) == [Outcome.OPEN_ENTRY_EXISTS]
