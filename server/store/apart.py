"""Faults kept apart, so that what fails for one does not stop what is done for others."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from server.errors import LinliError


@contextmanager
def faults_in(faults: list[Exception]) -> Iterator[None]:
    """Keep a refusal or a fault of the database for later; its transaction has been rolled back."""
    try:
        yield
    except (LinliError, SQLAlchemyError) as fault:
        faults.append(fault)
