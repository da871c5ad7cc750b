/**
 * What forms are made of. Every control is a native one with a label, so that fingers, keyboards and screen readers
 * find the same thing; only its look is ours.
 */

import { fill, freshId, h } from './dom.js';
import { t } from './language.js';

/**
 * @typedef {{
 *   name: string, node: HTMLElement, read: () => any, write: (value: any) => void,
 *   complain: (text: string | null) => void, focus: () => void
 * }} Field a question of a form: `read` gives null where nothing was answered
 * @typedef {{code: string, text: string, hint?: string, tone?: string, lang?: string}} Choice
 * @typedef {{name: string, label: string, hint?: string, optional?: boolean}} Asked
 */

/**
 * One of several, as large tiles.
 * @param {Asked & {choices: Choice[], columns?: number | 'wide'}} asked
 * @returns {Field}
 */
export function oneOf(asked) {
  const { node, inputs, says } = tiles(asked, 'radio');
  return {
    name: asked.name,
    node,
    read: () => inputs.find((input) => input.checked)?.value ?? null,
    write: (value) =>
      inputs.forEach((input) => {
        input.checked = input.value === String(value);
      }),
    complain: (text) => mark(node, says, text),
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0])?.focus(),
  };
}

/**
 * Any of several, as large tiles.
 * @param {Asked & {choices: Choice[], columns?: number | 'wide'}} asked
 * @returns {Field}
 */
export function anyOf(asked) {
  const { node, inputs, says } = tiles(asked, 'checkbox');
  return {
    name: asked.name,
    node,
    read: () => inputs.filter((input) => input.checked).map((input) => input.value),
    write: (values) =>
      inputs.forEach((input) => {
        input.checked = (values ?? []).includes(input.value);
      }),
    complain: (text) => mark(node, says, text),
    focus: () => inputs[0]?.focus(),
  };
}

/**
 * Yes or no, as one large tile.
 * @param {Asked} asked
 * @returns {Field}
 */
export function yes(asked) {
  const input = h('input', { type: 'checkbox', id: freshId('f') });
  const hint = asked.hint ? h('span', { class: 'tile-hint' }, asked.hint) : null;
  const says = h('p', { class: 'complaint', id: freshId('e'), hidden: true });
  const label = h(
    'label',
    { class: 'tile', for: input.id },
    input,
    h('span', { class: 'tile-text' }, asked.label, hint),
  );
  const node = h('div', { class: 'field' }, label, says);
  return {
    name: asked.name,
    node,
    read: () => input.checked,
    write: (value) => {
      input.checked = value === true;
    },
    complain: (text) => mark(input, says, text),
    focus: () => input.focus(),
  };
}

/**
 * A line of text, a number, a day, a time or a password.
 * @param {Asked & {type?: string, inputmode?: string, maxlength?: number, min?: string, max?: string,
 *   autocomplete?: string, pattern?: string}} asked
 * @returns {Field}
 */
export function line(asked) {
  const { type = 'text', inputmode, maxlength, min, max, autocomplete = 'off' } = asked;
  const attributes = { type, inputmode, maxlength, min, max, autocomplete, name: asked.name, spellcheck: 'false' };
  return typed(asked, h('input', { ...attributes, class: `line line-${type}` }));
}

/**
 * Several lines of text, with a word on each remark as one types.
 * @param {Asked & {rows?: number, maxlength?: number, watch?: (text: string) => Node[]}} asked
 * @returns {Field}
 */
export function lines(asked) {
  const input = h('textarea', { rows: asked.rows ?? 4, maxlength: asked.maxlength, name: asked.name, class: 'lines' });
  const field = typed(asked, input);
  if (asked.watch !== undefined) watched(field, input, asked.watch);
  return field;
}

/**
 * One of a long list.
 * @param {Asked & {choices: Choice[]}} asked
 * @returns {Field}
 */
export function select(asked) {
  const options = asked.choices.map(({ code, text }) => h('option', { value: code }, text));
  return typed(
    asked,
    h('select', { name: asked.name, class: 'line' }, h('option', { value: '' }, t('form.choose')), options),
  );
}

/**
 * A button that says what it does. While its work runs it cannot be pressed again and says so in a word.
 * @param {{text: string, busy?: string, tone?: string, type?: string, data?: Record<string, string>, id?: string,
 *   describedby?: string, running?: Promise<unknown> | null}} said `running` is work that a button drawn before has
 *   begun
 * @param {(event: Event) => unknown} [act]
 * @returns {HTMLButtonElement}
 */
export function button(said, act) {
  const { text, busy = t('form.busy'), tone = 'plain', type = 'button', data, id } = said;
  const shown = h('button', { type, class: `button ${tone}`, data, id, 'aria-describedby': said.describedby }, text);
  if (act === undefined) return shown;
  const begun = () => {
    shown.setAttribute('aria-disabled', 'true');
    fill(shown, busy);
  };
  const ended = () => {
    shown.removeAttribute('aria-disabled');
    fill(shown, text);
  };
  if (said.running) {
    begun();
    Promise.allSettled([said.running]).then(ended);
  }
  shown.addEventListener('click', async (/** @type {Event} */ event) => {
    if (shown.getAttribute('aria-disabled') === 'true') return;
    const work = act(event);
    if (!(work instanceof Promise)) return;
    begun();
    try {
      await work;
    } finally {
      ended();
    }
  });
  return shown;
}

/**
 * A link that looks like a button.
 * @param {{text: string, href: string, tone?: string, data?: Record<string, string>}} said
 * @returns {HTMLAnchorElement}
 */
export function linkButton(said) {
  return h('a', { href: said.href, class: `button ${said.tone ?? 'plain'}`, data: said.data }, said.text);
}

/** @param {Asked & {choices: Choice[], columns?: number | 'wide'}} asked @param {'radio' | 'checkbox'} type */
function tiles(asked, type) {
  const group = freshId(asked.name);
  const says = h('p', { class: 'complaint', id: freshId('e'), hidden: true });
  const made = asked.choices.map((choice) => tile(choice, type, group));
  const legend = h('legend', null, asked.label, asked.optional && h('span', { class: 'optional' }, t('form.optional')));
  const hint = asked.hint ? h('p', { class: 'hint', id: freshId('h') }, asked.hint) : null;
  const grid = h(
    'div',
    { class: `tiles tiles-${asked.columns ?? 2}` },
    made.map((one) => one.label),
  );
  const node = h(
    'fieldset',
    { class: 'field', 'aria-describedby': hint?.id, data: { field: asked.name } },
    legend,
    hint,
    says,
    grid,
  );
  return { node, inputs: made.map((one) => one.input), says };
}

/** @param {Choice} choice @param {string} type @param {string} group */
function tile(choice, type, group) {
  const input = h('input', { type, name: group, value: choice.code, id: freshId('f') });
  const hint = choice.hint ? h('span', { class: 'tile-hint' }, choice.hint) : null;
  const text = h('span', { class: 'tile-text' }, choice.text, hint);
  const label = h('label', { class: `tile ${choice.tone ?? ''}`, for: input.id, lang: choice.lang }, input, text);
  return { input, label };
}

/** @param {Asked} asked @param {any} input @returns {Field} */
function typed(asked, input) {
  input.id = freshId('f');
  const says = h('p', { class: 'complaint', id: freshId('e'), hidden: true });
  const hint = asked.hint ? h('p', { class: 'hint', id: freshId('h') }, asked.hint) : null;
  const label = h(
    'label',
    { for: input.id },
    asked.label,
    asked.optional && h('span', { class: 'optional' }, t('form.optional')),
  );
  if (hint !== null) input.setAttribute('aria-describedby', hint.id);
  return {
    name: asked.name,
    node: h('div', { class: 'field', data: { field: asked.name } }, label, hint, says, input),
    read: () => input.value.trim() || null,
    write: (value) => {
      input.value = value ?? '';
    },
    complain: (text) => mark(input, says, text, hint?.id),
    focus: () => input.focus(),
  };
}

/** @param {Field} field @param {any} input @param {(text: string) => Node[]} watch */
function watched(field, input, watch) {
  const remarks = h('div', { class: 'remarks', 'aria-live': 'polite', id: freshId('r') });
  let waiting = 0;
  const tell = () => fill(remarks, watch(input.value));
  input.addEventListener('input', () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(tell, 350);
  });
  const { write } = field;
  field.write = (value) => {
    write(value);
    tell();
  };
  field.node.append(remarks);
  tell();
}

/** @param {Element} element @param {HTMLElement} says @param {string | null} text @param {string} [hint] */
function mark(element, says, text, hint) {
  says.hidden = text === null;
  fill(says, text);
  const described = [hint, text === null ? undefined : says.id].filter(Boolean).join(' ');
  if (described) element.setAttribute('aria-describedby', described);
  else element.removeAttribute('aria-describedby');
  if (text === null) element.removeAttribute('aria-invalid');
  else element.setAttribute('aria-invalid', 'true');
}
