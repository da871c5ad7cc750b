/** What the tablet says in Chinese, by keys of `<screen>.<what>`. */

import { access } from './zh/access.js';
import { problems } from './zh/problems.js';
import { states } from './zh/states.js';
import { work } from './zh/work.js';

/** @type {Record<string, string>} */
export const zh = { ...access, ...states, ...work, ...problems };
