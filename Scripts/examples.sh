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

# OwnParts is a command line, too: its entries by their names, in one process and in two.
own=.build-examples/debug/OwnParts
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

# own_run NAME ARGUMENT…: one command of OwnParts, which has to succeed; its output is in $scratch/NAME.log.
own_run() {
  local name="$1"
  shift
  "$own" "$@" >"$scratch/$name.log" 2>&1 </dev/null && return
  cat "$scratch/$name.log" >&2
  fail "OwnParts $* failed"
}

say "Running OwnParts as a command line"
for workers in 1 2; do
  own_run "train-$workers" train native:docking --algorithm reinforce --steps 20000 --lanes 8 --quiet \
    --set algorithm.estimator=short-sighted --set algorithm.baseline=trajectory-mean --set algorithm.optimizer=sign \
    --set algorithm.rate=0.002 --set policy.distribution=laplace --emission bias=0.1 --workers "$workers" --out "$scratch/$workers"
done
grep -h fingerprint "$scratch"/train-[12].log | uniq | tee "$scratch/fingerprints"
[ "$(wc -l <"$scratch/fingerprints")" -eq 1 ] || fail "OwnParts: two processes came to other bits than one"
own_run evaluate evaluate "$scratch/1" --episodes 20
own_run reproduce reproduce "$scratch/1" --quiet
own_run gradient gradient native:docking --estimators short-sighted+trajectory-mean,reward-to-go --batches 5 --episodes 4
own_run autopilot autopilot --episodes 20
cat "$scratch/autopilot.log"
! .build/debug/ascent train native:docking --quiet --out "$scratch/none" >"$scratch/unknown.log" 2>&1 ||
  fail "ascent itself knows native:docking"
