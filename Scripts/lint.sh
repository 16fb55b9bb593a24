#!/usr/bin/env bash
# Runs every check that needs no build. Prints each fault as file:line (or file), and the number of failed checks.
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

longest_file=400
# The largest number of files in Sources that may use C pointers; it rises only with a new C shim or part of one.
unsafe_files=27

found=0
check() { # check NAME COMMAND…: the command prints its faults and fails when it has any
  local name="$1"
  shift
  if "$@"; then say "$name: clean"; else found=$((found + 1)) && say "$name: FAULTS (above)"; fi
}

tracked() { git ls-files --cached --others --exclude-standard -- "$@" | while read -r file; do [ -f "$file" ] && echo "$file"; done; }

swift_format() {
  "${SWIFT:-swift}" format lint --strict --parallel --recursive \
    Package.swift Sources Tests Examples/Package.swift Examples/Sources Benchmarks/Package.swift Benchmarks/Sources 2>&1
}

c_format() {
  local files
  files=$(tracked 'CShims/**.c' 'CShims/**.h' 'Tests/Sanitize/*.c' 'Tests/Processors/*.c' 'Tests/Exports/*.c' ':!CShims/CMath/musl')
  [ -z "$files" ] || clang-format --dry-run -Werror $files 2>&1
}

floors() { /usr/bin/python3 Scripts/floors.py --self-test && /usr/bin/python3 Scripts/floors.py; }

file_length() {
  tracked '*.swift' '*.c' '*.h' '*.py' '*.sh' ':!CShims/CMath/musl' ':!Sources/Exports/Generated' | xargs wc -l \
    | awk -v limit="$longest_file" '$2 != "total" && $1 > limit { print $2 ": " $1 " lines, " limit " at most"; bad = 1 } END { exit bad }'
}

unsafe_list() {
  local files count
  files=$(grep -rlw unsafe --include='*.swift' Sources)
  count=$(printf '%s' "$files" | grep -c .)
  [ "$count" -le "$unsafe_files" ] || { printf '%s\n%s files say unsafe, %s at most\n' "$files" "$count" "$unsafe_files"; return 1; }
}

# none_of TEXT: succeeds if the text is empty, else prints it and fails.
none_of() { [ -z "$1" ] || { printf '%s\n' "$1"; return 1; }; }

# Code that aborts a user's program, or disables a test. Only Require.swift stops a program, one whose arguments do not fit.
forbidden_words() {
  none_of "$(
    git grep -nE 'fatalError\(|\btry!|\bas!|XCTSkip|\.disabled\(' -- 'Sources/*.swift' ':!Sources/Mathematics/Require.swift'
    git grep -nE '\btry!|\bas!' -- Sources/Mathematics/Require.swift
    git grep -nE 'XCTSkip|\.disabled\(' -- 'Tests/*.swift'
  )"
}

# Long files, long functions, many parameters, and the path of an observation.
measures() { /usr/bin/python3 Scripts/measures.py >"$logs/measures.log" || { cat "$logs/measures.log"; return 1; }; }

docs_check() { /usr/bin/python3 Scripts/docs-check.py --self-test; }

# The version, in the program, the changelog, the pages and the commit's tag.
version() { /usr/bin/python3 Scripts/version.py --self-test && /usr/bin/python3 Scripts/version.py; }

# Uses of mutableSpan that Swift's optimizer miscompiles.
mutable_spans() { /usr/bin/python3 Scripts/spans.py; }

# Absolute paths of a particular machine.
forbidden_paths() { none_of "$(git grep -nIE '(^|[^A-Za-z0-9._/-])/(work|root)/' -- . ':!LICENSE')"; }

shell_syntax() { tracked '*.sh' '.ci/run' | while read -r file; do bash -n "$file" || exit 1; done; }

check "swift format" swift_format
check "clang-format" c_format
check "floors" floors
check "file length" file_length
check "unsafe" unsafe_list
check "forbidden words" forbidden_words
check "mutable spans" mutable_spans
check "measures" measures
check "docs-check" docs_check
check "version" version
check "machine paths" forbidden_paths
check "shell syntax" shell_syntax
[ "$found" -eq 0 ] || fail "lint: $found of 12 checks found faults"
say "lint: 12 checks, no faults"
