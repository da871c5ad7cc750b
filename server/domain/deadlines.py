"""Every deadline of the sweep and the ledger, in one place.

The plans fix only "monthly"; the rest are the product's own choices. Calendar days and months run in
China's time; working days follow the holiday table. A deadline's day is in time to its last second.
"""

from calendar import monthrange
from datetime import date, datetime, timedelta

from server.clock import day_of
from server.domain.codes_referral import ReferralUrgency
from server.domain.periods import Period, first_day, last_day, next_period
from server.domain.workdays import Deadline, WorkCalendar, add_working_days, due_at, nth_working_day_of_month

URGENT_ACK = timedelta(hours=2)
SAFETY_REVIEW = timedelta(hours=72)
GREEN_CHANNEL_SEEN = timedelta(hours=24)
REFERRAL_FEEDBACK = timedelta(days=14)
#: A plan rests this long at most.
PAUSE_AT_MOST = timedelta(days=90)
#: How long somebody who said no is left in peace: about the assessment, about anything else, and by new reports.
ASK_ASSESSMENT_AGAIN_MONTHS = 3
ASK_AGAIN_MONTHS = 1
REPORT_AGAIN_MONTHS = 3
OBSERVED_AT_MOST_BEFORE = timedelta(days=31)


def sweep_window(period: Period) -> tuple[date, date]:
    """First and last day on which grids file: the 1st to the 20th."""
    start = first_day(period)
    return start, start.replace(day=20)


def village_confirm(period: Period) -> date:
    """The day by which villages confirm: the 25th."""
    return first_day(period).replace(day=25)


def township_submit(period: Period) -> date:
    """The day by which the judicial office submits: the month's last."""
    return last_day(period)


def month_close(calendar: WorkCalendar, period: Period) -> Deadline:
    """The third working day of the next month."""
    return nth_working_day_of_month(calendar, next_period(period), 3)


def analysis_meeting(period: Period) -> date:
    """The 10th of the next month."""
    return first_day(next_period(period)).replace(day=10)


def observed_from(period: Period) -> date:
    """The earliest day an observation of this month may bear: 31 days before the month begins."""
    return first_day(period) - OBSERVED_AT_MOST_BEFORE


def review_due(calendar: WorkCalendar, reported_on: date) -> Deadline:
    """Three working days for the township's review."""
    return add_working_days(calendar, reported_on, 3)


def resubmit_due(calendar: WorkCalendar, returned_on: date) -> Deadline:
    """Five working days to better a returned entry; afterwards it lapses."""
    return add_working_days(calendar, returned_on, 5)


def first_contact_due(calendar: WorkCalendar, accepted_on: date) -> Deadline:
    """Seven working days from acceptance to the first contact."""
    return add_working_days(calendar, accepted_on, 7)


def assessment_due(calendar: WorkCalendar, consented_on: date) -> Deadline:
    """Ten working days from consent to the signed assessment."""
    return add_working_days(calendar, consented_on, 10)


def plan_due(calendar: WorkCalendar, signed_on: date) -> Deadline:
    """Five working days from the signed assessment to the agreed plan."""
    return add_working_days(calendar, signed_on, 5)


def legal_basis_review_due(calendar: WorkCalendar, used_on: date) -> Deadline:
    """Three working days for the privacy officer to look into an act without consent."""
    return add_working_days(calendar, used_on, 3)


def urgent_ack_due(reported_at: datetime) -> datetime:
    """Two hours, day or night, to acknowledge an urgent report."""
    return reported_at + URGENT_ACK


def entry_expiry(accepted_on: date) -> date:
    """Twelve months after acceptance: the first day on which the entry is no longer kept open."""
    return add_months(accepted_on, 12)


def lapse_unreviewed(reported_on: date) -> date:
    """Thirty days without review: the first day on which a reported entry expires."""
    return reported_on + timedelta(days=30)


def no_assessment(accepted_on: date) -> date:
    """Ninety days without assessment: the first day on which an accepted entry expires."""
    return accepted_on + timedelta(days=90)


def purge_declined(declined_on: date) -> date:
    """Thirty days after declining: the first day on which identifiers are purged."""
    return declined_on + timedelta(days=30)


def anonymise_closed(closed_on: date) -> date:
    """Twenty-four months after closing: the first day on which person data is anonymised."""
    return add_months(closed_on, 24)


def add_months(day: date, months: int) -> date:
    """The same day ``months`` later, or that month's last where it is shorter (29 February, the 31st)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def ask_again_from(refused_on: date, *, assessment: bool) -> date:
    """The first day on which somebody who said no may be asked again: three months for the assessment, else one."""
    return add_months(refused_on, ASK_ASSESSMENT_AGAIN_MONTHS if assessment else ASK_AGAIN_MONTHS)


def report_again_from(refused_on: date) -> date:
    """Until this day nobody who refused the service is reported again on what was known before."""
    return add_months(refused_on, REPORT_AGAIN_MONTHS)


def forget_refused(refused_on: date) -> date:
    """The first day on which whoever refused the service is forgotten: when the lock on reporting them again ends."""
    return report_again_from(refused_on)


def proposal_due(calendar: WorkCalendar, proposed_on: date) -> Deadline:
    """Five working days for the other side to decide about a closure or a renewal."""
    return add_working_days(calendar, proposed_on, 5)


def referral_ack_due(calendar: WorkCalendar, urgency: ReferralUrgency, sent_at: datetime) -> datetime:
    """By when the other side answers: two hours day or night, the next working day, or three working days."""
    if urgency.at_once:
        return sent_at + URGENT_ACK
    days = 1 if urgency is ReferralUrgency.SOON else 3
    return due_at(add_working_days(calendar, day_of(sent_at), days))


def referral_seen_due(urgency: ReferralUrgency, sent_at: datetime) -> datetime | None:
    """By when somebody is seen: a day and a night in the green channel, else nothing is fixed."""
    return sent_at + GREEN_CHANNEL_SEEN if urgency.at_once else None


def referral_feedback_due(reckoned_from: datetime) -> datetime:
    """Fourteen days after the agency took the referral, or after the day of the appointment or attendance."""
    return reckoned_from + REFERRAL_FEEDBACK


def welfare_check_due(calendar: WorkCalendar, missed_on: date) -> Deadline:
    """One working day to call somebody who was not met three times in a row."""
    return add_working_days(calendar, missed_on, 1)


def plan_review_due(held_on: date) -> date:
    """Three months from the start of a plan, or from the last look back at it, to the next."""
    return add_months(held_on, 3)


def sync_review_due(calendar: WorkCalendar, received_at: datetime) -> Deadline:
    """Three working days for the township to decide about an operation that a tablet brought and nobody could apply.

    One that tells of an emergency or of an urgent fact is due as those are: ``urgent_ack_due``.
    """
    return add_working_days(calendar, day_of(received_at), 3)
