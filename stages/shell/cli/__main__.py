"""``python -m stages.shell.cli`` is ``upcurve``."""

from __future__ import annotations

from stages.shell.cli.main import main

if __name__ == "__main__":
    main()
