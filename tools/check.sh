#!/usr/bin/env bash
# `make check`: every fault that can be found without a database. All of them are shown, not only the first.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

LINLI_DATABASE_URL=none "$ROOT/tools/packages.sh"
"$ROOT/tools/venv.sh" dev

failed=()
check() {
    local name="$1"
    shift
    say "$name"
    "$@" </dev/null || failed+=("$name")
}

check "style" "$VENV/bin/ruff" check --quiet .
check "format" "$VENV/bin/ruff" format --check --quiet .
check "types" "$VENV/bin/mypy" --no-error-summary
check "layers" "$VENV/bin/lint-imports" --no-logo
check "openapi.json is what the routes say" "$LINLI" api-spec --check
check "data-dictionary.md is what the tables say" "$LINLI" data-dictionary --check

[ ${#failed[@]} = 0 ] || fail "not in order: $(printf '%s; ' "${failed[@]}")"
say "all in order"
