#!/usr/bin/env bash
# Installs what is missing and nothing else; says what it does; runs again in an instant.
set -euo pipefail
cd "$(dirname "$0")/.."

fail() {
  echo "setup: $1" >&2
  exit 1
}

command -v "${SWIFT:-swift}" >/dev/null || fail "there is no swift on the path; install Swift 6.2 or newer (swift.org/install)"

# A file or a check for each package: whoever has them from elsewhere needs no Debian package.
missing=()
command -v cc >/dev/null || command -v clang >/dev/null || missing+=(build-essential)
command -v pkg-config >/dev/null || missing+=(pkg-config)
pkg-config --exists gsl 2>/dev/null || missing+=(libgsl-dev)
pkg-config --exists python3-embed 2>/dev/null || missing+=(python3-dev)
if pkg-config --exists python3-embed 2>/dev/null; then
  interpreter=$(Scripts/linked-python.sh interpreter)
  "$interpreter" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
else
  missing+=(python3-venv)
fi
echo '#include <expat.h>' | clang -fsyntax-only -x c - 2>/dev/null || missing+=(libexpat1-dev)
echo '#include <zlib.h>' | clang -fsyntax-only -x c - 2>/dev/null || missing+=(zlib1g-dev)
if [ -n "${CI:-}" ]; then command -v clang-format >/dev/null || missing+=(clang-format); fi

mkdir -p .build
log=.build/setup.log
if [ ${#missing[@]} -gt 0 ]; then
  command -v apt-get >/dev/null || fail "missing: ${missing[*]} (Debian's names); install them and run make again"
  run=()
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || fail "missing: ${missing[*]}; install them as root: apt-get install ${missing[*]}"
    run=(sudo)
  fi
  echo "setup: installing ${missing[*]} with ${run[*]:+${run[*]} }apt-get"
  "${run[@]}" apt-get update >"$log" 2>&1 &&
    DEBIAN_FRONTEND=noninteractive "${run[@]}" apt-get install -y --no-install-recommends "${missing[@]}" >>"$log" 2>&1 ||
    fail "apt-get could not install ${missing[*]} (is there a network?); it said: $(tail -n 1 "$log"); all of it is in $log"
fi

interpreter=$(Scripts/linked-python.sh interpreter)
[ -x "$interpreter" ] || fail "pkg-config names python3-embed of $interpreter, which does not exist; install that Python"

stamp=.venv/ascent-setup
wanted="$("$interpreter" --version) $(cat envs/requirements.txt envs/constraints.txt | cksum)"
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
  if [ ! -x .venv/bin/python ] || [ "$(.venv/bin/python --version 2>/dev/null)" != "$("$interpreter" --version)" ]; then
    echo "setup: making .venv with $interpreter"
    rm -rf .venv
    "$interpreter" -m venv .venv >"$log" 2>&1 || fail "cannot make .venv; it said: $(tail -n 1 "$log")"
  fi
  echo "setup: installing the packages of envs/requirements.txt into .venv"
  .venv/bin/python -m pip install --disable-pip-version-check -q -r envs/requirements.txt >"$log" 2>&1 ||
    fail "pip could not install envs/requirements.txt (is there a network?); it said: $(tail -n 1 "$log"); all of it is in $log"
  echo "$wanted" >"$stamp"
fi
