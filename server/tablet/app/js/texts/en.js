/** What the tablet says in English, by keys of `<screen>.<what>`. */

import { access } from './en/access.js';
import { problems } from './en/problems.js';
import { states } from './en/states.js';
import { work } from './en/work.js';

/** @type {Record<string, string>} */
export const en = { ...access, ...states, ...work, ...problems };
