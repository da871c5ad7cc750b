"""A day in the field: work told without a network arrives when there is one, once, whatever happens on the way."""

import pytest
from playwright.sync_api import Locator, expect

from server.domain.codes_sync_push import ReviewReason
from server.domain.pages import PageAsked
from server.services.sync_reviews import ReviewFilter, list_reviews, return_to_author
from tests.sweeping import coordinator
from tests.sync_client.arrange_world import Visited
from tests.tablet.browser import PATIENCE_MS, eventually, until
from tests.tablet.gate import Gate, Line
from tests.tablet.hands import NOTE, Hands

pytestmark = pytest.mark.browser

#: How much the app's storage holds now, in bytes.
USED = "async () => (await navigator.storage.estimate()).usage"
#: Fill what room is left with zeros, in a database of another name, down to pieces smaller than any record.
FILL = """async () => {
    const opened = await new Promise((done, failed) => {
        const asked = indexedDB.open('filler', 1);
        asked.onupgradeneeded = () => asked.result.createObjectStore('zeros', { autoIncrement: true });
        asked.onsuccess = () => done(asked.result);
        asked.onerror = () => failed(asked.error);
    });
    const put = (size) => new Promise((done) => {
        const work = opened.transaction('zeros', 'readwrite', { durability: 'strict' });
        work.objectStore('zeros').put(crypto.getRandomValues(new Uint8Array(size)));
        work.oncomplete = () => done(true);
        work.onabort = () => done(false);
    });
    for (const size of [65536, 16384, 4096, 1024, 256]) {
        for (let times = 0; times < 400 && (await put(size)); times += 1);
    }
    opened.close();
}"""
EMPTY = """() => new Promise((done, failed) => {
    const asked = indexedDB.deleteDatabase('filler');
    asked.onsuccess = () => done(true);
    asked.onerror = () => failed(asked.error);
})"""


def waiting(hands: Hands) -> Locator:
    """What the day's list says of work that is not delivered."""
    return hands.screen("today").locator("[data-part=waiting] .state")


def delivered(hands: Hands) -> Locator:
    """What the day's list says of work delivered today."""
    return hands.screen("today").locator("[data-part=done] .state")


def receipts(hands: Hands, kind: str) -> list[tuple[str, str | None]]:
    """What the server did with every operation of this kind."""
    sql = "SELECT result, code FROM sync_receipt WHERE county_code = :county AND kind = :kind"
    return [tuple(row) for row in hands.world.rows(sql, county=hands.world.county.code, kind=kind)]


def state_of(hands: Hands, visited: Visited) -> str:
    """How the visit stands on the server."""
    ((state,),) = hands.world.rows("SELECT state FROM visit WHERE id = :id", id=visited.visit_id)
    return state


def test_a_visit_told_without_a_network_is_delivered_with_one(hands: Hands, gate: Gate) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.record_visit(visited)
    expect(waiting(hands)).to_have_text(["等待发送"])
    expect(hands.page.locator("[data-part=standing]")).to_contain_text("等待发送")
    assert state_of(hands, visited) == "planned"
    gate.set(Line.OPEN)
    hands.sync()
    hands.go("today")
    expect(delivered(hands)).to_have_text(["已送达"])
    expect(waiting(hands)).to_have_count(0)
    assert state_of(hands, visited) == "done"
    assert receipts(hands, "visit") == [("applied", None)]


def test_visits_never_come_without_what_their_form_is_made_of(hands: Hands, gate: Gate) -> None:
    visited = hands.world.visited(hands.worker)
    hands.take_in()
    hands.sign_in()
    gate.watch("/sync/library/", cut=True)
    hands.set_up()
    hands.sees("today")
    assert gate.passed.wait(PATIENCE_MS / 1000)
    expect(hands.page.locator("[data-visit]")).to_have_count(0)
    gate.watch("/sync/library/leaflets", cut=True)
    gate.set(Line.OPEN)
    hands.sync()
    assert gate.passed.wait(PATIENCE_MS / 1000)
    hands.go("today")
    hands.record_visit(visited)
    expect(waiting(hands)).to_have_text(["等待发送"])


def test_what_was_looked_at_without_a_network_stands_in_the_log_afterwards(hands: Hands, gate: Gate) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.card_of(visited)
    gate.set(Line.OPEN)
    hands.sync()
    eventually(lambda: receipts(hands, "view") != [], "the look stands in the log")
    assert set(receipts(hands, "view")) == {("applied", None)}


def test_what_the_township_sends_back_comes_with_its_words_and_can_be_mended(hands: Hands, gate: Gate) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.record_visit(visited)
    hands.world.give_visit(visited, hands.world.worker(*hands.worker.areas))
    gate.set(Line.OPEN)
    hands.sync()
    eventually(lambda: receipts(hands, "visit") == [("quarantined", "not_found")], "laid aside")
    office = coordinator(hands.world.county)
    (review,) = list_reviews(office, ReviewFilter(), PageAsked(10)).items
    return_to_author(office, review.id, review.version, ReviewReason.NEEDS_FACTS, "请写明当天见到了谁。")
    card = hands.screen("attention").locator(f"[data-review='{review.op_id}']")

    def answered() -> bool:
        hands.sync()
        hands.go("attention")
        return "需要补充事实" in card.inner_text()

    eventually(answered, "the township's answer")
    expect(card).to_contain_text("请写明当天见到了谁。")
    expect(card).to_contain_text(NOTE)
    card.locator("[data-act=mend]").click()
    expect(hands.page.locator("textarea[name=mood_note]")).to_have_value(NOTE)


def test_sending_without_a_network_ends_and_says_that_the_work_is_safe(hands: Hands, gate: Gate) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.record_visit(visited)
    hands.sync()
    expect(hands.screen("sync").locator(".alert-box p").first).to_be_visible()
    expect(hands.screen("sync").locator("[data-part=outbox] [data-state=waiting]").first).to_be_visible()
    expect(hands.page.locator("body")).not_to_contain_text("已同步")


@pytest.mark.parametrize("arrived", [True, False], ids=["the answer was lost", "it never arrived"])
def test_power_lost_during_sending_loses_and_doubles_nothing(hands: Hands, gate: Gate, arrived: bool) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.record_visit(visited)
    gate.set(Line.ANSWERS_LOST if arrived else Line.OPEN)
    gate.watch("/sync/push", cut=not arrived)
    hands.go("sync")
    hands.screen("sync").locator("[data-act=sync]").click()
    assert gate.passed.wait(PATIENCE_MS / 1000)
    hands.browser.kill()
    gate.watch("/sync/push", cut=False)
    gate.set(Line.OPEN)
    hands.browser.open()
    hands.unlock()
    hands.sees("today")
    hands.sync()
    hands.go("today")
    expect(delivered(hands)).to_have_text(["已送达"])
    assert state_of(hands, visited) == "done"
    assert receipts(hands, "visit") == [("applied", None)]


def test_a_full_tablet_keeps_the_form_and_says_so(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    used = hands.page.evaluate(USED)
    hands.browser.close()
    hands.browser.start()
    # Enough to unlock, whatever the browser writes beside it; the rest is filled up when the form is ready.
    hands.browser.leave_room(used + 3_000_000)
    hands.browser.open()
    hands.unlock()
    hands.sees("today")
    hands.fill_visit(visited)
    hands.page.evaluate(FILL)
    hands.press_submit("visit")
    expect(hands.problem()).to_contain_text("平板空间满了")
    expect(hands.page.locator("textarea[name=mood_note]")).to_have_value(NOTE)
    hands.browser.leave_room(None)
    hands.page.evaluate(EMPTY)
    hands.press_submit("visit")
    hands.sees("today")
    expect(hands.page.locator("[data-part=waiting] .state, [data-part=done] .state")).to_have_count(1)


def test_a_form_half_filled_survives_an_empty_battery(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    hands.fill_visit(visited)
    expect(hands.screen("visit").locator(".draft-word")).to_have_text("草稿已存在本机。")
    hands.browser.kill()
    hands.browser.open()
    hands.unlock()
    hands.sees("today")
    hands.card_of(visited)
    hands.page.locator("[data-act=visit]").first.click()
    expect(hands.page.locator("textarea[name=mood_note]")).to_have_value(NOTE)
    assert receipts(hands, "visit") == []


def test_a_nil_return_takes_two_touches_and_arrives(hands: Hands, gate: Gate) -> None:
    hands.world.visited(hands.worker)
    hands.begin()
    hands.go("sweep")
    gate.set(Line.CUT)
    row = hands.screen("sweep").locator("[data-kind=concern]")
    row.locator("[data-act=nil]").click()
    hands.say_yes()
    expect(row.locator(".state")).to_have_attribute("data-state", "waiting")
    gate.set(Line.OPEN)
    hands.sync()
    hands.go("sweep")
    expect(row.locator(".state")).to_have_attribute("data-state", "delivered")
    assert receipts(hands, "return") == [("applied", None)]


def test_a_tablet_whose_browser_threw_everything_away_begins_anew(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    hands.browser.close()
    hands.browser.start()
    hands.browser.evict()
    hands.browser.open()
    hands.sees("enrol")
    hands.begin()
    hands.record_visit(visited)
    expect(hands.page.locator("[data-part=waiting] .state, [data-part=done] .state")).to_have_count(1)
    until(hands.page, "() => document.querySelector('[data-screen=today]') !== null")


def test_an_emergency_written_down_without_a_network_is_raised_once(hands: Hands, gate: Gate) -> None:
    hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.write_safety_event()
    hands.page.locator("select[name=kind]").select_option(index=1)
    hands.page.fill("textarea[name=facts]", "今天下午在河边独自坐了三个小时，说不想回家。")
    expect(hands.screen("safety").locator(".draft-word")).to_have_text("草稿已存在本机。")
    hands.press_submit("safety")
    hands.sees("sync")
    gate.set(Line.OPEN)
    hands.sync()
    assert receipts(hands, "safety_event") == [("applied", None)]
    ((count,),) = hands.world.rows(
        "SELECT count(*) FROM safety_event WHERE county_code = :county", county=hands.world.county.code
    )
    assert count == 1
