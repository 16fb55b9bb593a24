#!/usr/bin/env bash
# virtual-environment.sh FOLDER REQUIREMENTS [FILE ...]: makes a virtual environment with the Python of .venv and the
# packages of a file, unless it is up to date; it is not when one of these files has changed.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

venv=$1 requirements=$2
shift
name=${venv#.}
python=$(Scripts/linked-python.sh interpreter) ||
  fail "the Python that Ascent links was not found: run make setup first."
key="$(cat "$@" | sha256sum | cut -d ' ' -f 1) $("$python" -I --version)"
[ "$(cat "$venv/.ascent-setup" 2>/dev/null)" != "$key" ] || exit 0

say "Making $venv with the packages of $requirements$(grep -q torch "$requirements" && echo ' (torch is large)')"
rm -rf "$venv"
logged "$name" "$python" -I -m venv "$venv" || fail "could not make $venv (log: $logs/$name.log)."
logged "pip-$name" "$venv/bin/python" -I -m pip install --disable-pip-version-check --no-input --retries 2 \
  --requirement "$requirements" ||
  fail "pip could not install $requirements: is there a network? (log: $logs/pip-$name.log)"
printf '%s\n' "$key" >"$venv/.ascent-setup"
