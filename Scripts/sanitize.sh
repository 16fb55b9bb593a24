#!/usr/bin/env bash
# Builds each C shim and its driver Tests/Sanitize/<shim>.c with sanitizers, and runs it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

# The clang of the Swift toolchain, with which SwiftPM builds the shims.
toolchain=$(dirname "$(realpath "$(command -v "${SWIFT:-swift}")")")
clang="$toolchain/clang"
[ -x "$clang" ] || clang=clang

folder=.build/sanitize
mkdir -p "$folder"
# CMath, which CGSL calls, has a <math.h> of its own.
for file in CShims/CMath/musl/*.c; do
  reported sanitize-cmath "$clang" -std=c11 -g -O1 -w -ffp-contract=off -fno-math-errno -fsanitize=address,undefined \
    -fno-sanitize-recover=all -fno-omit-frame-pointer -I CShims/CMath/house -I CShims/CMath/musl -I CShims/CMath/include \
    -c "$file" -o "$folder/cmath-$(basename "$file" .c).o" || exit 1
done

ran=0
for driver in Tests/Sanitize/*.c; do
  [ -e "$driver" ] || continue
  name=$(basename "$driver" .c)
  case "$name" in
    cgsl) shim=CGSL library=gsl ;;
    cpython) shim=CPython library=python3-embed ;;
    ckernels) shim=CKernels library= ;;
    cworkers) shim=CWorkers library= ;;
    cdigest) shim=CDigest library= ;;
    *) fail "no shim belongs to $driver: name it in Scripts/sanitize.sh" ;;
  esac
  arguments=()
  leaks=1
  if [ "$shim" = CPython ]; then
    arguments=(.venv/bin/python)
    leaks=0 # the interpreter does not free its memory when the process ends
  fi
  say "Sanitizing $shim (log: $logs/sanitize-$name.log)"
  # Extension modules throw exceptions of C++, which the sanitizer passes on only if it has found their library.
  # shellcheck disable=SC2046
  reported "sanitize-$name" "$clang" -std=c11 -g -O1 -Wall -Wextra -Werror -ffp-contract=off \
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -fuse-ld=lld \
    -I "CShims/$shim/include" -I "CShims/$shim" \
    $([ -z "$library" ] || pkg-config --cflags "$library") \
    "$driver" CShims/"$shim"/*.c $([ "$shim" != CGSL ] || echo -I CShims/CMath/include "$folder"/cmath-*.o) \
    -o "$folder/$name" \
    $([ -z "$library" ] || pkg-config --libs "$library") -lm -Wl,--no-as-needed -lstdc++ || exit 1
  ASAN_OPTIONS="detect_leaks=$leaks" UBSAN_OPTIONS=print_stacktrace=1 \
    reported "sanitize-$name" "$folder/$name" "${arguments[@]}" || exit 1
  ran=$((ran + 1))
done
say "sanitize: $ran drivers, no faults"
