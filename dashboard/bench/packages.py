"""Where the rivals' scripts come from: npm packages of the checkout, served by this machine.

folium and its plug-ins name a dozen addresses on foreign hosts. A benchmark that waited for them would
measure the network, and one that runs offline could not run at all.
"""

from pathlib import Path
from typing import Final

from dashboard.bench.browser import BenchError
from dashboard.settings import static_path

__all__ = ["NPM", "modules_path", "npm"]

NPM: Final = "/npm"
"""Address under which the installed npm packages are served."""


def modules_path() -> Path:
    """Find the npm packages of the checkout.

    Returns
    -------
    Path
        Folder of the packages; an installed wheel has none.
    """
    return static_path().parent / "frontend" / "node_modules"


def npm(file: str) -> str:
    """Give the local address of a file of an npm package.

    Parameters
    ----------
    file
        Package and path in it, such as ``moment/moment.js``.

    Returns
    -------
    str
        Path on the benchmark's own server.

    Raises
    ------
    BenchError
        If the package is not installed.
    """
    if not (modules_path() / file).is_file():
        raise BenchError(f"{file} is not installed: the rivals need a checkout after `make install`")
    return f"{NPM}/{file}"
