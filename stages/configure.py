"""Compose, type and check the configuration.

Reads conf/ and params.yaml, writes data/config.yaml, from which every other stage takes its sections.
Run: python -m stages.configure
"""

from __future__ import annotations

import sys

from stages.shell.compose import compose
from stages.shell.page import replace_file
from stages.shell.stage import CONFIG, prepare_process, report
from stages.shell.store import ROOT


def main() -> int:
    """Write ``data/config.yaml``, or list everything wrong with the configuration."""
    prepare_process()
    try:
        text = compose(ROOT).text()
    except ValueError as error:
        report("configure", error)
        return 1
    path = ROOT / CONFIG
    path.parent.mkdir(exist_ok=True)
    replace_file(path, text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
