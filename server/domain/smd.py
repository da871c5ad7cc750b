"""The rules of the follow-up of a severe mental disorder: classes and intervals of the national form.

Source: National Basic Public Health Service Specification, 3rd ed., and the work rules of 2018. The danger level is
0 to 5 as that form counts. **Implementations of GB/T 31000 write the same levels 01 to 06**: such a value is never
taken as it stands; here a level is a number, and 6 does not exist.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from server.domain.codes_smd import Adherence, ContactInterval, SmdDiagnosis, SmdSign, Stability
from server.domain.deadlines import add_months
from server.errors import Invalid

MOST_DANGEROUS = 5
DOCUMENT_AT_MOST = 120
_UNSTABLE_SIGNS = frozenset(
    {SmdSign.MARKED_SYMPTOMS, SmdSign.INSIGHT_ABSENT, SmdSign.ADVERSE_REACTION, SmdSign.PHYSICAL_ILLNESS}
)


@dataclass(frozen=True, repr=False)
class Contact:
    """What a clinician writes down after a contact, or after trying; has no readable ``repr``."""

    registered: bool
    stability: Stability
    contacted_on: date
    danger: int | None = None
    signs: frozenset[SmdSign] = frozenset()
    #: Basically stable, and after two weeks seen again: whether things are settling.
    settling: bool | None = None
    next_contact_due_on: date | None = None
    adherence: Adherence | None = None
    diagnosis: SmdDiagnosis | None = None
    document: str | None = None


@dataclass(frozen=True)
class Course:
    """What is known from before: the class, since when, the last contact, and the interval that followed it."""

    stability: Stability
    since: date | None
    last_contact_on: date | None
    interval: ContactInterval


def class_of(danger: int, signs: Collection[SmdSign] = ()) -> Stability:
    """The most stable class these findings allow (reference, class and frequency).

    Unstable: danger 3 to 5, marked symptoms, no insight, a serious reaction or illness. Basically stable: danger 1
    or 2, or symptoms, insight or functioning not yet good. Stable: none of these.
    """
    if danger >= 3 or _UNSTABLE_SIGNS & set(signs):
        return Stability.UNSTABLE
    return Stability.BASICALLY_STABLE if danger >= 1 or signs else Stability.STABLE


def check_contact(contact: Contact, before: Course | None, today: date) -> None:
    """Hold what was written to the form, and to what is known from before.

    Raises Invalid ``smd_contact_in_future``, ``smd_contact_before_last``, ``smd_danger_needed``,
    ``smd_not_seen_no_findings``, ``smd_class_contradicted``, ``smd_settling_unasked``.
    """
    if contact.contacted_on > today:
        raise Invalid("smd_contact_in_future", field="contacted_on")
    if before and before.last_contact_on and contact.contacted_on < before.last_contact_on:
        raise Invalid("smd_contact_before_last", field="contacted_on")
    if contact.stability is Stability.NOT_SEEN:
        _check_not_seen(contact)
    else:
        _check_seen(contact, before)


def _check_not_seen(contact: Contact) -> None:
    if contact.danger is not None or contact.signs or contact.settling is not None or contact.adherence is not None:
        raise Invalid("smd_not_seen_no_findings", field="stability")


def _check_seen(contact: Contact, before: Course | None) -> None:
    if contact.danger is None:
        raise Invalid("smd_danger_needed", field="danger")
    if contact.stability > class_of(contact.danger, contact.signs):
        raise Invalid("smd_class_contradicted", field="stability", danger=contact.danger)
    if contact.settling is not None and not _seen_again(contact, before):
        raise Invalid("smd_settling_unasked", field="settling")


def _seen_again(contact: Contact, before: Course | None) -> bool:
    """Whether this is a further contact in the class "basically stable", at which settling is judged."""
    stays = contact.stability is Stability.BASICALLY_STABLE
    return stays and before is not None and before.stability is Stability.BASICALLY_STABLE


def interval_after(contact: Contact, before: Course | None) -> ContactInterval:
    """How soon the next contact is due.

    Not seen keeps the interval there was; with none, the shortest, for the unknown is never taken as stable
    (invariant 20). Basically stable: two weeks, then three months if settling, else one month.
    """
    if contact.stability is Stability.NOT_SEEN:
        return before.interval if before else ContactInterval.TWO_WEEKS
    if contact.stability is Stability.STABLE:
        return ContactInterval.THREE_MONTHS
    if contact.stability is Stability.UNSTABLE or contact.settling is None:
        return ContactInterval.TWO_WEEKS
    return ContactInterval.THREE_MONTHS if contact.settling else ContactInterval.ONE_MONTH


def latest_due(interval: ContactInterval, contacted_on: date) -> date:
    """The last day on which the next contact is in time."""
    if interval is ContactInterval.TWO_WEEKS:
        return contacted_on + timedelta(days=14)
    return add_months(contacted_on, 1 if interval is ContactInterval.ONE_MONTH else 3)


def next_due(contact: Contact, interval: ContactInterval) -> date:
    """The day chosen, or the latest; raises Invalid ``smd_due_out_of_range`` for a later or a past one."""
    latest = latest_due(interval, contact.contacted_on)
    chosen = contact.next_contact_due_on or latest
    if not contact.contacted_on < chosen <= latest:
        raise Invalid("smd_due_out_of_range", field="next_contact_due_on", latest=latest.isoformat())
    return chosen


def since_when(contact: Contact, before: Course | None) -> date | None:
    """Since when the class stands without a break; not seen breaks it."""
    if contact.stability is Stability.NOT_SEEN:
        return None
    if before and before.stability is contact.stability and before.since:
        return before.since
    return contact.contacted_on
