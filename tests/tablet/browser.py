"""A tablet for tests: Debian's Chromium with a profile of its own, driven by Playwright, and killed when a test says so."""

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from time import monotonic

from playwright.sync_api import BrowserContext, CDPSession, Page, Playwright, expect

CHROMIUM = "/usr/bin/chromium"
#: Enough for Argon2id on two busy cores; every wait ends as soon as what it waits for is there.
PATIENCE_MS = 20_000
#: Without them Chromium looks for its maker's servers at every start, and waits.
QUIET = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP localhost 127.0.0.1",
)
PHONE, TABLET = (390, 844), (1280, 800)


@dataclass
class Browser:
    """One browser profile on disk; it may be started, killed and started again, as a tablet is."""

    playwright: Playwright
    profile: Path
    address: str
    language: str = "zh-CN"
    size: tuple[int, int] = TABLET
    complaints: list[str] = field(default_factory=list)
    context: BrowserContext | None = None

    @property
    def page(self) -> Page:
        """The one page that is open."""
        assert self.context is not None, "the browser is not running"
        return self.context.pages[0]

    @property
    def faults(self) -> list[str]:
        """What the app itself did wrong: errors nobody caught, and what the page's own policy refused."""
        return [said for said in self.complaints if not said.startswith("Failed to load resource: ")]

    def start(self) -> Page:
        """Start the browser on this profile with an empty page."""
        width, height = self.size
        self.context = self.playwright.chromium.launch_persistent_context(
            self.profile,
            executable_path=CHROMIUM,
            args=list(QUIET),
            locale=self.language,
            timezone_id="Asia/Shanghai",
            viewport={"width": width, "height": height},
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)
        return self.page

    def open(self, place: str = "") -> Page:
        """The app, started anew in the running browser; ``place`` is what follows the number sign."""
        if self.context is None:
            self.start()
        self.page.goto(f"{self.address}/tablet/{place}")
        return self.page

    def close(self) -> None:
        """Close it as a person would."""
        if self.context is not None:
            self.context.close()
            self.context = None

    def kill(self) -> None:
        """Take its power away: every process of this profile ends at once, and nothing is put in order first."""
        assert self.context is not None
        context, self.context = self.context, None
        closed: list[bool] = []
        context.on("close", lambda _: closed.append(True))
        for pid in processes_of(self.profile):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if not closed:
            context.wait_for_event("close", timeout=PATIENCE_MS)

    def leave_room(self, size: int | None) -> None:
        """Let the app's storage hold no more than so many bytes; None takes the limit away.

        Chromium asks for the limit at a database's first write after it started, and then remembers what was left: say
        it between `start` and `open`.
        """
        said = {"origin": self.address} | ({} if size is None else {"quotaSize": size})
        self.devtools().send("Storage.overrideQuotaForOrigin", said)

    def evict(self) -> None:
        """Throw away everything the app has stored, as a browser may that runs out of room."""
        self.devtools().send("Storage.clearDataForOrigin", {"origin": self.address, "storageTypes": "all"})

    def give_passkeys(self, *, prf: bool) -> CDPSession:
        """Put a fingerprint reader into the tablet, whose owner always agrees, with or without the PRF extension."""
        session = self.devtools()
        session.send("WebAuthn.enable", {"enableUI": False})
        options = {
            "protocol": "ctap2",
            "ctap2Version": "ctap2_1",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "hasPrf": prf,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return session

    def devtools(self) -> CDPSession:
        """What only the developer's tools can do. The session stays: what it set would be taken back with it."""
        assert self.context is not None
        return self.context.new_cdp_session(self.page)


def processes_of(profile: Path) -> list[int]:
    """Processes that were started for this profile."""
    wanted = f"--user-data-dir={profile}".encode()
    found = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal():
            with suppress(FileNotFoundError, ProcessLookupError):
                if wanted in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
    return found


def controlled(page: Page) -> None:
    """Wait until the service worker looks after the page and keeps the whole app."""
    until(page, "() => navigator.serviceWorker.controller !== null")


def until(page: Page, condition: str, argument: object = None) -> None:
    """Wait until a function holds in the page. (Playwright's own way of waiting needs `eval`, which the page refuses.)"""
    end = monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(condition, argument):
        assert monotonic() < end, f"never: {condition}"
        page.wait_for_timeout(50)


def eventually(check, what: str, seconds: float = PATIENCE_MS / 1000) -> None:
    """Try until it holds, outside the browser: a row that must appear, a file that must vanish."""
    until, breath = monotonic() + seconds, Event()
    while not check():
        assert monotonic() < until, f"never: {what}"
        breath.wait(0.05)


expect.set_options(timeout=PATIENCE_MS)
