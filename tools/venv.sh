#!/usr/bin/env bash
# Make .venv from the hashed locks: `tools/venv.sh run` for the product, `tools/venv.sh dev` for its tools too.
# A stamp remembers what was installed, so that a second call costs nothing.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

KIND="${1:-run}"
LOCKS=(requirements.txt)
[ "$KIND" = run ] || LOCKS+=(requirements-dev.txt)
STAMP="$VENV/.linli-$KIND"

wanted() { (cd "$ROOT" && echo "$ROOT" && python3 -V && sha256sum "${LOCKS[@]}"); }

is_ready() { [ -x "$LINLI" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$(wanted)" ]; }

# A virtual environment knows its own folder by name: one that was moved or copied is made anew.
make_venv() {
    if [ "$("$VENV/bin/python" -c 'import sys; print(sys.prefix)' 2>/dev/null)" = "$VENV" ]; then return; fi
    rm -rf "$VENV"
    python3 -m venv "$VENV" >>"$VAR/pip.log" 2>&1 || fail "no virtual environment can be made; see var/pip.log"
}

install_locks() {
    local arguments=() lock
    for lock in "${LOCKS[@]}"; do arguments+=(--requirement "$ROOT/$lock"); done
    say "installing the Python packages of ${LOCKS[*]}, a minute or two the first time"
    "$VENV/bin/python" -m pip install --require-hashes "${arguments[@]}" </dev/null >>"$VAR/pip.log" 2>&1 ||
        fail "the Python packages could not be installed; see the end of var/pip.log"
}

# What `pip install --editable .` would give, without needing anything to build with.
install_command() {
    "$VENV/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))' | {
        read -r packages
        echo "$ROOT" >"$packages/linli.pth"
    }
    cat >"$LINLI.new" <<'COMMAND'
#!/bin/sh
exec "$(dirname "$(readlink -f "$0")")/python" -m server.cli.main "$@"
COMMAND
    chmod 0755 "$LINLI.new"
    mv "$LINLI.new" "$LINLI"
}

is_ready && exit 0
make_var
exec 9>"$VAR/.venv.lock"
flock 9
if is_ready; then exit 0; fi
make_venv
install_locks
install_command
wanted >"$STAMP"
