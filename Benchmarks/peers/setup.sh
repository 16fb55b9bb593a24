#!/usr/bin/env bash
# setup.sh [NAME]: makes .venv-peers (or .venv-peers-NAME) with the same Python as .venv and the packages of
# requirements.txt (or requirements-NAME.txt), unless it is up to date.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/../../Scripts/common.sh"

venv=.venv-peers${1:+-$1}
requirements=Benchmarks/peers/requirements${1:+-$1}.txt
python=$(Scripts/linked-python.sh interpreter) ||
  fail "the Python that Ascent links was not found: run make setup first."
key="$(cat "$requirements" envs/constraints.txt | sha256sum | cut -d ' ' -f 1) $("$python" -I --version)"
[ "$(cat "$venv/.ascent-setup" 2>/dev/null)" != "$key" ] || exit 0

say "Making $venv with the packages of $requirements (torch is large)"
rm -rf "$venv"
logged venv-peers "$python" -I -m venv "$venv" || fail "could not make $venv (log: $logs/venv-peers.log)."
logged pip-peers "$venv/bin/python" -I -m pip install --disable-pip-version-check --no-input --retries 2 \
  --requirement "$requirements" ||
  fail "pip could not install $requirements: is there a network? (log: $logs/pip-peers.log)"
printf '%s\n' "$key" >"$venv/.ascent-setup"
