"""Arsenal Atlas: defense-industry sites and events on maps under one clock, every claim cited."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("arsenal-atlas")
except PackageNotFoundError:  # running from a source tree that nobody installed
    __version__ = "0+unknown"
