/** Every screen by its name in the address. */

import * as advice from './advice.js';
import * as attention from './attention.js';
import * as card from './card.js';
import * as contact from './contact.js';
import * as dispute from './dispute.js';
import * as enrol from './enrol.js';
import * as gone from './gone.js';
import * as items from './items.js';
import * as map from './map.js';
import * as observation from './observation.js';
import * as pending from './pending.js';
import * as safety from './safety.js';
import * as settings from './settings.js';
import * as setUp from './set_up.js';
import * as signIn from './sign_in.js';
import * as sweep from './sweep.js';
import * as sync from './sync.js';
import * as today from './today.js';
import * as unlock from './unlock.js';
import * as visit from './visit.js';

/** @type {Record<string, import('../ui/app.js').Screen>} */
export const SCREENS = {
  enrol,
  pending,
  gone,
  'sign-in': signIn,
  'set-up': setUp,
  unlock,
  today,
  card,
  visit,
  advice,
  contact,
  sweep,
  items,
  observation,
  dispute,
  map,
  safety,
  attention,
  sync,
  settings,
};
