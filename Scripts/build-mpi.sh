#!/usr/bin/env bash
# Builds the executable in release mode with an MPI: Scripts/build-mpi.sh ompi-c or mpich, its name for pkg-config.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
mpi="$1"

pkg-config --exists "$mpi" || fail "pkg-config knows no $mpi: MPI is ompi-c (libopenmpi-dev) or mpich (libmpich-dev)"
flags=()
link_python
static_swift
[ -x ".build/$mpi/release/ascent" ] || say "Building with $mpi: the first time takes some minutes (log: $logs/build-$mpi.log)"
ASCENT_MPI="$mpi" swift_build "build-$mpi" -c release --product ascent --traits MPI --scratch-path ".build/$mpi" "${flags[@]}"
echo ".build/$mpi/release/ascent"
