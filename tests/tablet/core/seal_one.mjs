/** Seal one operation with the tablet's code: takes `{seal_key, envelope, content}` on standard input, prints what is sent. */

import { sealedOperation } from '../../../server/tablet/app/js/core/sealing.js';

let text = '';
for await (const part of process.stdin) text += part;
const { seal_key: sealKey, envelope, content } = JSON.parse(text);
process.stdout.write(await sealedOperation(sealKey, envelope, content));
