"""What is asked of a spreadsheet's import or export: which month of which township, and how."""

import unicodedata
from dataclasses import dataclass

from server.errors import Invalid

REASON_LEAST, REASON_MOST = 10, 200


@dataclass(frozen=True)
class SheetImport:
    """A file to be read in, or rehearsed."""

    township_code: str
    period: str
    dry_run: bool = True
    #: Go on without the forbidden columns that stand in the file.
    drop_forbidden: bool = False


@dataclass(frozen=True, repr=False)
class SheetExport:
    """A month to be taken out, and what for; has no readable ``repr``."""

    township_code: str
    period: str
    reason: str

    @property
    def tidy_reason(self) -> str:
        """The reason as it is kept, in one line; raises Invalid ``export_reason_length``."""
        printable = "".join(" " if unicodedata.category(char)[0] == "C" else char for char in self.reason)
        reason = " ".join(printable.split())
        if not REASON_LEAST <= len(reason) <= REASON_MOST:
            raise Invalid("export_reason_length", field="reason", least=REASON_LEAST, most=REASON_MOST)
        return reason
