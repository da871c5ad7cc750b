#!/usr/bin/env bash
# Install the operating system's packages that are missing (as root), or name them in one line (as anyone else).
# `tools/packages.sh` asks for what serving needs; its arguments ask for more: `node` to bring the tablet app's packages,
# `browser` to test the tablet app. PostgreSQL is not asked for when LINLI_DATABASE_URL names a server that exists already. The font prints Chinese in PDFs.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

FURTHER=" $* "

asked_for() { [[ "$FURTHER" == *" $1 "* ]]; }

node_is_there() {
    command -v npm >/dev/null && node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' 2>/dev/null
}

postgres_version() {
    local installed
    installed="$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | grep -oE '[0-9]+' | sort -n | tail -1 || true)"
    if [ "${installed:-0}" -ge 15 ]; then
        echo "$installed"
        return
    fi
    local offered
    offered="$(apt-cache show postgresql 2>/dev/null | sed -n 's/^Version: \([0-9]*\)+.*/\1/p' | sort -n | tail -1 || true)"
    echo "${offered:-15}"
}

missing_packages() {
    local packages=()
    python_has_venv || packages+=(python3 python3-venv)
    [ -e /usr/share/fonts/truetype/wqy/wqy-microhei.ttc ] ||
        packages+=(fonts-wqy-microhei)
    if [ -z "${LINLI_DATABASE_URL:-}" ] && [ -z "$(postgres_bin)" ]; then
        local version
        version="$(postgres_version)"
        packages+=("postgresql-$version" "postgresql-$version-postgis-3")
    fi
    if asked_for node && ! node_is_there; then packages+=(nodejs npm); fi
    if asked_for browser && ! [ -x /usr/bin/chromium ]; then packages+=(chromium); fi
    echo "${packages[*]:-}"
}

apt() {
    DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0 "$@" \
        </dev/null >>"$VAR/packages.log" 2>&1
}

# Debian makes and starts a server of its own with the package. On a machine that has none yet it is told not to,
# for the length of the installation; servers that exist are not touched.
without_debian_cluster() {
    local note=/etc/postgresql-common/createcluster.d/linli.conf
    if [ -e /etc/postgresql-common/createcluster.conf ]; then
        "$@"
        return
    fi
    mkdir -p "$(dirname "$note")"
    echo 'create_main_cluster = false' >"$note"
    local answer=0
    "$@" || answer=$?
    rm -f "$note"
    return "$answer"
}

install_packages() {
    make_var
    say "installing $*"
    without_debian_cluster apt install --no-install-recommends -y "$@" && return
    say "refreshing the list of packages"
    apt update || true
    # The versions on offer may be others now.
    # shellcheck disable=SC2046
    without_debian_cluster apt install --no-install-recommends -y $(missing_packages)
}

packages="$(missing_packages)"
[ -n "$packages" ] || exit 0
if ! is_root || ! command -v apt-get >/dev/null; then
    fail "missing on this machine; install first: apt-get install $packages"
fi
# shellcheck disable=SC2086
install_packages $packages || fail "could not be installed (see var/packages.log): apt-get install $packages"
[ -z "$(missing_packages)" ] || fail "still missing after installing: $(missing_packages)"
