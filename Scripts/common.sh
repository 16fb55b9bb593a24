# Shared by the other scripts (sourced): one way to fail, one way to run a long tool.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
logs=.build/logs
mkdir -p "$logs"

say() { printf '==> %s\n' "$*"; }

fail() {
  printf 'ascent: %s\n' "$*" >&2
  exit 1
}

# logged NAME COMMAND…: runs the command with its output in a log; when it fails, shows the lines that
# say why and names the log. Returns the command's status.
logged() {
  local log="$logs/$1.log" status=0
  shift
  "$@" >"$log" 2>&1 </dev/null || status=$?
  if [ "$status" -ne 0 ]; then
    { grep -E '(^|[ :])(error|ERROR|E):? ' "$log" | awk '!seen[$0]++' | head -n 20; } >&2 || tail -n 15 "$log" >&2
    printf 'ascent: this failed: %s (the whole log: %s)\n' "$*" "$log" >&2
  fi
  return "$status"
}

# swift_build LOG ARGUMENT…: swift build, with a sentence of its own when the packages cannot be fetched.
swift_build() {
  local log="$1"
  shift
  # shellcheck disable=SC2086
  logged "$log" "${SWIFT:-swift}" build "$@" ${SWIFT_FLAGS:-} && return
  ! grep -qiE 'failed to clone|could not resolve host|unable to access' "$logs/$log.log" ||
    fail "the Swift packages could not be fetched: is there a network? Then try again."
  exit 1
}
