/** Make a device and a proof with the tablet's code: takes `{county, path, body, now_ms}`, prints the device and its proof. */

import { toUtf8 } from '../../../server/tablet/app/js/core/bytes.js';
import { deviceProof, newDevice } from '../../../server/tablet/app/js/core/device.js';

let text = '';
for await (const part of process.stdin) text += part;
const { county, path, body, now_ms: nowMs } = JSON.parse(text);
const device = await newDevice(county, nowMs);
const proof = await deviceProof(device, { method: 'POST', path, body: toUtf8(body), nowMs });
process.stdout.write(JSON.stringify({ id: device.id, check_number: device.checkNumber, jwk: device.jwk, proof }));
