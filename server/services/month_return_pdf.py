"""A monthly return as a page for print: A4, Chinese text in an embedded subset of a free font, numbered pages."""

import io
from functools import cache, partial
from pathlib import Path
from typing import Any

from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFError, TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from server.errors import Unavailable
from server.services.month_return_tables import MonthlyReturn, ReturnTable, Value
from server.services.month_return_workbook import HIDDEN, NOTE

#: Debian's fonts-wqy-microhei (Apache 2.0 or GPL 3 with font exception), which ``tools/packages.sh`` installs.
FONT_FILE = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")
_FONT = "Linli"
_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_INK, _RULE, _SHADE = colors.HexColor("#1f2933"), colors.HexColor("#c3cad3"), colors.HexColor("#eef1f5")
#: Tables longer than this may break over pages, with their headings repeated.
_KEPT_TOGETHER = 24


def pdf_of(said: MonthlyReturn) -> bytes:
    """The bytes of the document; raises Unavailable ``pdf_font_missing``."""
    register_font(FONT_FILE)
    stream = io.BytesIO()
    document = SimpleDocTemplate(
        stream,
        pagesize=A4,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=20 * mm,
        bottomMargin=20 * mm,
        title=f"{said.place}{said.title} {said.period}",
        author="Linli",
        lang="zh-CN",
    )
    foot = f"{said.place} · {said.period} · {said.made_on:%Y-%m-%d} 生成"
    document.build(_story(said), canvasmaker=partial(_NumberedCanvas, foot))
    return stream.getvalue()


def _story(said: MonthlyReturn) -> list[Flowable]:
    head = [
        Paragraph(f"{said.place}{said.title}", _style(18, centred=True)),
        Spacer(1, 2 * mm),
        Paragraph(said.period, _style(12, centred=True)),
        Spacer(1, 4 * mm),
        Paragraph(NOTE, _style(8.5)),
        Spacer(1, 3 * mm),
    ]
    return head + [flowable for table in said.tables for flowable in _flowables(table)]


def _flowables(table: ReturnTable) -> list[Flowable]:
    if not table.rows:
        return []
    title, drawn = Paragraph(table.title, _style(11)), _drawn(table)
    parts: list[Flowable] = [title, Spacer(1, 1.5 * mm), drawn]
    kept: list[Flowable] = [KeepTogether(parts)] if len(table.rows) <= _KEPT_TOGETHER else parts
    return [*kept, Spacer(1, 5 * mm)]


def _drawn(table: ReturnTable) -> Table:
    hashes = table.headings[-1] == "校验值"
    size = 7.5 if hashes or len(table.headings) > 8 else 9.5
    rows = [list(table.headings), *([_shown(value) for value in row] for row in table.rows)]
    drawn = Table(rows, colWidths=_widths(table, hashes=hashes), repeatRows=1)
    drawn.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), _FONT, size),
                ("TEXTCOLOR", (0, 0), (-1, -1), _INK),
                ("ALIGN", (1, 0), (-1, -1), "LEFT" if hashes else "RIGHT"),
                ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                ("BACKGROUND", (0, 0), (-1, 0), _SHADE),
                ("LINEBELOW", (0, 0), (-1, -1), 0.4, _RULE),
                ("LINEABOVE", (0, 0), (-1, 0), 0.8, _INK),
                ("TOPPADDING", (0, 0), (-1, -1), 2.6),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 3.4),
            ]
        )
    )
    return drawn


def _widths(table: ReturnTable, *, hashes: bool) -> list[float]:
    others = len(table.headings) - 1
    first = _WIDTH * (0.26 if hashes or others > 3 else 0.6)
    return [first, *[(_WIDTH - first) / others] * others]


def _shown(value: Value) -> str:
    return HIDDEN if value is None else str(value)


def _style(size: float, *, centred: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{centred}",
        fontName=_FONT,
        fontSize=size,
        leading=size * 1.4,
        alignment=TA_CENTER if centred else TA_LEFT,
        textColor=_INK,
        wordWrap="CJK",
    )


@cache
def register_font(path: Path) -> None:
    """Make the font known once, to be embedded as a subset; raises Unavailable ``pdf_font_missing``."""
    try:
        pdfmetrics.registerFont(TTFont(_FONT, path, subfontIndex=0))
    except (OSError, TTFError) as error:
        raise Unavailable("pdf_font_missing") from error


class _NumberedCanvas(Canvas):
    """Keeps its pages until the last, then draws "page / pages" on each."""

    def __init__(self, foot: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._foot = foot
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802  the library's name
        """Keep the page for later."""
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Number the pages and write them."""
        for page in self._pages:
            self.__dict__.update(page)
            self._number(len(self._pages))
            super().showPage()
        super().save()

    def _number(self, pages: int) -> None:
        self.setFont(_FONT, 8)
        self.setFillColor(_INK)
        self.drawString(_MARGIN, 11 * mm, self._foot)
        self.drawRightString(A4[0] - _MARGIN, 11 * mm, f"第 {self.getPageNumber()} 页 / 共 {pages} 页")
