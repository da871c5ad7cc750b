/** Finds the app's modules where they lie in the repository: `/tablet/vendor/` is served from `server/tablet/vendor/`. */
import { webcrypto } from 'node:crypto';
import { register } from 'node:module';

// What browsers have had for long, and Node 18 keeps to itself.
globalThis.crypto ??= webcrypto;
globalThis.CustomEvent ??= class CustomEvent extends Event {
  constructor(name, { detail } = {}) {
    super(name);
    this.detail = detail;
  }
};

const hook = `
export async function resolve(wanted, context, next) {
  const found = wanted.startsWith(".") ? new URL(wanted, context.parentURL) : { pathname: "" };
  const inApp = found.pathname.includes('/server/tablet/app/vendor/');
  return next(inApp ? found.href.replace('/server/tablet/app/vendor/', '/server/tablet/vendor/') : wanted, context);
}
export async function load(address, context, next) {
  const own = address.includes('/server/tablet/');
  return next(address, own ? { ...context, format: 'module' } : context);
}
`;

register(`data:text/javascript,${encodeURIComponent(hook)}`);
