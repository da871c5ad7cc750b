"""The one summary of a severe mental disorder that a person has, as a row."""

from sqlalchemy import delete, select

from server.models.ledger import LedgerEntry
from server.models.team import SmdSummary
from server.store.transaction import Work

DANGER, ADHERENCE = "smd_summary.danger", "smd_summary.adherence"
DIAGNOSIS, DOCUMENT = "smd_summary.diagnosis", "smd_summary.document"


def summary_of(work: Work, entry: LedgerEntry) -> SmdSummary | None:
    """The summary of this entry; see that the caller reaches the entry first."""
    wanted = select(SmdSummary).where(SmdSummary.county_code == work.county_code, SmdSummary.entry_id == entry.id)
    return work.session.scalar(wanted.execution_options(populate_existing=True))


def drop_earlier(work: Work, entry: LedgerEntry) -> None:
    """Take away what an ended entry of the same person left behind: no consent covers it any more."""
    earlier = delete(SmdSummary).where(
        SmdSummary.county_code == work.county_code,
        SmdSummary.resident_id == entry.resident_id,
        SmdSummary.entry_id != entry.id,
    )
    work.session.execute(earlier)
