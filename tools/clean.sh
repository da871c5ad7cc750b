#!/usr/bin/env bash
# `make clean` removes what can be made again. `make erase` removes what cannot: the database and its keys.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

clean() {
    "$ROOT/tools/cluster.sh" remove pg-test
    "$ROOT/tools/cluster.sh" stop pg
    rm -rf "$VENV" node_modules server/tablet/vendor server/tablet/vendor.new
    rm -rf .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis htmlcov
    rm -rf .coverage .coverage.* ./*.egg-info var/*.log var/.venv.lock var/.front-end.lock var/.pg-test.*
    find . -name __pycache__ -type d -prune -exec rm -rf {} +
}

ask() {
    [ "${CONFIRM:-}" != erase ] || return 0
    say "this deletes the database and the keys in var/ for good; nothing sealed with them can be read again"
    read -r -p "linli: type 'erase' to go on: " answer || fail "nothing was deleted"
    [ "$answer" = erase ] || fail "nothing was deleted"
}

if [ "${1:-}" = erase ]; then
    ask
    clean
    "$ROOT/tools/cluster.sh" remove pg
    rm -rf "$VAR"
    say "deleted"
else
    clean
    if [ -e var/pg ] || [ -e var/keys ]; then say "the database and its keys stay in var/; 'make erase' deletes them"; fi
fi
