#!/usr/bin/env bash
# Builds Examples/ like a user's package, which depends on this one by path, and runs every example.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

say "Building the examples (log: $logs/examples.log)"
forget_stale .build-examples
swift_build examples --package-path Examples --scratch-path .build-examples
for example in Examples/Sources/*/; do
  name=$(basename "$example")
  say "Running the example $name (log: $logs/example-$name.log)"
  reported "example-$name" ".build-examples/debug/$name" || exit 1
  tail -n 2 "$logs/example-$name.log"
done
