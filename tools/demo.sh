#!/bin/sh
# The whole way of one notebook, on a copy: export, run with a parameter of our own, verify.
# Usage: tools/demo.sh BIN DIR   (BIN: the environment's bin folder, DIR: where the copy goes)
set -eu

bin=$1
dir=$2
PATH=$bin:$PATH
export PATH

say() { printf '\n== %s\n' "$*"; }

rm -rf "$dir/churn"
mkdir -p "$dir"
cp -R examples/churn "$dir/churn"

say "1. jupyter mlcode export churn.ipynb"
jupyter mlcode export "$dir/churn/churn.ipynb"

say "2. jupyter mlcode run churn -p threshold 0.3   (papermill, one fresh kernel for each stage)"
jupyter mlcode run "$dir/churn/churn" -p threshold 0.3 --runs-dir "$dir/churn/runs"

say "3. papermill churn/pipeline.ipynb whole.ipynb -p threshold 0.3   (the export needs papermill only)"
papermill "$dir/churn/churn/pipeline.ipynb" "$dir/churn/whole.ipynb" \
    -f "$dir/churn/churn/params.yaml" -p threshold 0.3 --cwd "$dir/churn" --no-progress-bar --log-level ERROR

say "4. jupyter mlcode verify churn.ipynb   (is the pipeline equal to the notebook?)"
jupyter mlcode verify "$dir/churn/churn.ipynb"

say "Results"
cat <<END
$dir/churn/churn/             the exported pipeline: begin with README.md and stage_*.py
$dir/churn/runs/              the executed stage notebooks, report.json and report.html
$dir/churn/whole.ipynb        the same pipeline as one notebook, run by plain papermill
END
