#!/usr/bin/env bash
# `make lock`: pin every package and its hashes. No address of an index or folder gets into the locks.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
cd "$ROOT"

"$ROOT/tools/venv.sh" dev
for name in requirements requirements-dev; do
    "$VENV/bin/pip-compile" --quiet --generate-hashes --allow-unsafe --strip-extras --no-emit-index-url \
        --no-emit-trusted-host --no-emit-find-links --output-file="$name.txt" "$@" "$name.in"
done
