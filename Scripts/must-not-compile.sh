#!/usr/bin/env bash
# Compiles every program of Tests/MustNotCompile against the debug modules. Each must fail with the message of its line
# "// expect: …" and no other error. Programs with "// expect: nothing" must compile.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# -emit-sil runs the whole front end, since borrowing and consuming are checked after the types.
modules=.build/debug/Modules
[ -d "$modules" ] || fail "no modules in $modules: build first (make test)"
swiftc=$(dirname "$(realpath "$(command -v "${SWIFT:-swift}")")")/swiftc
flags=(
  -emit-sil -o /dev/null -swift-version 6 -strict-memory-safety -warnings-as-errors
  -enable-upcoming-feature ExistentialAny -enable-upcoming-feature InternalImportsByDefault
  -enable-upcoming-feature MemberImportVisibility
  -I "$modules"
)
for map in .build/debug/*.build/module.modulemap; do flags+=(-Xcc "-fmodule-map-file=$map"); done
for shim in CShims/*/include; do flags+=(-I "$shim"); done

passed=0
failed=0
for program in Tests/MustNotCompile/*.swift; do
  name=$(basename "$program" .swift)
  expected=$(sed -nE 's|^// expect: ||p' "$program")
  log="$logs/must-not-compile-$name.log"
  if "$swiftc" "${flags[@]}" "$program" >"$log" 2>&1 </dev/null; then compiled=yes; else compiled=no; fi
  # The number of all errors, and of errors with the expected message.
  errors=$(grep -cE "^$program:[0-9]+:[0-9]+: error: |^<unknown>:0: error: " "$log" || true)
  right=$(grep -E "^$program:[0-9]+:[0-9]+: error: " "$log" | grep -cF -- "$expected" || true)
  if [ "$expected" = nothing ] && [ "$compiled" = yes ]; then
    passed=$((passed + 1))
  elif [ "$expected" != nothing ] && [ "$compiled" = no ] && [ "$right" -ge 1 ] && [ "$right" -eq "$errors" ]; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    printf '%s: expected "%s", the compiler said:\n' "$program" "$expected" >&2
    grep -E 'error:' "$log" >&2 || echo "  nothing: it compiled" >&2
  fi
done
say "must not compile: $passed as expected, $failed not"
[ "$failed" -eq 0 ]
