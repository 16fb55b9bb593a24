# Shared by the other scripts (sourced): one way to fail, one way to run a long tool.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
logs=.build/logs
mkdir -p "$logs"

say() { printf '==> %s\n' "$*"; }

fail() {
  printf 'ascent: %s\n' "$*" >&2
  exit 1
}

# logged NAME COMMAND…: runs the command with its output in a log; returns the command's status.
logged() {
  local log="$logs/$1.log"
  shift
  "$@" >"$log" 2>&1 </dev/null
}

# reported NAME COMMAND…: the same for a tool whose own words a developer needs when it fails.
reported() {
  local status=0
  logged "$@" || status=$?
  if [ "$status" -ne 0 ]; then
    show_errors "$1"
    printf 'ascent: %s failed (the whole log: %s)\n' "$2" "$logs/$1.log" >&2
  fi
  return "$status"
}

# show_errors NAME: the lines of a log that say what is wrong, or its end.
show_errors() {
  {
    grep -E '(^|[ :=])(error|ERROR|E):? ' "$logs/$1.log" | awk '!seen[$0]++' | head -n 20 | grep . ||
      tail -n 15 "$logs/$1.log"
  } >&2
}

# show_warnings NAME: what CI, where warnings are errors, would stop at; a tool warns only of what it compiles anew.
# That Foundation's own objects call mktemp is the linker's to say and not ours to change.
show_warnings() {
  { grep -E '(^|[ :=])warning: ' "$logs/$1.log" | grep -v "use of .mktemp" | awk '!seen[$0]++' | grep -v '^ ' | head -n 20 >&2; } || true
}

# swift_build LOG ARGUMENT…: swift build, with a sentence of its own when the packages cannot be fetched.
swift_build() {
  local log="$1"
  shift
  # shellcheck disable=SC2086
  if logged "$log" "${SWIFT:-swift}" build "$@" ${SWIFT_FLAGS:-}; then
    show_warnings "$log"
    return
  fi
  ! grep -qiE 'failed to clone|could not resolve host|unable to access' "$logs/$log.log" ||
    fail "the Swift packages could not be fetched: is there a network? (log: $logs/$log.log)"
  show_errors "$log"
  fail "swift build failed (the whole log: $logs/$log.log)"
}

# forget_stale FOLDER: empties the build folder of a package that depends on this one when the library has changed since.
# SwiftPM 6.3 does not compile such a package again then: it links against what is gone, or copies structs of another size.
forget_stale() {
  local key
  key=$(find Package.swift Sources CShims -type f -print0 | sort -z | xargs -0 cat | sha256sum)
  [ "$(cat "$1/library" 2>/dev/null)" = "$key" ] || rm -rf "$1"
  mkdir -p "$1"
  printf '%s\n' "$key" >"$1/library"
}
