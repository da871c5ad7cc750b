"""The app starts without a network, always whole, and keeps nothing of anybody beside its own files."""

from pathlib import Path
from shutil import copytree

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from server.tablet.pages import tablet_pages
from server.tablet.shell import APP_FOLDER, Shell, read_shell
from tests.tablet.browser import PATIENCE_MS, PHONE, Browser, controlled, until
from tests.tablet.conftest import serving
from tests.tablet.gate import Gate, Line

pytestmark = pytest.mark.browser

#: Every address whose answer the service worker has kept, without its own notes.
KEPT = """async () => {
    const addresses = [];
    for (const name of await caches.keys()) {
        for (const request of await (await caches.open(name)).keys()) addresses.push(new URL(request.url).pathname);
    }
    return addresses.filter((each) => !each.startsWith('/tablet/-')).sort();
}"""


def first_screen(page: Page) -> None:
    """The screen of a tablet that nobody has taken in yet."""
    expect(page.locator("[data-screen=enrol] h1")).to_be_visible()


def kept_whole(browser: Browser) -> None:
    """Opened once with a network, long enough to keep the whole app."""
    first_screen(browser.open())
    controlled(browser.page)


def test_a_tablet_starts_without_a_network_after_its_power_was_cut(browser: Browser, gate: Gate) -> None:
    kept_whole(browser)
    browser.kill()
    gate.set(Line.CUT)
    first_screen(browser.open())


def test_it_starts_on_a_line_that_hangs(browser: Browser, gate: Gate) -> None:
    kept_whole(browser)
    browser.close()
    gate.set(Line.HANGING)
    first_screen(browser.open())


def test_a_phone_starts_as_well(browser: Browser, gate: Gate) -> None:
    browser.size = PHONE
    kept_whole(browser)
    browser.close()
    gate.set(Line.CUT)
    first_screen(browser.open())


def test_what_is_kept_are_the_apps_own_files_and_nothing_else(browser: Browser) -> None:
    kept_whole(browser)
    assert browser.page.evaluate(KEPT) == sorted(f"/tablet/{name}" for name in read_shell().kept)


def test_the_browser_may_install_it(browser: Browser) -> None:
    kept_whole(browser)
    devtools = browser.devtools()
    assert devtools.send("Page.getInstallabilityErrors")["installabilityErrors"] == []
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"] == f"{browser.address}/tablet/manifest.webmanifest"


@pytest.fixture
def two_versions(tmp_path: Path) -> tuple[Shell, Shell]:
    """The app as it is, and the same with one more word on its start page and in one of its scripts."""
    changed = copytree(APP_FOLDER, tmp_path / "app")
    page = changed / "index.html"
    page.write_text(page.read_text("utf-8").replace("<title>", "<title>新版 "), "utf-8")
    script = changed / "js" / "ui" / "app.js"
    script.write_text(script.read_text("utf-8") + "\ndocument.documentElement.dataset.version = 'new';\n", "utf-8")
    return read_shell(), read_shell(changed)


def pages_of(shell: Shell) -> Flask:
    """A server of nothing but these files."""
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(tablet_pages(shell), url_prefix="/tablet")
    return app


def version_shown(page: Page) -> tuple[str, str | None]:
    """The version of the page and that of the script."""
    return page.title(), page.evaluate("document.documentElement.dataset.version ?? null")


#: The service worker has this version whole, and waits for a good moment to use it.
READY_IS = """async (version) => {
    const kept = await (await caches.open('linli-shell')).match('/tablet/-ready');
    return kept && (await kept.text()) === version;
}"""
OLD, NEW = ("邻里", None), ("新版 邻里", "new")


def test_a_new_version_takes_over_whole_at_the_next_start(
    browser: Browser, gate: Gate, two_versions: tuple[Shell, Shell]
) -> None:
    kept_whole(browser)
    with serving(pages_of(two_versions[1])) as port:
        gate.lead_to(port)
        browser.close()
        first_screen(browser.open())
        assert version_shown(browser.page) == OLD
        until(browser.page, READY_IS, two_versions[1].version)
    gate.set(Line.CUT)
    browser.close()
    first_screen(browser.open())
    assert version_shown(browser.page) == NEW


def test_a_new_version_that_came_half_is_not_used(
    browser: Browser, gate: Gate, two_versions: tuple[Shell, Shell]
) -> None:
    kept_whole(browser)
    gate.watch("/tablet/js/ui/dom.js", cut=True)
    with serving(pages_of(two_versions[1])) as port:
        gate.lead_to(port)
        browser.close()
        first_screen(browser.open())
        assert gate.passed.wait(PATIENCE_MS / 1000)
    browser.close()
    first_screen(browser.open())
    assert version_shown(browser.page) == OLD
