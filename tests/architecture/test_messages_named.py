"""What people read names states and grounds as the code lists do, not by their codes."""

from server.messages import message_for


def test_a_state_is_called_by_its_name() -> None:
    message = message_for("ledger_transition_forbidden")
    assert "已上报" in message.title("zh", state="reported", act="accept")
    assert "reported" not in message.title("zh", state="reported", act="accept")


def test_a_ground_is_called_by_its_name() -> None:
    assert "生活失意" in message_for("ground_without_fact").title("zh", ground="2")


def test_what_was_not_agreed_to_is_called_by_its_name() -> None:
    message = message_for("consent_missing")
    assert "方案与走访" in message.title("zh", scope="plan_visit")
    assert "Plan and visits" in message.title("en", scope="plan_visit")


def test_what_a_team_lacks_is_called_by_its_names() -> None:
    message = message_for("team_incomplete")
    assert "精防医生、另一方人员" in message.title("zh", gaps="smd_doctor、one_more")
    assert "severe mental disorders, one more" in message.title("en", gaps="smd_doctor、one_more")


def test_a_value_that_is_no_code_stays_as_it_is() -> None:
    assert "512" in message_for("fact_too_long").title("zh", length=512)
