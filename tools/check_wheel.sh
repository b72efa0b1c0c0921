#!/bin/sh
# Builds the wheel from a clean clone, installs it where there is no Node, and uses it in a browser.
# Usage: tools/check_wheel.sh DIR   (DIR: where clone and environments go; removed first)
set -eu
unset PYTHONPATH JUPYTER_PATH

here=$(pwd)
mkdir -p "$1"
work=$(cd "$1" && pwd)
python=${PYTHON:-python3}

say() { printf '\n== %s\n' "$*"; }

say "1. the wheel, from a clone of what is committed"
rm -rf "$work/clone" "$work/build" "$work/venv" "$work/dist"
git clone --quiet --no-hardlinks "$here" "$work/clone"
"$python" -m venv "$work/build"
"$work/build/bin/python" -m pip install --quiet build
(cd "$work/clone" && "$work/build/bin/python" -m build --wheel --outdir "$work/dist")

say "2. installed without Node"
"$python" -m venv "$work/venv"
bare=$work/venv/bin
"$bare/python" -m pip install --quiet "$(echo "$work"/dist/*.whl)[lab]"
if PATH=$bare command -v node >/dev/null; then
    echo "there is a Node in the environment" >&2
    exit 1
fi
sh tools/check_lab.sh "$bare"

say "3. one flow in a browser: tag, export"
MLCODE_UI_SERVER=$bare jlpm run test:ui tests/export-clicks --output "$work/results"
