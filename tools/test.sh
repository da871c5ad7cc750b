#!/usr/bin/env bash
# `make test`: the whole suite on databases of its own, made for this run and dropped after it.
# Arguments go to pytest: tools/test.sh tests/domain -k expiry. With COVER=1 the lines never reached are listed.
#
# pytest is told LINLI_TEST_OWNER_URL, an address that may make databases, roles and PostGIS, and LINLI_TEST_PREFIX,
# with which the name of every database it makes must begin.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

"$ROOT/tools/packages.sh" browser
"$ROOT/tools/venv.sh" dev
"$ROOT/tools/front_end.sh"
make_var

# Test runs share the test cluster; the last to end stops it, unless it ran before them all.
STARTED="$VAR/.pg-test.started"
enter_cluster() {
    exec 8>"$VAR/.pg-test.users"
    flock -s 8
    "$ROOT/tools/cluster.sh" running pg-test || touch "$STARTED"
    SOCKET="$("$ROOT/tools/cluster.sh" start pg-test fast)"
    LINLI_TEST_OWNER_URL="postgresql+psycopg://postgres@/postgres?host=$SOCKET"
}

leave_cluster() {
    flock -u 8
    if [ -e "$STARTED" ] && flock -x -n 8; then
        "$ROOT/tools/cluster.sh" stop pg-test
        rm -f "$STARTED"
    fi
}

# Nobody's address but the test databases' may reach the tests, nor the settings of `make run`.
export LINLI_TEST_OWNER_URL="${LINLI_DATABASE_URL:-}"
export LINLI_TEST_PREFIX="linli_test_$$_"
export LINLI_ENV_FILE=/dev/null
if [ -z "$LINLI_TEST_OWNER_URL" ]; then enter_cluster; fi
unset LINLI_DATABASE_URL LINLI_APP_DATABASE_URL LINLI_JOBS_DATABASE_URL LINLI_KEY_DIR LINLI_DEPLOYMENT

finish() {
    local result=$?
    "$VENV/bin/python" -m tools.drop_databases "$LINLI_TEST_OWNER_URL" "$LINLI_TEST_PREFIX" || result=1
    if [ -n "${SOCKET:-}" ]; then leave_cluster; fi
    exit "$result"
}
trap finish EXIT

if [ -n "${COVER:-}" ]; then
    "$VENV/bin/python" -m coverage run -m pytest "$@" </dev/null
    "$VENV/bin/python" -m coverage combine --quiet
    "$VENV/bin/python" -m coverage report
else
    "$VENV/bin/python" -m pytest -n "${TEST_WORKERS:-2}" --dist worksteal "$@" </dev/null
fi
