#!/usr/bin/env bash
# Builds the modules, and the documentation's site from them: .build/site. ARGUMENTS are those of Scripts/docs-site.py.
set -euo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

say "Building the modules (log: $logs/docs-build.log)"
swift_build docs-build --target Ascent
swift_build docs-build --target AscentCommand
/usr/bin/python3 Scripts/docslinks.py
/usr/bin/python3 Scripts/docs-site.py "$@"
