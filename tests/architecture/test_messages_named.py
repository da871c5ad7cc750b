"""What people read names states and grounds as the code lists do, not by their codes."""

from server.messages import message_for


def test_a_state_is_called_by_its_name() -> None:
    message = message_for("ledger_transition_forbidden")
    assert "已上报" in message.title("zh", state="reported", act="accept")
    assert "reported" not in message.title("zh", state="reported", act="accept")


def test_a_ground_is_called_by_its_name() -> None:
    assert "生活失意" in message_for("ground_without_fact").title("zh", ground="2")


def test_a_value_that_is_no_code_stays_as_it_is() -> None:
    assert "512" in message_for("fact_too_long").title("zh", length=512)
