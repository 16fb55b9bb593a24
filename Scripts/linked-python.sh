#!/usr/bin/env bash
# Prints the interpreter whose libpython `pkg-config python3-embed` links, or the libraries for linking it statically.
set -euo pipefail

version=$(pkg-config --modversion python3-embed)
prefix=$(pkg-config --variable=prefix python3-embed)
interpreter="$prefix/bin/python$version"

case "${1:-}" in
interpreter)
  echo "$interpreter"
  ;;
static-archive) # the static library's path, or nothing
  "$interpreter" - <<'PYTHON'
import os, sysconfig
folder = sysconfig.get_config_var("LIBPL") or ""
name = "libpython" + sysconfig.get_config_var("LDVERSION") + ".a"
path = os.path.join(folder, name)
print(path if os.path.isfile(path) else "")
PYTHON
  ;;
static-libraries) # what the static library needs
  "$interpreter" -c 'import sysconfig
print(sysconfig.get_config_var("LIBS"), sysconfig.get_config_var("SYSLIBS"), "-lexpat -lz -lm")'
  ;;
*)
  echo "usage: linked-python.sh interpreter | static-archive | static-libraries" >&2
  exit 2
  ;;
esac
