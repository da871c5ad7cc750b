"""Somebody who sees the app for the first time, is in a hurry, and does not read: nothing is lost, and all is told in words."""

import pytest
from playwright.sync_api import expect

from tests.tablet.gate import Gate, Line
from tests.tablet.hands import NOTE, Hands

pytestmark = pytest.mark.browser

#: Whether a button's words stand out from it by 4.5 to 1 (WCAG 2.2, 1.4.3), as colours are computed.
READABLE = """(button) => {
    const light = (colour) => {
        const parts = colour.match(/[0-9.]+/g).slice(0, 3).map((part) => part / 255);
        const [r, g, b] = parts.map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const { color, backgroundColor } = getComputedStyle(button);
    const [low, high] = [light(color), light(backgroundColor)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05) >= 4.5;
}"""


def test_a_wrong_password_is_told_in_words_before_any_list_has_come(hands: Hands) -> None:
    hands.take_in()
    page = hands.page
    page.fill("input[name=login]", hands.worker.login)
    for language, words in (("en", "The login or the password is not right."), ("zh-CN", "登录名或密码不正确。")):
        hands.speak(language)
        expect(page.locator("input[name=login]")).to_have_value(hands.worker.login)
        page.fill("input[name=password]", "not my password")
        hands.press_submit("sign-in")
        expect(hands.problem()).to_contain_text(words)


def test_what_was_typed_last_is_kept_however_the_form_is_left(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    hands.fill_visit(visited)
    note = hands.page.locator("textarea[name=mood_note]")
    leaving = {
        "tab": lambda: hands.go("sweep"),
        "back": lambda: hands.page.go_back(wait_until="commit"),
        "English": lambda: hands.speak("en"),
        "中文": lambda: hands.speak("zh-CN"),
    }
    for way, leave in leaving.items():
        note.fill(f"{NOTE}{way}")
        leave()
        if way in {"tab", "back"}:
            hands.go("today")
            hands.card_of(visited)
            hands.page.locator("[data-act=visit]").first.click()
            hands.sees("visit")
        expect(note).to_have_value(f"{NOTE}{way}")


def test_a_button_at_work_can_still_be_read_under_the_finger(hands: Hands, gate: Gate) -> None:
    hands.world.visited(hands.worker)
    hands.begin()
    hands.go("sync")
    asked = hands.screen("sync").locator("[data-act=sync]")
    expect(asked).not_to_have_attribute("aria-disabled", "true")
    gate.set(Line.HANGING)
    asked.click()
    expect(asked).to_have_attribute("aria-disabled", "true")
    asked.hover()
    assert asked.evaluate(READABLE)
    gate.set(Line.CUT)
    expect(asked).not_to_have_attribute("aria-disabled", "true")


def test_what_needs_the_network_says_so_and_keeps_what_was_filled_in(hands: Hands, gate: Gate) -> None:
    hands.take_in()
    gate.set(Line.CUT)
    hands.sign_in()
    expect(hands.problem()).to_contain_text("这一步要有网络")
    expect(hands.page.locator("input[name=login]")).to_have_value(hands.worker.login)
    gate.set(Line.OPEN)
    hands.press_submit("sign-in")
    hands.sees("set-up")


def test_before_anything_has_come_nobody_is_told_that_nobody_is_due_and_an_emergency_is_phoned(
    hands: Hands, gate: Gate
) -> None:
    hands.world.visited(hands.worker)
    hands.take_in()
    hands.sign_in()
    hands.sees("set-up")
    gate.set(Line.CUT)
    hands.set_up()
    hands.sees("today")
    expect(hands.screen("today")).to_contain_text("还没有取到名单")
    expect(hands.screen("today")).not_to_contain_text("今天没有应走访的")
    hands.write_safety_event()
    safety = hands.screen("safety")
    expect(safety.locator("[data-part=no-words]")).to_be_visible()
    expect(safety.locator("[data-part=crisis-card] a").first).to_have_attribute("href", "tel:12356")
    hands.page.fill("textarea[name=facts]", NOTE)
    gate.set(Line.OPEN)
    hands.sync()
    hands.write_safety_event()
    expect(hands.page.locator("textarea[name=facts]")).to_have_value(NOTE)
    expect(safety.locator("[data-part=no-words]")).to_have_count(0)
    hands.page.locator("select[name=kind]").select_option(index=1)
    hands.press_submit("safety")
    hands.sees("sync")


def test_what_is_missing_is_named_where_it_is_missing(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    hands.fill_visit(visited)
    folded = hands.screen("visit").locator("details.more")
    folded.locator("summary").click()
    hands.page.fill("input[name=visited_at]", "")
    folded.locator("summary").click()
    hands.press_submit("visit")
    expect(hands.page.locator("input[name=visited_at]")).to_be_focused()
    hands.go("sweep")
    hands.screen("sweep").locator("[data-kind=concern] [data-act=items]").click()
    hands.screen("items").locator("[data-act=add]").click()
    hands.press_submit("observation")
    expect(hands.page.locator("[data-field=fact] .complaint")).to_have_text("这一项需要填写。")


def test_a_question_does_not_stay_when_its_screen_is_left(hands: Hands) -> None:
    hands.world.visited(hands.worker)
    hands.begin()
    hands.go("sweep")
    hands.screen("sweep").locator("[data-kind=concern] [data-act=nil]").click()
    dialog = hands.page.locator("dialog[open]")
    expect(dialog).to_be_visible()
    hands.page.go_back(wait_until="commit")
    hands.sees("today")
    expect(dialog).to_have_count(0)
    hands.go("sweep")
    expect(hands.screen("sweep").locator("[data-kind=concern] .state")).to_have_attribute("data-state", "due")


def test_a_tablet_taken_back_says_why_it_is_not_empty_yet_and_empties_itself_at_the_next_press(
    hands: Hands, gate: Gate
) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.record_visit(visited)
    hands.revoke()
    gate.set(Line.OPEN)
    gate.watch("/sync/wiped", cut=True)
    hands.sync(seen=False)
    hands.sees("gone")
    gone = hands.screen("gone")
    expect(gone).to_contain_text("没有联系上办公室。")
    gate.watch("/sync/wiped", cut=False)
    gate.set(Line.HANGING)
    pressed = gone.locator("[data-act=sync]")
    pressed.click()
    expect(pressed).to_have_text("正在发送……")
    hands.speak("en")
    expect(pressed).to_have_text("Sending …")
    expect(pressed).to_have_attribute("aria-disabled", "true")
    gate.set(Line.CUT)
    expect(pressed).not_to_have_attribute("aria-disabled", "true")
    gate.set(Line.OPEN)
    pressed.click()
    expect(gone).to_contain_text("Everything on this tablet was deleted")
