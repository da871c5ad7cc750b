"""Copies of one person's course that were given to another system: who took which, when, and what for."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from server.models.base import AreaText, Model, TenantRow


class CourseCopy(TenantRow, Model):
    """One copy of one entry's course. It outlives the entry as evidence, and holds nothing of the person."""

    __tablename__ = "course_copy"
    __table_args__ = {"info": {"rls": "area"}}  # noqa: RUF012

    area_code: Mapped[str] = mapped_column(AreaText)
    #: No foreign key: the copy stays on record when the entry is gone.
    entry_id: Mapped[UUID]
    taken_at: Mapped[datetime]
    taken_by: Mapped[UUID]
    with_identity: Mapped[bool]
    resource_count: Mapped[int]
    sealed_reason: Mapped[bytes | None]
