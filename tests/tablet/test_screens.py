"""Every screen in both languages, on a tablet and on a phone, for people who see, listen, point or type."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from server.domain.codes_care import ConsentScope
from tests.make_care import a_consent
from tests.signed_in import PASSWORD
from tests.sync_client.arrange_world import Visited
from tests.tablet.browser import PHONE, TABLET
from tests.tablet.hands import NOTE, PASSPHRASE, Hands

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
#: Serious and critical findings, each as its rule and where it was found.
LOOK = """async () => {
    const { violations } = await axe.run(document, { resultTypes: ['violations'] });
    return violations
        .filter(({ impact }) => ['serious', 'critical'].includes(impact))
        .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}"""
#: Words of the page itself in Chinese letters, where English is spoken: what is said in another language says so.
CHINESE = """(known) => {
    const found = [];
    const walk = document.createTreeWalker(document.querySelector('#app'), NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
        const { parentElement: place, textContent } = walk.currentNode;
        const said = known.reduce((text, word) => text.replaceAll(word, ''), textContent);
        if (/[\\u4e00-\\u9fff]/.test(said) && !place.closest('[lang=zh-CN], .brand')) found.push(textContent);
    }
    return found;
}"""
TOO_WIDE = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
#: What can be touched and is smaller than a finger: 40 pixels each way, links within sentences left out.
TOO_SMALL = """() => [...document.querySelectorAll('button, input:not([type=radio], [type=checkbox]), select, textarea, .tile')]
    .filter((one) => one.offsetParent !== null && !one.closest('.curtain') && !one.classList.contains('skip'))
    .map((one) => [one.getBoundingClientRect(), one.textContent.trim() || one.name])
    .filter(([{ width, height }]) => Math.min(width, height) < 40)
    .map(([{ width, height }, name]) => `${name}: ${Math.round(width)}x${Math.round(height)}`)"""


def look_at(hands: Hands, name: str, known: tuple[str, ...] = ()) -> list[str]:
    """What is wrong with the screen that is shown, in Chinese on a tablet and in English on a phone."""
    page = hands.page
    page.evaluate(AXE.read_text("utf-8"))
    found = [f"{name} zh {each}" for each in page.evaluate(LOOK)]
    hands.speak("en")
    hands.sees(name)
    width, height = PHONE
    page.set_viewport_size({"width": width, "height": height})
    found += [f"{name} en {each}" for each in page.evaluate(LOOK)]
    found += [f"{name} is not English: {each}" for each in page.evaluate(CHINESE, list(known))]
    found += [f"{name} is {wide} pixels too wide for a phone" for wide in [page.evaluate(TOO_WIDE)] if wide > 0]
    found += [f"{name} has too small a target: {each}" for each in page.evaluate(TOO_SMALL)]
    width, height = TABLET
    page.set_viewport_size({"width": width, "height": height})
    hands.speak("zh-CN")
    hands.sees(name)
    return found


def test_the_screens_before_anybody_is_known(hands: Hands) -> None:
    page = hands.browser.open()
    hands.sees("enrol")
    found = look_at(hands, "enrol")
    page.fill("input[name=code]", hands.world.code())
    hands.press_submit("enrol")
    hands.sees("pending")
    found += look_at(hands, "pending")
    hands.approve_what_is_shown()
    hands.sees("sign-in")
    found += look_at(hands, "sign-in")
    hands.sign_in()
    hands.sees("set-up")
    found += look_at(hands, "set-up")
    hands.set_up()
    hands.sees("today")
    hands.lock()
    found += look_at(hands, "unlock", (hands.worker.login,))
    assert found == []


def test_the_screens_of_a_day(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    a_consent(visited.person, ConsentScope.FAMILY_CONTACT)
    hands.begin()
    found = []
    for name, way in ways(hands, visited).items():
        way()
        hands.sees(name)
        found += look_at(hands, name, names_of(hands))
    assert found == []


def ways(hands: Hands, visited: Visited) -> dict[str, Callable[[], None]]:
    """Each screen, and how a worker comes to it from the one before."""

    def follow(name: str, start: Callable[[], None]) -> Callable[[], None]:
        def go() -> None:
            start()
            hands.screen(hands.shown()).locator(f"a[href^='#/{name}']").first.click()

        return go

    def card() -> None:
        hands.go("today")
        hands.card_of(visited)

    def sweep() -> None:
        hands.go("sweep")

    return {
        "today": lambda: hands.go("today"),
        "card": card,
        "visit": follow("visit", card),
        "advice": follow("advice", card),
        "contact": follow("contact", card),
        "sweep": sweep,
        "items": follow("items", sweep),
        "observation": follow("observation", lambda: None),
        "map": follow("map", sweep),
        "attention": lambda: hands.go("attention"),
        "sync": lambda: hands.go("sync"),
        "settings": lambda: hands.go("settings"),
        "safety": hands.write_safety_event,
    }


def names_of(hands: Hands) -> tuple[str, ...]:
    """What is Chinese in any language: names and what people wrote."""
    return (
        "中文",
        "欧阳试验",
        "下午来，先打电话。",
        "院里有狗，先在门口喊人。",
        "打电话",
        "试验县",
        "试验镇",
        "试验村",
        "网格",
        NOTE,
    )


def test_the_family_is_advised_only_where_the_person_agreed(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    hands.card_of(visited)
    card, advice = hands.screen("card"), hands.screen("card").locator("a[href^='#/advice']")
    expect(card).to_contain_text("本人没有同意联系家属")
    expect(advice).to_have_count(0)
    a_consent(visited.person, ConsentScope.FAMILY_CONTACT)
    hands.sync()
    hands.go("today")
    hands.card_of(visited)
    expect(card).to_contain_text("本人同意联系家属")
    advice.click()
    hands.sees("advice")


def test_the_focus_stays_where_it_was_when_the_screen_is_drawn_again(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    hands.sync()
    hands.go("today")
    mine = hands.page.locator(f"[data-visit='{visited.visit_id}']")
    mine.focus()
    # A click by script moves no focus, as news from the server move none.
    hands.page.get_by_role("button", name="English").evaluate("(button) => button.click()")
    expect(hands.screen("today").locator("h1")).to_have_text("Today")
    expect(mine).to_be_focused()


def test_a_day_can_be_begun_with_a_keyboard_alone(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.take_in()
    keys = hands.page.keyboard

    def type_into(name: str, text: str) -> None:
        for _ in range(20):
            if hands.page.evaluate("() => document.activeElement?.name ?? ''") == name:
                break
            keys.press("Tab")
        keys.insert_text(text)

    type_into("login", hands.worker.login)
    type_into("password", PASSWORD)
    keys.press("Enter")
    hands.sees("set-up")
    hands.screen("set-up").locator("input[value=passphrase]").focus()
    keys.press("Space")
    type_into("passphrase", PASSPHRASE)
    type_into("again", PASSPHRASE)
    keys.press("Enter")
    hands.sees("today")
    hands.brought()
    hands.page.locator(f"[data-visit='{visited.visit_id}']").focus()
    keys.press("Enter")
    hands.sees("card")
    assert hands.page.evaluate("() => document.activeElement.tagName") == "H1"
