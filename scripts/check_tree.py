"""Check the checkout: locks current and free of addresses, nothing big, nothing of one machine."""

import hashlib
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
LARGEST_BYTES = 1_000_000
ADDRESS = re.compile(r"://|--(?:extra-)?index-url|--find-links|@ file:|^-e |\bfile:", re.MULTILINE)
# What must not stand in any file: someone's folders, and hosts of package registries (a mirror serves too).
# A file that needs one says why on the same line with the words "a path on purpose".
PRIVATE = re.compile(
    r"(?<![\w.~$}/-])/(?:work|root|home/\w+|Users/\w+)(?:/|\b)"
    r"|\b(?:files\.pythonhosted|pypi|registry\.npmjs|registry\.yarnpkg|deb\.debian)\.(?:org|com)\b"
)
ON_PURPOSE = "a path on purpose"
# Keys and tokens by their shape, and passwords inside addresses; a line that needs one says so likewise.
SECRET = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----"
    r"|\bAKIA[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_-]{35}\b|\bxox[abprs]-[0-9A-Za-z-]{10,}"
    r"|\bgh[opsu]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{22,}|\bglpat-[A-Za-z0-9_-]{20,}"
    r"|\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\."
    r"|\batlas_[A-Za-z0-9_-]{32,}"
)
PASSWORD = re.compile(r"\b[a-z][a-z0-9+]{2,30}://[^\s:/@\"'`{}<>]+:(?!PASSWORD\b|\*\*\*)[^\s:/@\"'`{}<>]+@")
HARMLESS = "no secret"


def main() -> int:
    """Print what is wrong, one line each; 0 when nothing is."""
    if "--fingerprint" in sys.argv:
        print(fingerprint())
        return 0
    problems = [*_locks(), *_files(), *_modes()]
    print("\n".join(problems))
    return bool(problems)


def fingerprint() -> str:
    """Reduce what the locks are made from to one short word, so that a stale lock shows without a network."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    project = content["project"]
    inputs = [
        project["requires-python"],
        project["dependencies"],
        project["optional-dependencies"],
        content["dependency-groups"],
        content["build-system"]["requires"],
    ]
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()[:16]


def _locks() -> Iterator[str]:
    expected = fingerprint()
    for name in ("pip", "node", "run", "hosting", "dev"):
        lock = f"locks/{name}.txt"
        if not (ROOT / lock).exists():
            yield f"{lock} is missing: run `make lock`"
            continue
        text = (ROOT / lock).read_text("utf-8")
        if name in {"run", "hosting", "dev"} and f"# inputs: {expected}\n" not in text:
            yield f"{lock} is older than the dependencies in pyproject.toml: run `make lock`"
        if found := ADDRESS.search(text):
            yield f"{lock} names an address ({found.group()}), but any mirror must be able to serve it"
        for block in re.split(r"\n(?=[a-z0-9])", text)[1:]:
            if "--hash=sha256:" not in block:
                yield f"{lock}: {block.splitlines()[0]} has no hash"
    packages = json.loads((ROOT / "dashboard/frontend/package-lock.json").read_text("utf-8"))["packages"]
    if any("resolved" in package for package in packages.values()):
        yield "dashboard/frontend/package-lock.json names addresses: run `npm install` there, with its .npmrc"


def _files() -> Iterator[str]:
    for name in _tracked():
        path = ROOT / name
        if not path.is_file():
            continue
        if path.stat().st_size > LARGEST_BYTES:
            yield f"{name} is larger than {LARGEST_BYTES:,} bytes: make it from something smaller"
        try:
            lines = path.read_text("utf-8").splitlines()
        except UnicodeDecodeError:
            continue
        for number, line in enumerate(lines, start=1):
            if (found := PRIVATE.search(line)) and ON_PURPOSE not in line:
                yield f"{name}:{number} names {found.group()}: no machine's folders, no registry's host"
            # Tests hand made-up passwords to what must hide them.
            shapes = (SECRET,) if name.startswith("tests/") else (SECRET, PASSWORD)
            if HARMLESS not in line and any(shape.search(line) for shape in shapes):
                yield f"{name}:{number} looks like a secret: take it out, and change it wherever it is in use"


def _modes() -> Iterator[str]:
    for name in (".ci/run", "scripts/setup", "scripts/check", "scripts/lock", "scripts/audit"):
        if not os.access(ROOT / name, os.X_OK):
            yield f"{name} is not executable: chmod +x {name}"


def _tracked() -> list[str]:
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [name for name in names.split("\0") if name]


if __name__ == "__main__":
    sys.exit(main())
