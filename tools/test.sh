#!/usr/bin/env bash
# `make test`: the whole suite on databases of its own, made for this run and dropped after it.
# Arguments go to pytest: tools/test.sh tests/domain -k expiry. With COVER=1 the lines never reached are listed.
# Tests that drive a browser come last and one by one: they take the time of people and of machines as it is.
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

# Arguments may choose tests of one sort only; pytest says 5 when it finds none of the other.
none_chosen=5
try() {
    local result=0
    "$@" </dev/null || result=$?
    case "$result" in
    0) ran=yes ;;
    "$none_chosen") ;;
    *) failed="$result" ;;
    esac
}

ran="" failed=0
if [ -n "${COVER:-}" ]; then
    try "$VENV/bin/python" -m coverage run -m pytest "$@"
    "$VENV/bin/python" -m coverage combine --quiet
    "$VENV/bin/python" -m coverage report
else
    try "$VENV/bin/python" -m pytest -m "not browser" -n "${TEST_WORKERS:-2}" --dist worksteal "$@"
    try "$VENV/bin/python" -m pytest -m browser "$@"
fi
[ -n "$ran" ] || [ "$failed" != 0 ] || fail "no test was chosen by: $*"
exit "$failed"
