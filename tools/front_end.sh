#!/usr/bin/env bash
# Bring the tablet app's packages: `npm ci` from the lock, and the modules that the app imports to server/tablet/vendor/.
# A stamp remembers what was brought, so that a second call costs nothing and needs no Node.js.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

VENDOR="$ROOT/server/tablet/vendor"
STAMP="$ROOT/node_modules/.linli"

wanted() { sha256sum package.json package-lock.json .npmrc tools/vendor.mjs; }

is_ready() { [ -f "$VENDOR/dexie.mjs" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$(wanted)" ]; }

is_ready && exit 0
"$ROOT/tools/packages.sh" node
make_var
exec 9>"$VAR/.front-end.lock"
flock 9
if is_ready; then exit 0; fi
say "installing the tablet app's packages"
npm ci </dev/null >>"$VAR/npm.log" 2>&1 || fail "the tablet app's packages could not be installed; see the end of var/npm.log"
node tools/vendor.mjs "$VENDOR" || fail "the tablet app's packages could not be copied to server/tablet/vendor/"
wanted >"$STAMP"
