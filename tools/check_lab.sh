#!/bin/sh
# Asks JupyterLab and its server whether they see our two halves, enabled and valid.
# Usage: tools/check_lab.sh [BIN]   (BIN: the only folder where programs are looked for)
set -eu

check() {
    if ! printf '%s\n' "$2" | grep -Eq "$3"; then
        printf '%s\n' "$2" >&2
        echo "$1 does not list jupyter-mlcode as enabled and valid" >&2
        exit 1
    fi
    echo "$1: ok"
}

# Both commands write to stderr, with colours only on a terminal.
check "jupyter labextension list" "$(PATH=${1:-$PATH} jupyter labextension list 2>&1)" 'jupyter-mlcode v[0-9.]+ .*enabled.*OK'
check "jupyter server extension list" "$(PATH=${1:-$PATH} jupyter server extension list 2>&1)" 'jupyter_mlcode\.server .*OK'
