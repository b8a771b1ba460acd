"""``arsenal-atlas``: the atlas from a terminal.

Commands import what they need when they run, so that ``--help`` answers at once. Whatever goes wrong on
purpose ends in one sentence and exit code 1, never in a traceback.
"""

from dashboard.cli.root import cli, main

__all__ = ["cli", "main"]
