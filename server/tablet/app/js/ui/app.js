/** Where the app begins: open the store, decide which screen may be shown, and keep what is shown true. */

import { openCore } from '../core/index.js';
import { SCREENS } from '../screens/index.js';
import { closeDialogs } from './dialogs.js';
import { fill, h } from './dom.js';
import { keptFocus } from './focus.js';
import { flushDraft } from './form.js';
import { makeFrame, sayAloud, updateFrame } from './frame.js';
import { needingAttention } from './held.js';
import { language, onLanguage, speak, t } from './language.js';
import { problemOf } from './problems.js';
import { bringsCode, currentRoute, forgetReferences, forgetTexts, go } from './router.js';
import { keptTyping } from './typed.js';
import { showSafety } from '../screens/safety_sheet.js';

const AGAIN_AFTER_MS = 120;
const TOUCH_EVERY_MS = 5000;

/**
 * @typedef {{
 *   core: any, status: any, param: any, isCurrent: () => boolean, go: (name: string, param?: any) => void,
 *   say: (text: string) => void, refresh: () => void
 * }} View what a screen is given
 * @typedef {{show: (view: View) => Promise<Node | Node[]> | Node | Node[], live?: boolean, open?: boolean}} Screen
 *   `live` screens are drawn again when anything changes; `open` ones need nobody to have unlocked the tablet
 */

/** Start the app in the page. */
export async function start() {
  speak(language());
  const root = /** @type {HTMLElement} */ (document.getElementById('app'));
  try {
    const core = await openCore({ language });
    new App(core, root).begin();
  } catch (error) {
    const { what, todo } = await problemOf({ library: async () => null }, error);
    fill(
      root,
      h('main', { class: 'broken' }, h('h1', null, t('start.broken')), h('p', null, what), h('p', null, todo)),
    );
  }
}

/** The one screen at a time, and when it must be drawn again. */
class App {
  /** @param {any} core @param {HTMLElement} root */
  constructor(core, root) {
    this.core = core;
    this.frame = makeFrame(root, () => showSafety(this.view('safety', undefined, 0)));
    this.shown = '';
    this.turn = 0;
    this.again = 0;
    this.wasInside = false;
    this.attention = 0;
  }

  begin() {
    this.core.addEventListener('change', () => this.changed());
    this.core.addEventListener('locking', flushDraft);
    window.addEventListener('hashchange', () => {
      closeDialogs();
      this.draw(true);
    });
    onLanguage(() => this.draw(false, keptTyping(this.frame.main)));
    this.guard();
    this.draw(true);
  }

  /** Blank what is shown while the app is hidden, and tell the core that somebody is there. */
  guard() {
    const curtain = () => document.body.classList.toggle('hidden-away', document.visibilityState === 'hidden');
    document.addEventListener('visibilitychange', curtain);
    window.addEventListener('pagehide', () => document.body.classList.add('hidden-away'));
    window.addEventListener('pageshow', curtain);
    window.addEventListener('unhandledrejection', (event) => this.tellRefusal(event));
    let last = 0;
    const touched = () => {
      if (Date.now() - last < TOUCH_EVERY_MS) return;
      last = Date.now();
      this.core.touch();
    };
    for (const kind of ['pointerdown', 'keydown', 'input']) document.addEventListener(kind, touched, { passive: true });
  }

  /** What is refused beside a form, in the background, is said too; anything without a code stays a fault. */
  async tellRefusal(/** @type {PromiseRejectionEvent} */ event) {
    if (typeof event.reason?.code !== 'string') return;
    event.preventDefault();
    const { what } = await problemOf(this.core, event.reason);
    sayAloud(this.frame, what);
  }

  changed() {
    const status = this.core.status();
    this.leaveIfLocked(status);
    const chosen = this.choose(status);
    if (chosen.name !== this.shown) this.draw(true);
    else {
      this.surround(status);
      if (SCREENS[chosen.name].live) this.later();
    }
  }

  /** Bring the frame up to date, and what needs attention as soon as it is counted. @param {any} status */
  async surround(status) {
    const is = inside(status);
    updateFrame(this.frame, { ...status, needAttention: is ? this.attention : 0 }, this.shown, is);
    if (!is) return;
    const { count } = await needingAttention({ core: this.core, status }).catch(() => ({ count: this.attention }));
    if (count === this.attention) return;
    this.attention = count;
    updateFrame(this.frame, { ...this.core.status(), needAttention: count }, this.shown, inside(this.core.status()));
  }

  later() {
    window.clearTimeout(this.again);
    this.again = window.setTimeout(() => this.draw(false), AGAIN_AFTER_MS);
  }

  /** @param {any} status @returns {{name: string, param: any}} */
  choose(status) {
    const route = currentRoute();
    const forced = forcedScreen(status, route.name);
    if (forced !== null) return { name: forced, param: undefined };
    return route.name in SCREENS ? route : { name: 'today', param: undefined };
  }

  /**
   * @param {boolean} fresh whether another screen comes up, so that the focus moves to its heading
   * @param {() => void} [drawnAgain] called when the screen stands
   */
  async draw(fresh, drawnAgain = () => {}) {
    const kept = flushDraft();
    const turn = ++this.turn;
    // What was to be drawn again is drawn now, or gone: a form that took its place must not lose what is typed into it.
    window.clearTimeout(this.again);
    const status = this.core.status();
    const { name, param } = this.choose(status);
    this.leaveIfLocked(status);
    const changed = fresh || name !== this.shown;
    this.shown = name;
    this.surround(status);
    await kept;
    const drawn = await this.drawn(name, this.view(name, param, turn));
    if (turn !== this.turn) return;
    const giveBack = keptFocus(this.frame.main);
    fill(this.frame.main, h('div', { class: `screen screen-${name}`, data: { screen: name } }, drawn));
    drawnAgain();
    if (changed) this.greet();
    else giveBack();
  }

  /** @param {string} name @param {View} view */
  async drawn(name, view) {
    try {
      return await SCREENS[name].show(view);
    } catch (error) {
      const { what, todo } = await problemOf(this.core, error);
      return [h('h1', { tabindex: '-1' }, what), h('p', null, todo)];
    }
  }

  /** Nothing of the one who worked here stays in memory or on the screen once it is locked. */
  leaveIfLocked(/** @type {any} */ status) {
    if (this.wasInside && !inside(status)) this.clear();
    if (this.userWas !== undefined && status.userId && status.userId !== this.userWas) {
      forgetReferences();
      go('today');
    }
    this.userWas = status.userId ?? this.userWas;
    this.wasInside = inside(status);
  }

  clear() {
    closeDialogs();
    forgetTexts();
    fill(this.frame.main);
  }

  greet() {
    window.scrollTo(0, 0);
    const title = /** @type {HTMLElement | null} */ (this.frame.main.querySelector('h1'));
    (title ?? this.frame.main).focus({ preventScroll: true });
  }

  /** @param {string} name @param {any} param @param {number} turn @returns {View} */
  view(name, param, turn) {
    return {
      core: this.core,
      status: this.core.status(),
      param,
      isCurrent: () => turn === this.turn && name === this.shown,
      go,
      say: (text) => sayAloud(this.frame, text),
      refresh: () => this.draw(false),
    };
  }
}

/** @param {any} status */
function inside(status) {
  return status.phase === 'active' && status.userId !== null && status.userId !== undefined && !status.locked;
}

/**
 * The screen that must be shown whatever the address says, or none.
 * @param {any} status @param {string} wanted
 */
function forcedScreen(status, wanted) {
  if (status.phase === 'new') return 'enrol';
  if (status.phase === 'pending') return 'pending';
  if (status.phase === 'wiped' && (wanted === 'enrol' || bringsCode())) return 'enrol';
  if (status.phase !== 'active') return 'gone';
  if (inside(status)) return SCREENS[wanted]?.open && wanted !== 'sign-in' ? 'today' : null;
  if (wanted === 'set-up' && status.signedIn) return wanted;
  if (wanted === 'sign-in' || (wanted === 'unlock' && status.users.length > 0)) return wanted;
  return status.users.length > 0 ? 'unlock' : 'sign-in';
}

start();
