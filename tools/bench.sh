#!/usr/bin/env bash
# `make bench`: measure in a database of its own in the private cluster (durable, as the real one is).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

"$ROOT/tools/packages.sh"
"$ROOT/tools/venv.sh" dev
export LINLI_BENCH_OWNER_URL="${LINLI_DATABASE_URL:-}"
if [ -z "$LINLI_BENCH_OWNER_URL" ]; then
    LINLI_BENCH_OWNER_URL="postgresql+psycopg://postgres@/postgres?host=$("$ROOT/tools/cluster.sh" start pg)"
fi
exec "$VENV/bin/python" -m bench "$@"
