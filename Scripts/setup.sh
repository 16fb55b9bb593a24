#!/usr/bin/env bash
# Prepares a clone for building: installs missing system packages, and makes a .venv of the Python whose libpython is
# linked, with its packages.
#
#   Scripts/setup.sh            everything for building, training and testing
#   Scripts/setup.sh libraries  the system packages without Python's, for building against a Python that is named
#   Scripts/setup.sh installation the system packages, with zsh, fish and man for `make install-check`
#   Scripts/setup.sh processors the system packages, with qemu-user and gcc for `make processors`
#   Scripts/setup.sh exports    the system packages, with qemu-user and gcc for 32-bit ARM for `make exports`
#   Scripts/setup.sh ranks      the system packages, with Open MPI for `make mpi`, and what `make ranks` makes networks with
#   Scripts/setup.sh desk       the system packages, with Chromium for `make desk`
#   Scripts/setup.sh lint       the system packages only, with clang-format for `make lint`
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
wanted="${1:-build}"

# Swift

command -v "${SWIFT:-swift}" >/dev/null 2>&1 \
  || fail "no swift on the PATH: install Swift 6.2 or newer (https://swift.org/install) and try again."
swift_version=$("${SWIFT:-swift}" --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+\.[0-9]+).*/\1/p' | head -n 1)
[ "$(printf '6.2\n%s\n' "${swift_version:-0}" | sort -V | head -n 1)" = 6.2 ] \
  || fail "Swift ${swift_version:-of an unknown version} is too old: Ascent needs 6.2 or newer."

# System packages. The tests are for the tools and libraries, whatever package provides them.

missing_packages() {
  local has_pkg_config=yes
  command -v pkg-config >/dev/null 2>&1 || { has_pkg_config=no; echo pkg-config; }
  provides() { [ "$has_pkg_config" = yes ] && pkg-config --exists "$1" 2>/dev/null; }
  provides gsl || echo libgsl-dev
  provides expat || echo libexpat1-dev
  provides zlib || echo zlib1g-dev
  if [ "$wanted" = libraries ]; then
    : # the Python that is named brings its own headers
  elif provides python3-embed && [ -x "$(Scripts/linked-python.sh interpreter)" ]; then
    "$(Scripts/linked-python.sh interpreter)" -I -c 'import ensurepip, venv' 2>/dev/null || echo python3-venv
  else
    echo python3-dev
    echo python3-venv
  fi
  if [ "$wanted" = installation ]; then
    command -v zsh >/dev/null 2>&1 || echo zsh
    command -v fish >/dev/null 2>&1 || echo fish
    command -v man >/dev/null 2>&1 || echo man-db
  fi
  # The tests compile exported C by both.
  if [ "$wanted" != libraries ]; then
    command -v gcc >/dev/null 2>&1 || echo gcc
    command -v clang >/dev/null 2>&1 || echo clang
  fi
  if [ "$wanted" = exports ]; then
    command -v qemu-arm >/dev/null 2>&1 || echo qemu-user
    command -v arm-linux-gnueabihf-gcc >/dev/null 2>&1 || echo gcc-arm-linux-gnueabihf libc6-dev-armhf-cross
  fi
  if [ "$wanted" = ranks ]; then
    # Another MPI is the user's own to install.
    { [ "${MPI:-ompi-c}" != ompi-c ] || provides ompi-c; } || echo libopenmpi-dev openmpi-bin
    command -v ip >/dev/null 2>&1 || echo iproute2
  fi
  if [ "$wanted" = desk ]; then
    command -v chromium >/dev/null 2>&1 || echo chromium
  fi
  if [ "$wanted" = processors ]; then
    command -v qemu-x86_64 >/dev/null 2>&1 || echo qemu-user
  fi
  if [ "$wanted" = lint ] || [ -n "${CI:-}" ]; then
    command -v clang-format >/dev/null 2>&1 || echo clang-format
  fi
}

install_packages() {
  local names="$*" root=()
  command -v apt-get >/dev/null 2>&1 \
    || fail "missing: $names (Debian's names). Install them with this system's package manager and try again."
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null 2>&1 \
      || fail "missing: $names. As root, say: apt-get install $names"
    root=(sudo)
    if [ ! -t 0 ]; then root+=(-n); else sudo -v || fail "missing: $names, and sudo was refused."; fi
  fi
  say "Installing ${names} (${root[*]:+sudo }apt-get install)"
  logged apt-update "${root[@]}" apt-get update -q || fail "apt-get update failed, so $names cannot be installed: is there a network? (log: $logs/apt-update.log)"
  logged apt-install "${root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install -q -y --no-install-recommends $names \
    || fail "apt-get could not install ${names}: is there a network? (log: $logs/apt-install.log)"
}

missing=$(missing_packages | tr '\n' ' ')
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086
  install_packages $missing
  missing=$(missing_packages | tr '\n' ' ')
  [ -z "$missing" ] || fail "still missing after the installation: $missing(see $logs/apt-install.log)."
fi
[ "$wanted" = build ] || exit 0

# The Python environment, made with the linked Python; `python3` in the PATH may be another one.

python=$(Scripts/linked-python.sh interpreter)
python_version=$("$python" -I -c 'import platform; print(platform.python_version())')
stamp=".venv/.ascent-setup"
key="$(cat envs/requirements.txt envs/constraints.txt | sha256sum | cut -d ' ' -f 1) $python $python_version"

if [ "$(cat "$stamp" 2>/dev/null)" != "$key" ]; then
  if [ -e .venv ]; then
    found=$(.venv/bin/python -I -c 'import platform; print(platform.python_version())' 2>/dev/null || echo none)
    if [ "$found" != "$python_version" ] || ! .venv/bin/python -I -c 'import pip' 2>/dev/null; then
      if [ "$found" != none ] && [ ! -e "$stamp" ]; then
        fail ".venv holds Python $found, Ascent links $python_version: move .venv away and try again."
      fi
      say "Making .venv again: it held Python $found, Ascent links $python_version"
      rm -rf .venv
    fi
  fi
  if [ ! -e .venv ]; then
    say "Making .venv with $python ($python_version)"
    logged venv "$python" -I -m venv .venv || { rm -rf .venv; fail "could not make .venv (log: $logs/venv.log)."; }
    : >"$stamp"
  fi
  if ! .venv/bin/python -I Scripts/pinned.py envs/requirements.txt envs/constraints.txt; then
    say "Installing the packages of envs/requirements.txt into .venv"
    logged pip .venv/bin/python -I -m pip install --disable-pip-version-check --no-input --retries 2 \
      --requirement envs/requirements.txt \
      || fail "pip could not install envs/requirements.txt: is there a network? (log: $logs/pip.log)"
  fi
  printf '%s\n' "$key" >"$stamp"
fi
