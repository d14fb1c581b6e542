#!/bin/sh
# Fill an empty folder with Accord, from the locked packages: sh deploy/image/fill.sh FOLDER [console|embedded] [STATE]
# The Containerfile runs this; where there is no container runtime, run it as who owns FOLDER, and point systemd's units there.
set -eu
umask 022
folder=${1:?name the folder, such as /opt/accord}
set=${2:-console}
state=${3:-/var/lib/accord}
source=$(cd "$(dirname "$0")/../.." && pwd)
test ! -e "$folder" || test -z "$(ls -A "$folder")" || { echo "$folder is not empty" >&2; exit 2; }

"${PYTHON:-python3}" -m venv "$folder"
pip="$folder/bin/python -m pip --quiet --disable-pip-version-check --no-cache-dir install --no-deps"
$pip --require-hashes --only-binary :all: -r "$source/requirements/build.txt" -r "$source/requirements/$set.txt"
# Built from a copy, so that nothing is left beside the source.
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
tar -C "$source" --exclude=./.git --exclude=./.venv --exclude=./.venv-checkers --exclude=./.image --exclude=./.accord -cf - . | tar -C "$copy" -xf -
$pip --no-build-isolation --no-compile "$copy"
# What only builds is no part of what runs.
"$folder/bin/python" -m pip --quiet --disable-pip-version-check uninstall --yes setuptools wheel packaging pip
"$folder/bin/python" -m compileall -q -j 0 "$folder/lib" > /dev/null || true
for kept in payments papers quarantine notices archive checkpoints; do mkdir -p "$state/$kept"; done
