"""The monthly return that leaves the township: a released month, small counts hidden, as a workbook and as a page.

A township's return and the county's come from the release that the screen shows, so that no two can be subtracted.
"""

from collections.abc import Mapping

from server import clock
from server.domain.area_codes import AreaCode, Level, county_of, parse_area_code
from server.domain.periods import Period, parse_period
from server.domain.permissions import Facts, Permission, may
from server.domain.releases import told_of_townships
from server.errors import Conflict, NotFound
from server.services.month_return_pdf import pdf_of
from server.services.month_return_tables import MonthlyReturn, ReturnTable, digests_of, overview_of, tables_of
from server.services.month_return_workbook import workbook_of
from server.services.releases import releases_of, told_above
from server.store.areas import names_of
from server.store.completeness import has_area
from server.store.events import AccessEvent
from server.store.month_close import released_in
from server.store.transaction import Caller, Work, in_county, transaction


def as_workbook(caller: Caller, area_code: str, period: str) -> bytes:
    """The return of a township or county as XLSX; raises as ``monthly_return``."""
    return workbook_of(monthly_return(caller, area_code, period))


def as_pdf(caller: Caller, area_code: str, period: str) -> bytes:
    """The return as PDF for print; raises as ``monthly_return``, and Unavailable ``pdf_font_missing``."""
    return pdf_of(monthly_return(caller, area_code, period))


def monthly_return(caller: Caller, area_code: str, period: str) -> MonthlyReturn:
    """What may be told of a month above the township.

    Raises NotFound for an area that is not the caller's or was not there, Conflict ``figures_not_released``,
    Unavailable ``figures_not_intact``.
    """
    area, month = parse_area_code(area_code), parse_period(period)
    if not may(caller.identity, Permission.MONTH_EXPORT, Facts(area)):
        raise NotFound("not_found")
    with transaction(in_county(caller, county_of(area))) as work:
        if not has_area(work, area, month):
            raise NotFound("not_found")
        work.note(AccessEvent(Permission.MONTH_EXPORT))
        return _written(work, area, month)


def _written(work: Work, area: AreaCode, period: Period) -> MonthlyReturn:
    told = told_above(work, area, period)
    if told is None:
        raise Conflict("figures_not_released", period=period)
    names = names_of(work, {area, *told.townships})
    tables = tables_of(told)
    if len(area) == Level.COUNTY:
        tables.append(_overview(work, period, names))
    rows = [row for rows in released_in(work, period).values() for row in rows if row.area_code in told.townships]
    return MonthlyReturn(
        title="社会心理服务月报",
        place=names.get(area, area),
        period=f"{period[:4]}年{int(period[4:])}月",
        made_on=clock.day_of(work.now),
        tables=[*tables, digests_of({names.get(row.area_code, row.area_code): row.digest for row in rows})],
    )


def _overview(work: Work, period: Period, names: Mapping[str, str]) -> ReturnTable:
    """One line for each township that was told of."""
    lines = {code: line for each in releases_of(work, period) for code, line in told_of_townships(each).items()}
    return overview_of({names.get(code, code): line for code, line in sorted(lines.items())})
