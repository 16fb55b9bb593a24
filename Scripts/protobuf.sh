#!/usr/bin/env bash
# Writes Sources/Exports/Generated/onnx.pb.swift from onnx.proto beside it, with the protoc of PyPI's grpcio-tools and
# the plugin of the swift-protobuf that is linked. Only a change of onnx.proto, or another swift-protobuf, needs it.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

generated=Sources/Exports/Generated
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"${SWIFT:-swift}" build --package-path .build/checkouts/swift-protobuf --scratch-path "$scratch/build" \
  --product protoc-gen-swift
/usr/bin/python3 -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check grpcio-tools==1.85.1
"$scratch/venv/bin/python" -m grpc_tools.protoc --proto_path="$generated" --swift_out="$generated" \
  --plugin="protoc-gen-swift=$scratch/build/debug/protoc-gen-swift" onnx.proto
say "$generated/onnx.pb.swift is written"
