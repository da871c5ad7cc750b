"""The index of the promises: every guardrail, invariant, state machine and deadline has a test, found by its name."""

import re
from functools import cache
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
GUARDRAILS = [f"g{number}" for number in range(1, 13)]
INVARIANTS = [f"invariant_{number}" for number in range(1, 21)]
#: State machine → where any order of its acts is played on the real services.
MACHINES = {
    "ledger to the decision": "services/test_ledger_machine.py",
    "ledger in service": "services/test_care_machine.py",
    "sweep": "services/test_sweep_machine.py",
    "month": "services/test_month_machine.py",
    "visit and plan": "services/test_plan_machine.py",
    "referral": "services/test_referral_machine.py",
    "case team": "services/test_case_team_machine.py",
    "site": "services/test_sites.py",
    "consent": "services/test_consents_machine.py",
    "safety event": "services/test_safety.py",
    "tablet": "services/test_device_machine.py",
}
#: Deadline → where it is held, and the test that sets the clock or tells the time.
DEADLINES = {
    "sweep window": ("services/test_deadlines.py", "a_december_return_after_the_twentieth_needs_a_reason"),
    "village, township, close": ("services/test_months.py", "due_dates_follow_the_month_and_unknown_holidays_are_told"),
    "month close": ("services/test_month_close.py", "a_december_is_closed_in_january_on_provisional_days"),
    "analysis meeting": ("services/test_operations.py", "a_meeting_counts_in_the_month_in_which_it_is_due"),
    "review, contact, plan": (
        "services/test_deadlines.py", "review_resubmission_first_contact_and_plan_follow_the_holidays",
    ),
    "assessment": ("services/test_consents.py", "a_yes_to_the_assessment_gives_ten_working_days"),
    "visits": ("domain/test_visit_schedule.py", "a_plan_that_starts_after_the_20th_has_its_first_visit_in_the_next_month"),
    "plan review": ("services/test_plans.py", "the_night_asks_for_a_review_a_week_before_and_once"),
    "urgent report": (
        "services/test_deadlines.py", "an_urgent_report_late_on_new_years_eve_is_due_two_hours_later_in_the_new_year",
    ),
    "safety event": ("services/test_safety.py", "what_is_late_is_named_by_night_and_over_the_new_year"),
    "no review, no assessment, whole term": (
        "services/test_deadlines.py", "what_waits_ends_on_its_day_in_the_next_year_and_not_a_moment_sooner",
    ),
    "declined": ("services/test_deadlines.py", "a_declined_person_is_forgotten_thirty_days_later_in_the_new_year"),
    "green channel": ("services/test_referrals.py", "the_green_channel_runs_by_the_hour_at_night_and_on_holidays"),
    "referral": (
        "services/test_referrals_in.py",
        "a_routine_referral_is_due_on_the_third_working_day_after_the_new_year",
    ),
    "feedback": ("services/test_referrals.py", "feedback_is_due_fourteen_days_after_the_last_step"),
    "legal basis": (
        "services/test_legal_basis.py",
        "guardrail_g6_the_review_is_due_in_three_working_days_also_over_a_year_end_and_told_when_late",
    ),
    "unstable contact": ("domain/test_smd.py", "the_last_day_across_the_years_end_and_february"),
    "refused": (
        "services/test_consents.py",
        "guardrail_g3_after_a_no_nobody_asks_again_before_the_day_also_over_a_year_end",
    ),
    "lost tablet": ("services/test_devices.py", "a_lease_over_the_new_year_is_waited_for_to_the_hour"),
    "enrolment code": ("services/test_devices.py", "a_code_is_good_once_and_for_a_day"),
}  # fmt: skip
#: What the promises mean on a tablet → where it is shown.
TABLETS = {
    "nothing saved is lost or doubled": (
        "sync_client/test_machine.py", "whatever_happens_in_the_field_nothing_is_lost_doubled_or_kept_too_long",
    ),
    "a crash while saving or sending": (
        "sync_client/test_client.py", "a_crash_at_any_step_of_saving_and_sending_loses_nothing_that_was_saved",
    ),
    "power lost in the browser": ("tablet/test_day.py", "power_lost_during_sending_loses_and_doubles_nothing"),
    "sent twice, applied once": (
        "services/test_sync_push.py", "the_same_push_again_gets_the_same_receipts_and_writes_nothing",
    ),
    "one bad operation": ("services/test_sync_push.py", "a_poison_in_the_middle_holds_back_nothing_else"),
    "nothing overwritten": ("services/test_sync_push_care.py", "another_value_is_never_overwritten_but_asked_about"),
    "no reader skips": (
        "services/test_sync_races.py", "a_reader_who_pages_while_others_commit_in_any_order_never_skips",
    ),
    "late work after reassignment": (
        "services/test_sync_push.py", "late_work_of_somebody_who_has_lost_the_grid_is_applied",
    ),
    "a tablet holds what single reads give": (
        "services/test_sync_pull.py", "every_kind_is_told_as_single_reads_tell_it",
    ),
    "what is no longer hers is deleted": (
        "services/test_sync_pull.py", "a_lost_area_is_told_until_it_is_asked_no_more_and_its_deletion_kept",
    ),
    "colleagues who share": ("tablet/test_keeping_secrets.py", "two_workers_of_one_tablet_see_nothing_of_each_other"),
    "in nobody else's name": (
        "services/test_sync_push.py",
        "a_colleague_on_a_shared_tablet_can_carry_work_but_not_write_in_anothers_name",
    ),
    "looks without a network": (
        "tablet/test_day.py", "what_was_looked_at_without_a_network_stands_in_the_log_afterwards",
    ),
    "whose data a lost one held": (
        "services/test_devices.py", "what_a_tablet_held_is_told_from_the_log_and_looking_is_written_down",
    ),
    "people decide what was refused": ("services/test_sync_reviews.py", "nobody_decides_about_their_own_work"),
    "a stolen tablet's disk": ("tablet/test_keeping_secrets.py", "nothing_of_a_day_can_be_read_off_the_disk"),
    "taken back": (
        "tablet/test_keeping_secrets.py", "a_tablet_taken_back_sends_what_waits_deletes_everything_and_says_so",
    ),
}  # fmt: skip


@cache
def names() -> tuple[str, ...]:
    """The name of every test there is."""
    found = (re.findall(r"^def test_(\w+)\(", path.read_text("utf-8"), re.MULTILINE) for path in TESTS.rglob("*.py"))
    return tuple(name for each in found for name in each)


def numbers_of(name: str) -> set[str]:
    """The guardrails and invariants that a test's name carries (``invariant_6_and_12_reads…`` carries two)."""
    found = {f"g{number}" for number in re.findall(r"(?:^|_)g(\d+)_", name)}
    for run in re.findall(r"invariant_((?:\d+_)(?:and_\d+_)*)", name):
        found |= {f"invariant_{number}" for number in re.findall(r"\d+", run)}
    return found


@pytest.mark.parametrize("promise", [*GUARDRAILS, *INVARIANTS])
def test_every_guardrail_and_invariant_has_a_test_that_names_it(promise: str) -> None:
    assert [name for name in names() if promise in numbers_of(name)]


def test_no_test_names_a_guardrail_or_invariant_that_is_none() -> None:
    named = {each for name in names() for each in numbers_of(name)}
    assert named == {*GUARDRAILS, *INVARIANTS}


@pytest.mark.parametrize("machine", MACHINES)
def test_every_state_machine_is_played_in_any_order(machine: str) -> None:
    text = (TESTS / MACHINES[machine]).read_text("utf-8")
    assert "RuleBasedStateMachine)" in text
    assert "def test_any_order_of_" in text


@pytest.mark.parametrize("deadline", DEADLINES)
def test_every_deadline_has_a_test_at_its_edge(deadline: str) -> None:
    file, name = DEADLINES[deadline]
    assert f"def test_{name}(" in (TESTS / file).read_text("utf-8")


@pytest.mark.parametrize("promise", TABLETS)
def test_every_promise_is_shown_on_a_tablet(promise: str) -> None:
    file, name = TABLETS[promise]
    assert f"def test_{name}(" in (TESTS / file).read_text("utf-8")
