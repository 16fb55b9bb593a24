"""Exits with 0 if this Python has every `name==version` of the given requirements files, else with 1."""

import re
import sys
from importlib.metadata import PackageNotFoundError, version

for line in (line for name in sys.argv[1:] for line in open(name, encoding="utf-8")):
    pin = re.match(r"([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)", line)
    try:
        if pin and version(pin[1]) != pin[2]:
            sys.exit(1)
    except PackageNotFoundError:
        sys.exit(1)
