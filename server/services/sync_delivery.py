"""One author's operations of one push, each tried by itself: what a rule refuses is taken back and leaves no trace.

A savepoint stands around every try. Who speaks is the author with the roles of now and of the moment of capture; the
log says so of every event, and takes all events of a push in one statement.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from server.domain.codes import Purpose
from server.domain.identity import Identity
from server.errors import LinliError, TooMany, Unavailable
from server.store.authors import Author
from server.store.events import AccessEvent, event_rows, stage_rows
from server.store.transaction import Work, bind

T = TypeVar("T")
#: What a fault of ours over one operation may raise: it is laid aside like a refused one, and never stops a tablet.
_FAULTS = (SQLAlchemyError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_log = structlog.get_logger("linli.sync")


@dataclass(frozen=True)
class Refusal:
    """Why an operation was not applied: a code of a refusal, and the field it names."""

    code: str
    field: str | None = None


class Delivery:
    """The open transaction in which one author's operations are tried."""

    def __init__(self, work: Work, author: Author) -> None:
        """Begin with nothing done; ``work`` is bound to the tablet's county."""
        self.work, self.author = work, author
        self._base: Identity = work.identity
        self._bound: tuple[str, ...] = work.identity.area_codes
        self._events: list[dict[str, object]] = []

    def speak(self, moment: datetime, purpose: Purpose | None) -> None:
        """Go on as the author with the roles of now and of that moment, for this purpose."""
        grants = self.author.grants(moment, self.work.now)
        identity = replace(self._base, user_id=self.author.user_id, grants=grants, purpose=purpose)
        self.work.caller = replace(self.work.caller, identity=identity)
        if identity.area_codes != self._bound:
            bind(self.work.session, identity.county_code, identity.area_codes)
            self._bound = identity.area_codes

    def attempt(self, act: Callable[[], T]) -> T | Refusal:
        """Do it whole, or not at all and tell why.

        Raises Unavailable and OperationalError where no operation is to blame: then the whole push is to be sent again.
        """
        try:
            with self.work.session.begin_nested():
                done = act()
                self.work.session.flush()
        except LinliError as error:
            if _is_nobodys(error):
                raise
            refusal = Refusal(error.code, error.field)
        except OperationalError:
            raise
        except _FAULTS as error:
            _log.error("operation_failed", kind=type(error).__name__)
            refusal = Refusal("operation_failed")
        else:
            self.keep_events()
            return done
        self.work.noted = []
        return refusal

    def note(self, event: AccessEvent) -> None:
        """Have one event more staged as the present speaker's."""
        self._events += event_rows(self.work.identity, [event], self.work.now)

    def keep_events(self) -> None:
        """Take what was noted as the present speaker's, before somebody else speaks or a try begins."""
        noted, self.work.noted = self.work.noted, []
        self._events += event_rows(self.work.identity, noted, self.work.now)

    def stage_events(self) -> None:
        """Put every event into the transaction in one statement; raises Unavailable ``access_log_unavailable``."""
        self.keep_events()
        if self._events:
            stage_rows(self.work.session, self._events)
        self._events = []


def _is_nobodys(error: LinliError) -> bool:
    """Whether the server failed rather than a rule; a single broken seal is the operation's own."""
    return isinstance(error, (Unavailable, TooMany)) and error.code != "seal_broken"
