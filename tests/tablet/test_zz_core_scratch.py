import json, pytest
from tests.sync_client.arrange_world import World
from tests.signed_in import PASSWORD

pytestmark = pytest.mark.browser

JS_OPEN = "async () => { const m = await import('/tablet/js/core/index.js'); globalThis.core = await m.openCore(); return core.status(); }"


@pytest.fixture
def world(county, app):
    return World(county, app)


def test_it(browser, world, gate):
    worker = world.worker()
    visited = world.visited(worker)
    page = browser.open()
    page.wait_for_timeout(3000)
    print(browser.complaints)
    print(page.evaluate("async () => [Boolean(navigator.serviceWorker.controller), await caches.keys()]"))
    print(page.evaluate(JS_OPEN))
    num = page.evaluate("async (c) => (await core.enrol(c))", world.code())["checkNumber"]
    (waiting,) = world.office.get("/devices?state=pending").json["items"]
    told = world.office.post(f"/devices/{waiting['id']}/approval", json={"check_number": num})
    print(told.status_code)
    print(page.evaluate("async () => core.checkStanding()"))
    print(
        page.evaluate(
            "async ([l,p]) => { try { return await core.signIn(l,p) } catch (e) { return {...e} } }",
            [worker.login, PASSWORD],
        )
    )
    print(
        page.evaluate(
            "async () => { const t=performance.now(); try { await core.setUp({method:'passphrase', passphrase:'四条小河 flow to the sea'}); return performance.now()-t; } catch (e) { return String(e.stack) } }"
        )
    )
    page.wait_for_timeout(3000)
    print(page.evaluate("() => core.status()"))
    print(page.evaluate("async () => core.sync({by:'person'})"))
    print(json.dumps(page.evaluate("async () => core.list('visit')"), ensure_ascii=False)[:900])
    print(json.dumps(page.evaluate("async () => core.list('plan_item')"), ensure_ascii=False)[:500])
    print(
        page.evaluate(
            "async () => { const out = {}; for (const n of ['codes','sweeps','areas','crisis_card','leaflets','texts']) out[n] = JSON.stringify(await core.library(n))?.slice(0,150); return out }"
        )
    )
    print(
        page.evaluate(
            "async (id) => { try { return await core.save({kind:'visit', recordId:id, period: core.captureState().period, data:{visit_type:'1', outcome:'1', visited_at:core.captureState().capturedAt}}) } catch (e) { return String(e.stack) } }",
            visited.visit_id,
        )
    )
    print(
        page.evaluate(
            "async (id) => { await core.get('visit', id); return core.sync({by:'person'}) }", visited.visit_id
        )
    )
    print(page.evaluate("async () => [await core.outbox(), await core.deliveries()]"))
    print(browser.complaints)
