"""A transaction's scope, widened for a while: what fails in it is told as it is, and nobody sees more afterwards."""

from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from server.domain.codes import Role
from server.errors import Conflict, NotFound
from server.models.key import Subject
from server.store.records import found
from server.store.taken import insert_new
from server.store.transaction import Work, new_id, transaction, widened
from tests.make import County, a_caller


@pytest.fixture
def known(county: County) -> UUID:
    """A subject there is."""
    with transaction(a_caller(county, Role.SYSADMIN, county.code)) as work:
        row = a_subject(work, new_id())
        work.session.add(row)
    return row.id


def a_subject(work: Work, subject_id: UUID) -> Subject:
    """One that is not written yet."""
    return Subject(county_code=work.county_code, id=subject_id, subject_ref=new_id())


def areas(work: Work) -> str:
    """What row-level security lets the transaction see."""
    return str(work.session.scalar(text("SELECT current_setting('linli.areas')")))


def test_a_rule_that_breaks_where_the_scope_is_widened_is_the_error_that_is_told(county: County, known: UUID) -> None:
    with (
        pytest.raises(Conflict, match="record_exists"),
        transaction(a_caller(county, Role.GRID_WORKER, county.grid)) as work,
        widened(work),
    ):
        insert_new(work, a_subject(work, known))


def test_what_cannot_be_written_as_the_scope_narrows_is_told_as_the_database_tells_it(
    county: County, known: UUID
) -> None:
    with (
        pytest.raises(IntegrityError),
        transaction(a_caller(county, Role.GRID_WORKER, county.grid)) as work,
        widened(work),
    ):
        work.session.add(a_subject(work, known))


def test_the_scope_is_narrow_again_after_a_try_that_failed_within_it(county: County, known: UUID) -> None:
    with transaction(a_caller(county, Role.GRID_WORKER, county.grid)) as work:
        with pytest.raises(Conflict), work.session.begin_nested(), widened(work):
            insert_new(work, a_subject(work, known))
        assert areas(work) == county.grid
        with pytest.raises(NotFound), widened(work):
            found(None)
        assert areas(work) == county.grid
