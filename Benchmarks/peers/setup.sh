#!/usr/bin/env bash
# setup.sh [NAME]: makes .venv-peers (or .venv-peers-NAME) with the packages of requirements.txt (or
# requirements-NAME.txt), unless it is up to date.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
exec Scripts/virtual-environment.sh ".venv-peers${1:+-$1}" "Benchmarks/peers/requirements${1:+-$1}.txt" envs/constraints.txt
