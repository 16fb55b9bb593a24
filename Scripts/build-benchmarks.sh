#!/usr/bin/env bash
# Builds the programs of Benchmarks/, which time parts of the library.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ -x .build-benchmarks/release/Estimators ] ||
  say "Building the benchmarks: the first time takes some minutes (log: $logs/benchmarks.log)"
forget_stale .build-benchmarks
swift_build benchmarks -c release --package-path Benchmarks --scratch-path .build-benchmarks
