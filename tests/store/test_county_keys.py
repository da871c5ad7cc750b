"""A month's master key: made by whoever needs it first, and used by nobody after it was taken back."""

import pytest
from sqlalchemy import select

from server.crypto.registry import Retention
from server.domain.codes import Role
from server.errors import NotFound
from server.models.key import MasterKeyRow, SubjectKey
from server.store.disclosure import compare, register_subjects
from server.store.events import AccessEvent
from server.store.transaction import Work, new_id, transaction
from tests.make import County, a_caller


def seal_something(work: Work, *, then_fail: bool = False) -> None:
    """Make somebody's key and open it again in the same transaction."""
    someone = new_id()
    register_subjects(work, [someone], [Retention.CASE])
    compare(work, AccessEvent("test", fields=("observation.fact",)), [someone])
    if then_fail:
        raise NotFound("not_found")


def test_a_key_that_was_taken_back_is_not_used_again(county: County) -> None:
    caller = a_caller(county, Role.JUDICIAL_OFFICER, county.township)
    with pytest.raises(NotFound), transaction(caller) as work:
        seal_something(work, then_fail=True)
    with transaction(caller) as work:
        seal_something(work)
    with transaction(caller) as work:
        (master,) = work.session.scalars(select(MasterKeyRow.epoch))
        assert list(work.session.scalars(select(SubjectKey.epoch))) == [master]
