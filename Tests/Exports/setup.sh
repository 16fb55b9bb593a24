#!/usr/bin/env bash
# Makes .venv-exports with the Python of .venv and the packages of requirements.txt, unless it is up to date.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../Scripts/common.sh"

venv=.venv-exports
requirements=Tests/Exports/requirements.txt
python=$(Scripts/linked-python.sh interpreter) ||
  fail "the Python that Ascent links was not found: run make setup first."
key="$(sha256sum <"$requirements" | cut -d ' ' -f 1) $("$python" -I --version)"
[ "$(cat "$venv/.ascent-setup" 2>/dev/null)" != "$key" ] || exit 0

say "Making $venv with the packages of $requirements"
rm -rf "$venv"
logged venv-exports "$python" -I -m venv "$venv" || fail "could not make $venv (log: $logs/venv-exports.log)."
logged pip-exports "$venv/bin/python" -I -m pip install --disable-pip-version-check --no-input --retries 2 \
  --requirement "$requirements" ||
  fail "pip could not install $requirements: is there a network? (log: $logs/pip-exports.log)"
printf '%s\n' "$key" >"$venv/.ascent-setup"
