"""Rows that are written together: as they were given, or not at all."""

from uuid import uuid4

import pytest
from sqlalchemy import select

from server.models.key import Subject
from server.store.bulk import insert_rows
from server.store.transaction import new_id, transaction
from tests.make import County
from tests.tablet_feeds import everything


def test_rows_are_written_as_they_were_given(county: County) -> None:
    with transaction(everything(county)) as work:
        rows = [{"county_code": county.code, "id": new_id(), "subject_ref": uuid4()} for _ in range(3)]
        insert_rows(work.session, Subject, rows)
        found = work.session.execute(select(Subject.county_code, Subject.id, Subject.subject_ref).order_by(Subject.id))
        assert [dict(row._mapping) for row in found] == sorted(rows, key=lambda row: str(row["id"]))


def test_rows_that_name_different_columns_are_refused(county: County) -> None:
    rows = [{"county_code": county.code, "id": new_id()}]
    rows.append(rows[0] | {"id": new_id(), "subject_ref": uuid4()})
    with transaction(everything(county)) as work:
        with pytest.raises(ValueError, match="the same columns"):
            insert_rows(work.session, Subject, rows)
        assert work.session.scalars(select(Subject.id).where(Subject.county_code == county.code)).all() == []
