"""The access log: events staged in the request's own transaction, then moved by the job process."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, Index
from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import CountyText, Model, TenantRow


class AccessStage(TenantRow, Model):
    """An event waiting to be moved. The application may insert here and nothing else."""

    __tablename__ = "access_stage"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    #: Canonical bytes: hashed as stored, never rebuilt from columns.
    event: Mapped[bytes]


class AccessLog(Model):
    """The log itself, numbered without gaps per county. Nobody may change or delete a row."""

    __tablename__ = "access_log"
    __table_args__ = (
        Index("uq_access_log_event", "county_code", "event_id", unique=True),
        {"info": {"rls": "county"}},
    )

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    event_id: Mapped[UUID]
    event: Mapped[bytes]
    #: RFC 6962 leaf hash of ``event``.
    leaf_hash: Mapped[bytes]
    logged_at: Mapped[datetime]


class DisclosureBudget(Model):
    """How many residents' plaintext one user has opened in the current hour."""

    __tablename__ = "disclosure_budget"
    __table_args__ = {"info": {"rls": "county"}}  # noqa: RUF012

    county_code: Mapped[str] = mapped_column(CountyText, primary_key=True)
    user_id: Mapped[UUID] = mapped_column(primary_key=True)
    hour: Mapped[datetime] = mapped_column(primary_key=True)
    opened: Mapped[int]
