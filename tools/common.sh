# Shared by the scripts beside it: where things are, and how they speak. Sourced, never run.
set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
VAR="$ROOT/var"
VENV="$ROOT/.venv"
LINLI="$VENV/bin/linli"
export PIP_DISABLE_PIP_VERSION_CHECK=1

say() { printf '%s\n' "linli: $*" >&2; }

# One line that says what is wrong and what to do, and no more.
fail() {
    say "$*"
    exit 1
}

is_root() { [ "$(id -u)" = 0 ]; }

# The folder of PostgreSQL's programs, newest version from 15 on that has PostGIS too; empty when there is none.
postgres_bin() {
    local bin version
    for bin in $(ls -d /usr/lib/postgresql/*/bin /usr/pgsql-*/bin 2>/dev/null | sort -rV); do
        version="$("$bin/postgres" --version 2>/dev/null | grep -oE '[0-9]+' | head -1)" || continue
        [ "${version:-0}" -ge 15 ] || continue
        [ -f "$("$bin/pg_config" --sharedir 2>/dev/null || echo "/usr/share/postgresql/$version")/extension/postgis.control" ] ||
            [ -f "/usr/share/postgresql/$version/extension/postgis.control" ] || continue
        echo "$bin"
        return
    done
}

python_has_venv() {
    python3 -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

# A private var/: other people of the machine may pass through it (the database's account must), not look.
make_var() {
    mkdir -p "$VAR"
    chmod 0711 "$VAR"
}
