"""Columns a spreadsheet may not bring (guardrail G7): recognised by heading, refused by name, never read.

The table is data, ``seeds/forbidden-columns.csv``. A heading is recognised in spite of blanks, full-width
letters, stars, brackets and the usual words around it (是否…, 本人…, …代码, …情况), and when it is one part of
a heading that joins several (姓名/民族).
"""

import csv
import io
import re
import unicodedata
from dataclasses import dataclass

from server.errors import Malformed

_PARTS = re.compile(r"[()\[\]{}<>《》【】「」/\\、,，;；:：|+&\n]")
#: Blanks, marks, and characters that nobody sees (soft hyphen, joiners, marks of direction).
_NOISE = re.compile(
    r"[\s*#_·.\-—?？!！\"'“”\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]"
)
_BEFORE = (
    "本人",
    "其",
    "人员",
    "个人",
    "家庭",
    "家长",
    "监护人",
    "户主",
    "服务对象",
    "对象",
    "是否",
    "有无",
    "现",
    "原",
)
_AFTER = (
    "代码", "编码", "名称", "类别", "类型", "情况", "信息", "状况", "说明", "描述", "备注", "号码", "号", "明细",
    "记录", "等级", "级别", "与否", "等", "code", "name", "type", "status", "info", "no",
)  # fmt: skip


def parse_forbidden_columns(text: str) -> "tuple[ForbiddenColumn, ...]":
    """The table from CSV (code, zh, en, aliases split by ``|``); raises ``forbidden_columns_invalid``."""
    try:
        return tuple(
            ForbiddenColumn(
                row["code"],
                row["zh"],
                row["en"],
                frozenset(map(_plain, (row["zh"], row["en"], *filter(None, row["aliases"].split("|"))))),
            )
            for row in csv.DictReader(io.StringIO(text))
        )
    except (KeyError, AttributeError):
        raise Malformed("forbidden_columns_invalid") from None


def match_heading(heading: str, table: "tuple[ForbiddenColumn, ...]") -> "ForbiddenColumn | None":
    """The forbidden column this heading names, wholly or in one of its parts; None if it names none."""
    folded = unicodedata.normalize("NFKC", heading).casefold()
    forms = {form for part in (folded, *_PARTS.split(folded)) for form in _stripped(_plain(part))}
    return next((column for column in table if column.names & forms), None)


def _plain(text: str) -> str:
    """NFKC, lower case, without blanks, stars and other marks."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def _stripped(part: str) -> set[str]:
    """The part, and what remains as the usual words before and after it are taken away one by one."""
    forms = {part}
    fresh = {part}
    while fresh:
        fresh = {shorter for form in fresh for shorter in _one_shorter(form)} - forms
        forms |= fresh
    return forms


def _one_shorter(form: str) -> set[str]:
    shorter = {form.removeprefix(word) for word in _BEFORE} | {form.removesuffix(word) for word in _AFTER}
    return {form for form in shorter if form}


@dataclass(frozen=True)
class ForbiddenColumn:
    """One refused kind of column: its code, its name in both languages, and every name it goes by."""

    code: str
    zh: str
    en: str
    names: frozenset[str]
