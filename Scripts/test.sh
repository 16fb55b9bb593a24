#!/usr/bin/env bash
# Builds and runs all Swift tests (debug, shared libpython); the last line is the test runner's summary.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

say "Building the tests (log: $logs/build-tests.log)"
swift_build build-tests --build-tests

say "Running the tests (log: $logs/test.log)"
status=0
# shellcheck disable=SC2086
"${SWIFT:-swift}" test --skip-build --disable-xctest ${TEST_FLAGS:-} >"$logs/test.log" 2>&1 </dev/null || status=$?
if [ "$status" -ne 0 ]; then
  grep -E '^✘|^[^ ]*error:|Fatal error|signal code' "$logs/test.log" >&2 || tail -n 30 "$logs/test.log" >&2
fi
grep -E 'Test run with [0-9]+ tests?' "$logs/test.log" | tail -n 1 || true
[ "$status" -eq 0 ] || fail "tests failed (the whole log: $logs/test.log)"
grep -qE 'Test run with [1-9][0-9]* tests?.* passed' "$logs/test.log" || fail "no test ran (see $logs/test.log)"
