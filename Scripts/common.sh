# Functions for the other scripts, which source this file: messages, failures, and runs of tools with a log.

cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
logs=.build/logs
mkdir -p "$logs"

say() { printf '==> %s\n' "$*"; }

fail() {
  printf 'ascent: %s\n' "$*" >&2
  exit 1
}

# logged NAME COMMAND…: runs the command with its output in the log NAME; returns the command's status.
logged() {
  local log="$logs/$1.log"
  shift
  "$@" >"$log" 2>&1 </dev/null
}

# reported NAME COMMAND…: like logged, but prints the errors in the log if the command fails.
reported() {
  local status=0
  logged "$@" || status=$?
  if [ "$status" -ne 0 ]; then
    show_errors "$1"
    printf 'ascent: %s failed (the whole log: %s)\n' "$2" "$logs/$1.log" >&2
  fi
  return "$status"
}

# show_errors NAME: prints the lines of a log that contain errors, or its last lines.
show_errors() {
  {
    grep -E '(^|[ :=])(error|ERROR|E):? ' "$logs/$1.log" | awk '!seen[$0]++' | head -n 20 | grep . ||
      tail -n 15 "$logs/$1.log"
  } >&2
}

# show_warnings NAME: prints the warnings in a log, which are errors in CI. Tools warn only of files that they compile
# again. The linker's warning that Foundation's objects use mktemp is omitted, since it cannot be fixed here.
show_warnings() {
  { grep -E '(^|[ :=])warning: ' "$logs/$1.log" | grep -v "use of .mktemp" | awk '!seen[$0]++' | grep -v '^ ' | head -n 20 >&2; } || true
}

# swift_build LOG ARGUMENT…: runs swift build, with a special error message when the packages cannot be fetched.
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

# sources_key: a hash of everything that the library is built from.
sources_key() { find Package.swift Sources CShims -type f -print0 | sort -z | xargs -0 cat | sha256sum; }

# forget_stale FOLDER: empties the build folder of a dependent package if this library has changed since its last build.
# SwiftPM 6.3 would not recompile the package: it would link against removed symbols, or copy structs of the wrong size.
forget_stale() {
  local key
  key=$(sources_key)
  [ "$(cat "$1/library" 2>/dev/null)" = "$key" ] || rm -rf "$1"
  mkdir -p "$1"
  printf '%s\n' "$key" >"$1/library"
}

# object_of_archive ARCHIVE OBJECT: makes one object file of a static library. Swift's static runtime hides the symbols of
# archives (--exclude-libs ALL), but not those of an object file.
object_of_archive() {
  ld -r --whole-archive "$1" -o "$2.new"
  cmp -s "$2.new" "$2" || mv "$2.new" "$2"
}

# The flags for a static libpython: -E exports its symbols from the program for Python's extension modules.
static_python=(-Xlinker -E -Xswiftc -Xclang-linker -Xswiftc -no-pie)

# static_swift: adds the flag that links Swift's runtime statically to `flags`, if the toolchain has it.
static_swift() {
  local resources
  resources=$("${SWIFT:-swift}" -print-target-info | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)".*/\1/p')
  [ ! -e "${resources}_static/linux/libswiftCore.a" ] || flags+=(--static-swift-stdlib)
}

# link_python: adds the flags that link libpython statically to `flags`, if there is a static one, and the program without
# position independence: a step of CartPole takes 11 % fewer instructions than with the shared one.
link_python() {
  local archive folder
  archive=$(Scripts/linked-python.sh static-archive)
  if [ -n "$archive" ]; then
    folder=.build/pkgconfig
    mkdir -p "$folder"
    object_of_archive "$archive" "$folder/libpython.o"
    cat >"$folder/python3-embed.pc.new" <<PC
Name: Python
Description: libpython, linked statically
Version: $(pkg-config --modversion python3-embed)
Cflags: $(pkg-config --cflags python3-embed) -I$PWD/$folder
Libs: -L$PWD/$folder -l:libpython.o $(Scripts/linked-python.sh static-libraries)
PC
    cmp -s "$folder/python3-embed.pc.new" "$folder/python3-embed.pc" 2>/dev/null ||
      cp "$folder/python3-embed.pc.new" "$folder/python3-embed.pc"
    "$(Scripts/linked-python.sh interpreter)" -I Scripts/compile-embedded.py "$folder"
    flags+=(--pkg-config-path "$PWD/$folder" "${static_python[@]}")
  else
    say "There is no static libpython here: linking the shared one (Python's own code runs 11 % slower)"
  fi
}
