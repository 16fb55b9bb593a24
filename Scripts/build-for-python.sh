#!/usr/bin/env bash
# Builds the executable in release mode for a Python that is named, beside the default one:
#
#   Scripts/build-for-python.sh INTERPRETER     .build/release/ascent-python3.13; also the folder of an environment
#
# `ascent` starts it for an environment of that minor version. All of these builds share the folder .build/pythons: only
# what includes Python's headers is compiled again for another one.
set -euo pipefail
named="$1"
case "$named" in
/*) ;;
*/*) named="$PWD/$named" ;;
esac
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

[ ! -d "$named" ] || named="$named/bin/python"
python=$(command -v -- "$named") || fail "PYTHON=$1 is not a Python: there is no executable $named"
version=$("$python" -I -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2>"$logs/embedding.log") ||
  fail "PYTHON=$1 is not a Python: $named does not run as one (log: $logs/embedding.log)"

scratch=.build/pythons
folder="$scratch/pkgconfig/$version"
minor='' interpreter='' archive='' library_folder=''
settings=$("$python" -I Scripts/embedding.py "$folder") || exit 1
eval "$settings"
"$python" -I Scripts/compile-embedded.py "$folder"

release=$("${SWIFT:-swift}" build -c release --show-bin-path)
target="$release/ascent-python$minor"
# The folder of the build has the objects for the last Python, so SwiftPM would build again what is there already.
inputs=("$folder/python3-embed.pc" "$folder/linked_python.h" "$folder/embedded_code.h")
[ ! -e Package.resolved ] || inputs+=(Package.resolved)
key="$(sources_key) $(cat "${inputs[@]}" | sha256sum) ${SWIFT_FLAGS:-}"
if [ -x "$target" ] && [ ! -L "$target" ] && [ "$(cat "$folder/built" 2>/dev/null)" = "$key" ]; then
  say ".build/release/ascent-python$minor is up to date"
  exit
fi

flags=(--scratch-path "$scratch" --pkg-config-path "$PWD/$folder" --disable-build-manifest-caching)
if [ -n "$archive" ]; then
  object_of_archive "$archive" "$folder/libpython.o"
  flags+=("${static_python[@]}")
else
  # The program starts without LD_LIBRARY_PATH.
  flags+=(-Xlinker -rpath -Xlinker "$library_folder")
fi
static_swift

say "Building for Python $minor ($interpreter); the first time takes some minutes (log: $logs/build-python$minor.log)"
swift_build "build-python$minor" -c release --product ascent "${flags[@]}"

# The folder in which a build without PYTHON puts its executable; SwiftPM makes .build/release a link to it.
mkdir -p "$release"
[ -e .build/release ] || ln -s "${release#"$PWD/.build/"}" .build/release
# A new file: the old one may be running.
cp "$scratch/release/ascent" "$target.new"
mv -f "$target.new" "$target"
"$target" --version >"$logs/start-python$minor.log" 2>&1 ||
  fail "$target was built, but does not start (log: $logs/start-python$minor.log)"
printf '%s\n' "$key" >"$folder/built"
[ -e "$release/ascent" ] || ln -sf "ascent-python$minor" "$release/ascent"
say "Built .build/release/ascent-python$minor; .build/release/ascent starts it for environments of Python $minor"
