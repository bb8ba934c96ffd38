#!/usr/bin/env bash
# Renew deploy/constraints/: every package that this program is built, run and tested with, by version and SHA-256.
# One resolution holds for Python 3.11 and 3.13 on x86_64 and aarch64; each of the four is tried before anything changes.
set -euo pipefail
cd "$(dirname "$0")/.."
out=deploy/constraints
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"${PYTHON:-python3}" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install -q --disable-pip-version-check uv
uv=$work/venv/bin/uv
# The registry that pip is set up with, which uv does not read; its name stays out of the files.
index=$("$work/venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)
index=${PIP_INDEX_URL:-$index}
[ -z "$index" ] || export UV_DEFAULT_INDEX=$index

compile() { # NAME ARGUMENT…: the requirements of NAME.txt, at the versions of everything.txt once that is there
    local name=$1 same=()
    shift
    [ ! -e "$work/everything.txt" ] || same=(--constraint "$work/everything.txt")
    "$uv" pip compile -q --universal --python-version 3.11 --generate-hashes --upgrade \
        --no-emit-index-url --no-annotate --no-header ${same[@]+"${same[@]}"} "$@" -o "$work/$name.txt"
    echo "$(grep -c == "$work/$name.txt") packages in $name.txt"
}

# What pyproject.toml needs to build the project.
"$work/venv/bin/python" - >"$work/build.in" <<'PYTHON'
import tomllib
from pathlib import Path
print(*tomllib.loads(Path("pyproject.toml").read_text())["build-system"]["requires"], "wheel", sep="\n")
PYTHON

compile everything setup.cfg "$work/build.in" --extra piper --extra edge --extra web --extra fleet --extra test
compile build "$work/build.in"
compile runtime setup.cfg --extra web --extra fleet
compile voices setup.cfg --extra piper --extra edge --extra web --extra fleet
compile test setup.cfg --extra web --extra fleet --extra test

for python in 3.11 3.13; do
    for machine in x86_64 aarch64; do
        "$uv" venv -q --clear --no-project --python "$work/venv/bin/python" "$work/try"
        for name in build runtime voices test; do
            "$uv" pip install -q --dry-run --python "$work/try/bin/python" --python-version $python \
                --python-platform "$machine-manylinux_2_36" --require-hashes --no-deps \
                --only-binary :all: -r "$work/$name.txt" || { echo "$name.txt: Python $python, $machine"; exit 1; }
        done
        echo "Python $python on $machine: every package can be had"
    done
done

mkdir -p $out
for name in build runtime voices test; do
    { echo "# Made by “make constraints” from setup.cfg and pyproject.toml: pip install --require-hashes -r $name.txt"
      cat "$work/$name.txt"; } >"$out/$name.txt"
done
