#!/usr/bin/env bash
# Makes .venv-results: matplotlib, for the figures of the documentation. Does only what is missing.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

requirements=Benchmarks/requirements.txt
.venv-results/bin/python -I Scripts/pinned.py "$requirements" 2>/dev/null && exit 0
say "Making .venv-results with matplotlib"
rm -rf .venv-results
logged venv-results "$(Scripts/linked-python.sh interpreter)" -I -m venv .venv-results ||
  fail "could not make .venv-results."
logged pip-results .venv-results/bin/python -I -m pip install --disable-pip-version-check --no-input --retries 2 \
  --requirement "$requirements" ||
  { rm -rf .venv-results; fail "could not install matplotlib: is there a network? Then try again."; }
