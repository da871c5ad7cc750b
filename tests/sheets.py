"""Month's sheets as townships make them, for tests: synthetic people, ID numbers of unassigned regions only."""

import io
from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook

from server import clock
from server.domain.periods import period_of

HEADINGS = (
    "序号", "姓名", "性别", "出生日期", "身份证号", "联系电话", "现住址", "村（社区）", "网格", "监护人姓名",
    "监护人电话", "监护关系", "纳入情形", "事实记录", "观察日期", "来源", "是否紧急",
)  # fmt: skip
FACT = "11月3日上午网格员入户时看到他独自坐在门口，说最近丢了工作，几天没有睡好。"
NAMES = "赵钱孙李周吴郑王冯陈"


def this_month() -> str:
    return period_of(clock.today())


def a_row(village: str, number: int = 1, **changes: object) -> dict[str, object]:
    """One good row about somebody of age; the number makes people different."""
    return {
        "序号": number, "姓名": f"{NAMES[number % 10]}试{number}", "性别": "男", "出生日期": f"19{60 + number % 40}-03-07",
        "联系电话": f"138{number:08d}", "现住址": "试验镇3组12号", "村（社区）": village, "纳入情形": "生活失意",
        "事实记录": FACT, "观察日期": clock.today().isoformat(), "来源": "亲眼所见", "是否紧急": "否",
    } | changes  # fmt: skip


def a_sheet(
    rows: Iterable[Mapping[str, object]], headings: Sequence[str] = HEADINGS, title: str | None = "试验镇重点排查表"
) -> bytes:
    """A workbook with a merged title above the headings, then the rows."""
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    if title:
        sheet.append([title])
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(headings))
    sheet.append(list(headings))
    for row in rows:
        sheet.append([row.get(heading) for heading in headings])
    return saved(workbook)


def saved(workbook: Workbook) -> bytes:
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()
