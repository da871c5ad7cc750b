"""What a tablet tells whoever finds it, or tries words on it, or takes its disk apart: nothing."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from server import clock
from server.domain.codes import LedgerState
from server.services.visit_planning import NewVisit, add_visit
from tests.make_plans import agreed, in_care
from tests.residents import a_resident, registered
from tests.signed_in import PASSWORD
from tests.sweeping import judicial
from tests.sync_client.arrange_world import Visited
from tests.tablet.browser import eventually
from tests.tablet.canary import traces
from tests.tablet.gate import Gate, Line
from tests.tablet.hands import NOTE, PASSPHRASE, Hands

pytestmark = pytest.mark.browser

#: The rows of every table of the app's database.
ROWS = """async () => {
    const { default: Dexie } = await import('/tablet/vendor/dexie.mjs');
    const opened = await new Dexie('linli-tablet').open();
    const counted = {};
    for (const table of opened.tables) counted[table.name] = await table.count();
    opened.close();
    return counted;
}"""
#: Every key in the database, and what happens when somebody wants to carry it away.
EXPORTED = """async () => {
    const { default: Dexie } = await import('/tablet/vendor/dexie.mjs');
    const opened = await new Dexie('linli-tablet').open();
    const keys = [];
    const look = (value) => {
        if (value instanceof CryptoKey) keys.push(value);
        else if (value && typeof value === 'object' && !ArrayBuffer.isView(value)) Object.values(value).forEach(look);
    };
    for (const table of opened.tables) (await table.toArray()).forEach(look);
    opened.close();
    const told = keys.filter((key) => key.type !== 'public').map((key) => (
        crypto.subtle.exportKey(key.type === 'private' ? 'pkcs8' : 'raw', key).then(() => 'carried away', () => 'refused')
    ));
    return Promise.all(told);
}"""
PLANT = """(words) => new Promise((done, failed) => {
    const asked = indexedDB.open('careless', 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore('notes', { autoIncrement: true });
    asked.onerror = () => failed(asked.error);
    asked.onsuccess = () => {
        const work = asked.result.transaction('notes', 'readwrite', { durability: 'strict' });
        work.objectStore('notes').put({ words });
        work.oncomplete = () => { asked.result.close(); done(true); };
    };
})"""
HIDE = """() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
}"""
NAME, PHONE, ADDRESS = "钟离春晓", "13800005678", "试验镇柳荫巷三排七号"
WISHES, SAFETY_NOTE = "下午来，先打电话。", "院里有狗，先在门口喊人。"
TWO_MINUTES_MS = 121_000
WRONG = "not at all the passphrase"


def somebody_known(hands: Hands) -> Visited:
    """Somebody whose name, phone and address the office knows, with a visit due today."""
    county, today = hands.world.county, clock.today()
    resident = a_resident(county.grid, name=NAME, phone=PHONE, address=ADDRESS)
    (resident_id,) = registered(judicial(county), resident)
    person = in_care(county, LedgerState.ASSESSED, resident_id=resident_id, area_code=county.grid)
    agreed(person, hands.worker.caller)
    visit = add_visit(person.assessor, person.entry_id, NewVisit(today, today))
    return Visited(person, str(visit.id), "")


def restorable(profile: Path) -> int:
    """How many bytes a browser has written of its pages, their forms included, to bring them back after a crash."""
    return sum(path.stat().st_size for path in (profile / "Default" / "Sessions").glob("Session_*"))


def test_nothing_of_a_day_can_be_read_off_the_disk(hands: Hands, gate: Gate) -> None:
    visited = somebody_known(hands)
    hands.begin()
    hands.card_of(visited)
    for shown in (NAME, PHONE, WISHES, SAFETY_NOTE):
        expect(hands.screen("card")).to_contain_text(shown)
    hands.go("today")
    gate.set(Line.CUT)
    hands.fill_visit(visited)
    expect(hands.screen("visit").locator(".draft-word")).to_have_text("草稿已存在本机。")
    before = restorable(hands.browser.profile)
    hands.press_submit("visit")
    hands.sees("today")
    eventually(lambda: restorable(hands.browser.profile) > before, "the browser notes what it would open again")
    assert hands.page.title() == "邻里"
    assert hands.page.evaluate(EXPORTED) != []
    assert set(hands.page.evaluate(EXPORTED)) == {"refused"}
    hands.browser.kill()
    words = [NAME, PHONE, ADDRESS, WISHES, SAFETY_NOTE, NOTE[:12], NOTE[-12:], PASSPHRASE, PASSWORD]
    assert traces(hands.browser.profile, words) == []


def test_the_search_of_the_disk_finds_what_a_careless_app_would_leave(hands: Hands) -> None:
    hands.browser.open()
    hands.sees("enrol")
    hands.page.evaluate(PLANT, [NOTE, PHONE])
    hands.browser.kill()
    found = traces(hands.browser.profile, [NOTE[:12], PHONE])
    assert {line.split(" stands")[0] for line in found} == {"word 0", "word 1"}


def test_a_tablet_taken_back_sends_what_waits_deletes_everything_and_says_so(hands: Hands, gate: Gate) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    gate.set(Line.CUT)
    hands.record_visit(visited)
    hands.revoke()
    gate.set(Line.OPEN)
    hands.sync(seen=False)
    expect(hands.screen("gone").locator("h1")).to_be_visible()
    eventually(lambda: hands.device()["state"] == "wiped", "the tablet says that it is wiped")
    assert hands.device()["wiped_rows"] >= 1
    rows = hands.page.evaluate(ROWS)
    assert {name: rows[name] for name in ("records", "users", "outbox", "drafts", "feeds", "library")} == dict.fromkeys(
        ("records", "users", "outbox", "drafts", "feeds", "library"), 0
    )
    sql = "SELECT kind, result FROM sync_receipt WHERE county_code = :county AND kind = 'visit'"
    ((kind, result),) = hands.world.rows(sql, county=hands.world.county.code)
    assert kind == "visit"
    assert result in {"applied", "quarantined"}
    # The office knows before the tablet has noted that it does.
    expect(hands.page.locator("[data-act=enrol-anew]")).to_be_visible()
    hands.browser.open()
    hands.sees("gone")
    hands.page.locator("[data-act=enrol-anew]").click()
    hands.sees("enrol")
    hands.take_in()


def test_a_passkey_with_a_secret_opens_the_tablet(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.browser.start()
    hands.browser.give_passkeys(prf=True)
    hands.begin("passkey")
    for put_away in (hands.lock, hands.browser.open):
        hands.go("settings")
        put_away()
        hands.sees("unlock")
        expect(hands.page.locator("[data-visit]")).to_have_count(0)
        hands.screen("unlock").locator(".actor button").click()
        hands.go("today")
        expect(hands.page.locator(f"[data-visit='{visited.visit_id}']")).to_be_visible()


def test_a_passkey_without_a_secret_is_no_key_and_a_passphrase_takes_its_place(hands: Hands) -> None:
    hands.world.visited(hands.worker)
    hands.browser.start()
    hands.browser.give_passkeys(prf=False)
    hands.take_in()
    hands.sign_in()
    hands.set_up("passkey")
    expect(hands.problem()).to_contain_text("通行密钥不能用来开锁")
    hands.set_up("passphrase")
    hands.sees("today")
    hands.brought()


def test_wrong_passphrases_are_counted_across_a_new_start(hands: Hands) -> None:
    hands.world.visited(hands.worker)
    hands.begin()
    hands.browser.open()
    for times in range(5):
        hands.unlock(WRONG)
        expect(hands.problem()).to_contain_text(str(9 - times))
    hands.browser.kill()
    hands.browser.open()
    hands.unlock(PASSPHRASE)
    expect(hands.problem().locator("p").first).to_be_visible()
    hands.sees("unlock")
    assert hands.page.locator("[data-visit]").count() == 0


def test_it_locks_by_itself_after_two_minutes_and_shows_nothing(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.browser.start().clock.install()
    hands.begin()
    hands.card_of(visited)
    name = hands.screen("card").locator("h1").inner_text()
    hands.page.clock.run_for(TWO_MINUTES_MS)
    hands.sees("unlock")
    assert name not in hands.page.content()


def test_it_locks_when_it_is_put_away_and_keeps_the_draft(hands: Hands) -> None:
    visited = hands.world.visited(hands.worker)
    hands.begin()
    hands.fill_visit(visited)
    hands.page.evaluate(HIDE)
    hands.sees_behind_the_curtain("unlock")
    assert NOTE not in hands.page.content()
    hands.browser.open()
    hands.unlock()
    hands.sees("today")
    hands.card_of(visited)
    hands.page.locator("[data-act=visit]").first.click()
    expect(hands.page.locator("textarea[name=mood_note]")).to_have_value(NOTE)


def test_two_workers_of_one_tablet_see_nothing_of_each_other(hands: Hands) -> None:
    first = hands.world.visited(hands.worker)
    colleague = hands.world.worker(hands.world.county.village + "002")
    second = hands.world.visited(colleague)
    hands.begin()
    hands.lock()
    hands.worker = colleague
    hands.passphrase = "another river, another sea"
    hands.screen("unlock").locator("a[href='#/sign-in']").click()
    hands.sign_in()
    hands.set_up()
    hands.sees("today")
    expect(hands.page.locator(f"[data-visit='{second.visit_id}']")).to_be_visible()
    expect(hands.page.locator(f"[data-visit='{first.visit_id}']")).to_have_count(0)
