#!/usr/bin/env bash
# `make run`: from a bare machine, or from the last time, to a serving Linli. Every step may be repeated.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

"$ROOT/tools/packages.sh"
"$ROOT/tools/venv.sh" run
"$ROOT/tools/front_end.sh"
make_var

if [ -n "${LINLI_DATABASE_URL:-}" ]; then
    say "using the database that LINLI_DATABASE_URL names"
    "$LINLI" db prepare
else
    socket="$("$ROOT/tools/cluster.sh" start pg)"
    "$LINLI" db prepare --socket "$socket"
fi

"$LINLI" keys init
"$LINLI" db migrate
"$LINLI" seeds load
"$LINLI" demo-county load
exec "$LINLI" serve --port "${PORT:-8000}"
