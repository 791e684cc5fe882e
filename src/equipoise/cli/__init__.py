"""The command line: verbs, each in a file of its own, imported only when called."""

from equipoise.cli.main import main

__all__ = ["main"]
