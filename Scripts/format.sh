#!/usr/bin/env bash
# Rewrites Swift and C as `make lint` wants them.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"${SWIFT:-swift}" format format --in-place --parallel --recursive \
  Package.swift Sources Tests Examples/Package.swift Examples/Sources Benchmarks/Package.swift Benchmarks/Sources
files=$(find CShims Tests/Sanitize -name '*.[ch]' 2>/dev/null || true)
[ -z "$files" ] || clang-format -i $files
