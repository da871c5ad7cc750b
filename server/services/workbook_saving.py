"""A workbook turned into a file's bytes without touching the disk.

The library by itself puts each sheet into a temporary file first, with everybody's name in it.
"""

import io
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter


def saved(workbook: Workbook) -> bytes:
    """The bytes of a workbook of cells and styles; links, charts and pictures are not provided for."""
    stream = io.BytesIO()
    _MemoryWriter(workbook, ZipFile(stream, "w", ZIP_DEFLATED)).save()
    return stream.getvalue()


class _MemoryWriter(ExcelWriter):
    """The library's writer, with a sheet's XML kept in memory on its way into the archive."""

    _archive: ZipFile

    def write_worksheet(self, ws: Worksheet) -> None:
        """Add one sheet to the archive."""
        out = io.BytesIO()
        WorksheetWriter(ws, out).write()
        self._archive.writestr(ws.path[1:], out.getvalue())
        self.manifest.append(ws)
