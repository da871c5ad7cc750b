#!/usr/bin/env bash
# A private PostgreSQL cluster under var/: Unix socket only, reachable by this account (and root) alone.
#
#   tools/cluster.sh start NAME [fast]    make it if absent, start it if stopped, print its socket's folder
#   tools/cluster.sh stop NAME            stop it; its data stay
#   tools/cluster.sh remove NAME          stop it and delete its data
#   tools/cluster.sh running NAME         say by the exit code whether it answers
#
# NAME is a folder of var/: `pg` holds what `make run` shows, `pg-test` what `make test` throws away.
# `fast` gives up durability, for data that are thrown away.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

ACT="$1" NAME="$2" MODE="${3:-safe}"
LINK="$VAR/$NAME"

# PostgreSQL refuses to run as root; root lends the cluster to an account that owns nothing else of ours.
account() {
    if ! is_root; then
        id -un
    elif id postgres >/dev/null 2>&1; then
        echo postgres
    else
        echo nobody
    fi
}
ACCOUNT="$(account)"

as_account() {
    if is_root; then
        (cd / && runuser -u "$ACCOUNT" -- "$@")
    else
        (cd / && "$@")
    fi
}

# Where the data are: var/NAME itself, or, when the account may not pass through a folder above it (a clone
# under /root), a folder of its own under /var/lib that var/NAME points to.
make_home() {
    make_var
    if [ -L "$LINK" ] || [ -d "$LINK" ]; then
        return
    fi
    if as_account test -x "$VAR"; then
        mkdir -m 0700 "$LINK"
    else
        local elsewhere
        elsewhere="$(mktemp -d "/var/lib/linli-$NAME.XXXXXX")"
        say "the account $ACCOUNT may not enter $VAR, so the database lives in $elsewhere"
        ln -s "$elsewhere" "$LINK"
    fi
    if is_root; then chown "$ACCOUNT:" "$(readlink -f "$LINK")"; fi
}

home() { readlink -f "$LINK"; }

# Linux gives the address of a socket 107 bytes. Below a deep folder it moves to a short one that only we can
# enter, and HOME/socket points there.
socket_folder() {
    local socket
    socket="$(home)/socket"
    if [ "$(printf %s "$socket/.s.PGSQL.5432.lock" | wc -c)" -le 107 ]; then
        [ -d "$socket" ] || as_account mkdir -m 0700 "$socket"
        echo "$socket"
        return
    fi
    local short
    short="$(readlink "$socket" || true)"
    if [ -z "$short" ] || [ "$(stat -c '%U %a' "$short" 2>/dev/null)" != "$ACCOUNT 700" ]; then
        local parent=/tmp
        if ! is_root && [ -w "${XDG_RUNTIME_DIR:-/nowhere}" ]; then parent="$XDG_RUNTIME_DIR"; fi
        short="$(as_account mktemp -d "$parent/linli.XXXXXX")"
        as_account ln -sfn "$short" "$socket"
    fi
    echo "$short"
}

# A cluster keeps to the major version that made it.
bin_folder() {
    local data bin
    data="$(home)/data"
    if [ -f "$data/PG_VERSION" ]; then
        bin="/usr/lib/postgresql/$(cat "$data/PG_VERSION")/bin"
        [ -x "$bin/postgres" ] || fail "$data needs PostgreSQL $(cat "$data/PG_VERSION"): apt-get install postgresql-$(cat "$data/PG_VERSION")-postgis-3"
    else
        bin="$(postgres_bin)"
        [ -n "$bin" ] || fail "PostgreSQL with PostGIS is missing: apt-get install postgresql-15 postgresql-15-postgis-3"
    fi
    echo "$bin"
}

make_data() {
    local data fresh
    data="$(home)/data"
    [ ! -f "$data/PG_VERSION" ] || return 0
    fresh="$data.new"
    rm -rf "$fresh" "$data"
    say "making a private database cluster in var/$NAME"
    local sync=()
    [ "$MODE" = safe ] || sync=(--no-sync)
    as_account "$BIN/initdb" --pgdata="$fresh" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
        --no-instructions "${sync[@]}" >/dev/null || fail "initdb failed in $fresh"
    echo "include 'linli.conf'" >>"$fresh/postgresql.conf"
    mv "$fresh" "$data"
}

# Nothing a statement carries is written to the log: neither its values nor, by DETAIL lines, a row's.
configure() {
    local settings
    settings="$(
        cat <<SETTINGS
listen_addresses = ''
unix_socket_directories = '${SOCKET//\'/\'\'}'
unix_socket_permissions = 0700
max_connections = 120
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_min_error_statement = panic
log_error_verbosity = terse
log_parameter_max_length_on_error = 0
jit = off
SETTINGS
        if [ "$MODE" = fast ]; then
            printf '%s\n' 'fsync = off' 'synchronous_commit = off' 'full_page_writes = off' 'wal_level = minimal' \
                'max_wal_senders = 0' 'autovacuum_naptime = 10min' 'max_locks_per_transaction = 256'
        fi
    )"
    printf '%s\n' "$settings" >"$(home)/data/linli.conf"
    if is_root; then chown "$ACCOUNT:" "$(home)/data/linli.conf"; fi
}

answers() { as_account "$BIN/psql" -h "$SOCKET" -U postgres -d postgres -Atqc 'select 1' >/dev/null 2>&1; }

# After a crash or a power cut the pid file may name a process that is another program by now. And a server that
# runs without answering has lost its socket (to a cleaner of /tmp), so it must be started again.
clear_the_way() {
    local file pid
    file="$(home)/data/postmaster.pid"
    [ -f "$file" ] || return 0
    pid="$(head -1 "$file")"
    if [ "$(cat "/proc/$pid/comm" 2>/dev/null)" != postgres ]; then
        rm -f "$file"
    else
        as_account "$BIN/pg_ctl" -D "$(home)/data" -m fast -w -s stop >/dev/null 2>&1 || true
    fi
}

start() {
    make_home
    exec 9>"$VAR/.$NAME.lock"
    flock -w 120 9 || fail "another command has been starting var/$NAME for two minutes"
    BIN="$(bin_folder)" SOCKET="$(socket_folder)"
    make_data
    if ! answers; then
        configure
        clear_the_way
        local log
        log="$(home)/server.log"
        # The children of a killed server may hold its shared memory for a moment.
        for _ in 1 2 3 4 5; do
            as_account "$BIN/pg_ctl" -D "$(home)/data" -l "$log" -w -t 60 -s start >/dev/null 2>&1 9>&- </dev/null && break
            sleep 2
        done
        answers || fail "the database in var/$NAME does not start; its reason is at the end of $log"
    fi
    echo "$SOCKET"
}

stop() {
    [ -f "$(home)/data/postmaster.pid" ] || return 0
    BIN="$(bin_folder)"
    as_account "$BIN/pg_ctl" -D "$(home)/data" -m fast -w -s stop || fail "the database in var/$NAME does not stop"
}

remove() {
    [ -e "$LINK" ] || [ -L "$LINK" ] || return 0
    stop
    local place short
    place="$(home)"
    short="$(readlink "$place/socket" || true)"
    rm -rf "$place" ${short:+"$short"}
    rm -f "$LINK" "$VAR/.$NAME.lock"
}

case "$ACT" in
start) start ;;
stop) stop ;;
remove) remove ;;
running) [ -d "$LINK" ] && BIN="$(bin_folder)" && SOCKET="$(socket_folder)" && answers ;;
*) fail "tools/cluster.sh knows start, stop, remove and running, not $ACT" ;;
esac
