#!/usr/bin/env bash
# Installs what `make build` made, or removes it again.
#
#   Scripts/install.sh install     PREFIX (/usr/local) and DESTDIR (empty) are variables of the environment
#   Scripts/install.sh uninstall   removes the files that the list of the installation names
#
# Nothing is built here, so that `sudo make install` needs no Swift: the executables (one for each Python for which there
# is a build), the manual pages, the completions for bash, zsh and fish, the licenses, and a list of these files.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

prefix="${PREFIX:-/usr/local}"
case "$prefix" in
/*) ;;
*) fail "PREFIX=$prefix is not an absolute path: name one, such as PREFIX=$HOME/.local" ;;
esac
prefix="${prefix%/}"
destination="${DESTDIR:-}"
list="$prefix/share/ascent/files"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
: >"$scratch/files"

# put MODE FILE PATH: installs a file as $PREFIX/PATH, and adds it to the list.
put() {
  local target="$prefix/$3"
  install -D -m "$1" "$2" "$destination$target" 2>"$scratch/error" ||
    fail "cannot write $destination$target ($(tail -n 1 "$scratch/error")): use sudo, or another PREFIX"
  printf '%s\n' "$target" >>"$scratch/files"
}

install_all() {
  local built=.build/release executable name
  [ -x "$built/ascent" ] || fail "there is no $built/ascent: say make build first"
  for executable in "$built/ascent" "$built"/ascent-python*; do
    [ -x "$executable" ] || continue
    name=$(basename "$executable")
    # A name for the same Python, or one without a build of its own, is a link here, too.
    if [ -L "$executable" ]; then
      ln -sfn "$(basename "$(readlink "$executable")")" "$scratch/link"
      mkdir -p "$destination$prefix/bin" 2>/dev/null || fail "cannot write $destination$prefix/bin: use sudo, or another PREFIX"
      cp -P --remove-destination "$scratch/link" "$destination$prefix/bin/$name"
      printf '%s\n' "$prefix/bin/$name" >>"$scratch/files"
    else
      cp "$executable" "$scratch/executable"
      strip "$scratch/executable"
      put 755 "$scratch/executable" "bin/$name"
    fi
  done

  /usr/bin/python3 Scripts/manual.py "$built/ascent" "$scratch/man"
  for page in "$scratch"/man/*.1; do put 644 "$page" "share/man/man1/$(basename "$page")"; done
  /usr/bin/python3 Scripts/completions.py "$built/ascent" "$scratch/completions"
  put 644 "$scratch/completions/ascent.bash" share/bash-completion/completions/ascent
  put 644 "$scratch/completions/_ascent" share/zsh/site-functions/_ascent
  put 644 "$scratch/completions/ascent.fish" share/fish/vendor_completions.d/ascent.fish
  put 644 LICENSE share/doc/ascent/LICENSE
  put 644 CShims/CMath/musl/COPYRIGHT share/doc/ascent/COPYRIGHT.musl
  printf '%s\n' "$list" >>"$scratch/files"
  # What an older version installed and this one does not.
  [ ! -f "$destination$list" ] || remove_listed "$scratch/files"
  install -D -m 644 "$scratch/files" "$destination$list"
  say "Installed $(wc -l <"$scratch/files") files below $destination$prefix; $destination$list names them"
}

# remove_listed KEPT: removes the files of the list that are not in the list KEPT.
remove_listed() {
  local path
  while read -r path; do
    case "$path" in
    "$prefix"/*..*) fail "$destination$list names $path: remove the files by hand" ;;
    "$prefix"/*) ;;
    *) fail "$destination$list names $path, which is not below $prefix: name the PREFIX of the installation" ;;
    esac
    grep -qxF -- "$path" "$1" || rm -f -- "$destination$path"
  done <"$destination$list"
}

uninstall_all() {
  [ -f "$destination$list" ] || fail "there is no $destination$list: name the PREFIX and DESTDIR of the installation"
  local count
  count=$(wc -l <"$destination$list")
  remove_listed /dev/null
  rmdir -- "$destination$prefix/share/ascent" "$destination$prefix/share/doc/ascent" 2>/dev/null || true
  say "Removed $count files below $destination$prefix"
}

case "${1:-}" in
install) install_all ;;
uninstall) uninstall_all ;;
*) fail "usage: Scripts/install.sh install | uninstall" ;;
esac
