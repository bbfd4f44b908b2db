"""The ``upcurve`` command; `stages.shell.cli.main` is its entry."""
