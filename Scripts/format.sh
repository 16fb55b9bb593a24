#!/usr/bin/env bash
# Formats all Swift and C files as `make lint` requires.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

"${SWIFT:-swift}" format format --in-place --parallel --recursive \
  Package.swift Sources Tests Examples/Package.swift Examples/Sources Benchmarks/Package.swift Benchmarks/Sources
files=$(find CShims Tests/Sanitize Tests/Processors Tests/Exports -name '*.[ch]' -not -path 'CShims/CMath/musl/*' 2>/dev/null || true)
[ -z "$files" ] || clang-format -i $files
