"""What a grid worker does with her fingers, and what she then sees. Screens are known by their names, not by their words."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.signed_in import PASSWORD
from tests.sync_client.arrange_world import Visited, Worker, World
from tests.tablet.browser import Browser, until

PASSPHRASE = "四条小河 flow to the sea"
#: What a visitor writes: seen and heard, nothing judged.
NOTE = "今天上午在家里见到本人，说女儿周末回来包了饺子，昨晚睡了七个小时。"
SEEN_WELL = "1"


@dataclass
class Hands:
    """One worker before one tablet."""

    browser: Browser
    world: World
    worker: Worker
    passphrase: str = PASSPHRASE

    @property
    def page(self) -> Page:
        """The page she looks at."""
        return self.browser.page

    # --- the first day ------------------------------------------------------------------------------------------------

    def take_in(self) -> None:
        """A new tablet: the office's code, the number both compare, the office's yes."""
        self.browser.open(f"#enrol={self.world.code()}")
        self.press_submit("enrol")
        self.sees("pending")
        self.approve_what_is_shown()
        self.sees("sign-in")

    def approve_what_is_shown(self) -> None:
        """She reads the number out to the office, and looks whether it has said yes."""
        shown = self.page.locator("[data-part=check-number] .digits").inner_text()
        self.approve(re.sub(r"\D", "", shown))
        # By itself it asks every few seconds, and may have gone on already.
        self.page.locator("[data-screen=pending] .actor button").evaluate_all(
            "(all) => all.forEach((one) => one.click())"
        )

    def approve(self, check_number: str) -> None:
        """The office compares the number that she reads out."""
        (waiting,) = self.world.office.get("/devices?state=pending").json["items"]
        told = self.world.office.post(f"/devices/{waiting['id']}/approval", json={"check_number": check_number})
        assert told.status_code < 300, told.text

    def sign_in(self) -> None:
        """With the password of the office."""
        self.page.fill("[data-screen=sign-in] input[name=login]", self.worker.login)
        self.page.fill("[data-screen=sign-in] input[name=password]", PASSWORD)
        self.press_submit("sign-in")

    def set_up(self, method: str = "passphrase") -> None:
        """Choose how the tablet is opened from now on."""
        self.sees("set-up")
        choice = self.screen("set-up").locator(f"input[value={method}]")
        if choice.count() and not choice.is_checked():
            choice.check(force=True)
        if method == "passphrase":
            self.page.fill("input[name=passphrase]", self.passphrase)
            self.page.fill("input[name=again]", self.passphrase)
        self.press_submit("set-up")

    def begin(self, method: str = "passphrase") -> None:
        """From a new tablet to the first day's list."""
        self.take_in()
        self.sign_in()
        self.set_up(method)
        self.sees("today")
        self.brought()

    # --- every day ----------------------------------------------------------------------------------------------------

    def unlock(self, passphrase: str | None = None) -> None:
        """With the passphrase; the day's list comes up when it is right."""
        self.sees("unlock")
        self.page.fill("[data-screen=unlock] input[name=passphrase]", passphrase or self.passphrase)
        self.press_submit("unlock")

    def brought(self) -> None:
        """Wait until a round with the server has brought the day."""
        expect(self.screen("today").locator("[data-visit]").first).to_be_visible()

    def go(self, name: str) -> None:
        """Along the tabs."""
        self.page.locator(f"#tab-{name}").click()
        self.sees(name)

    def sync(self, *, seen: bool = True) -> None:
        """Ask for a round by hand, and wait for its end, unless the tablet leaves the screen with it."""
        self.go("sync")
        asked = self.screen("sync").locator("[data-act=sync]")
        asked.click()
        if seen:
            expect(asked).not_to_have_attribute("aria-disabled", "true")

    def speak(self, language: str) -> None:
        """Change to the other language, and wait until the screen is drawn again in it."""
        drawn = self.page.locator("[data-screen]").evaluate_handle("(screen) => screen")
        self.page.locator("#speech").click()
        expect(self.page.locator("html")).to_have_attribute("lang", language)
        until(self.page, "(drawn) => !drawn.isConnected && document.querySelector('[data-screen]') !== null", drawn)

    def lock(self) -> None:
        """Put it away."""
        self.go("settings")
        self.page.locator("[data-act=lock]").click()
        self.sees("unlock")

    def revoke(self) -> None:
        """The office takes the tablet back."""
        device = self.device()
        path = f"/devices/{device['id']}/revocation"
        told = self.world.office.post(path, json={"reason": "lost"}, headers={"If-Match": f'"{device["version"]}"'})
        assert told.status_code < 300, told.text

    def device(self) -> dict[str, Any]:
        """The tablet as the office sees it."""
        (found,) = self.world.office.get("/devices").json["items"]
        return found

    def card_of(self, visited: Visited) -> None:
        """Open somebody's card from the day's list."""
        self.page.locator(f"[data-visit='{visited.visit_id}']").click()
        self.sees("card")

    def fill_visit(self, visited: Visited, note: str = NOTE) -> None:
        """Open the visit's form and answer it, without saving."""
        self.card_of(visited)
        self.page.locator("[data-act=visit]").first.click()
        self.sees("visit")
        self.choose("outcome", SEEN_WELL)
        self.page.fill("textarea[name=mood_note]", note)

    def record_visit(self, visited: Visited, note: str = NOTE) -> None:
        """A visit told and saved; the day's list comes back."""
        self.fill_visit(visited, note)
        self.press_submit("visit")
        self.sees("today")

    # --- small things -------------------------------------------------------------------------------------------------

    def screen(self, name: str) -> Locator:
        """The screen of this name."""
        return self.page.locator(f"[data-screen={name}]")

    def sees(self, name: str) -> None:
        """Wait until this screen is shown."""
        expect(self.screen(name)).to_be_visible()

    def choose(self, field: str, code: str) -> None:
        """Touch one of several tiles."""
        self.page.locator(f"[data-field={field}] input[value='{code}']").check(force=True)

    def press_submit(self, screen: str) -> None:
        """The one large button of a form."""
        self.screen(screen).locator("[data-act=submit]").click()

    def sees_behind_the_curtain(self, name: str) -> None:
        """The same while the page is hidden, and everything on it with it."""
        expect(self.screen(name)).to_be_attached()

    def say_yes(self) -> None:
        """Answer the question that is asked; after the month's window it is the reason for coming late."""
        self.page.locator("dialog [data-act=confirm], dialog [data-choice]").first.click()

    def shown(self) -> str:
        """The name of the screen that is shown."""
        return str(self.page.locator("[data-screen]").get_attribute("data-screen"))

    def write_safety_event(self) -> None:
        """The emergency button, and the way from it to the form."""
        self.page.locator("[data-act=safety]").click()
        self.page.locator("[data-act=write-safety]").click()
        self.sees("safety")

    def problem(self) -> Locator:
        """What the form says went wrong."""
        return self.page.locator("[data-part=form-problem]")
