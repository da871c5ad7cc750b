"""People the registry never came to know, each behind a record of their own: a safety event, or a referral in.

Their record is its own subject: with it go its key and its pseudonym, so that a copy elsewhere stays closed.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import delete, func

from server.models.key import Subject
from server.models.referral import Referral
from server.models.safety import SafetyEvent
from server.store.disclosure import refs_of
from server.store.events import AccessEvent
from server.store.transaction import Work


def forget_unknown(work: Work, model: type[Referral | SafetyEvent], record_ids: Collection[UUID]) -> int:
    """Delete these records with their keys; tells how many there were. Call it with the scope widened."""
    if not record_ids:
        return 0
    ids = list(record_ids)
    refs = tuple(refs_of(work, ids).values())
    for table in (model, Subject):
        statement = delete(table).where(table.county_code == work.county_code, table.id == func.any(ids))
        work.session.execute(statement.execution_options(synchronize_session=False))
    table_name = str(model.__tablename__)
    work.note(AccessEvent(f"{table_name}:forget", subject_refs=refs, table=table_name, count=len(ids)))
    return len(ids)
