"""What lies in deploy/ holds together: it parses, names settings that exist, and carries no secret."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from dashboard.settings import Settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
# Read by load_settings itself; a folder, no setting.
BESIDES = {"ARSENAL_ATLAS_SECRETS_FOLDER"}
SECRET = {"ARSENAL_ATLAS_DB", "ARSENAL_ATLAS_COOKIE_SECRET", "ARSENAL_ATLAS_OIDC_CLIENT_SECRET"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_setting_named_exists(path):
    known = {f"ARSENAL_ATLAS_{name.upper()}" for name in Settings.model_fields} | BESIDES
    named = set(re.findall(r"\bARSENAL_ATLAS_[A-Z_]+\b", path.read_text("utf-8")))
    assert named <= known


def test_the_example_settings_are_accepted_and_carry_no_secret(monkeypatch):
    lines = (DEPLOY / "environment.example").read_text("utf-8").splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    assert not SECRET & set(given)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    assert Settings().sign_in == "oidc"


def test_the_compose_file_says_what_it_must():
    yaml = pytest.importorskip("yaml")
    content = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    services = content["services"]
    assert set(services) == {"postgres", "atlas-1", "atlas-2", "nginx"}
    for name in ("atlas-1", "atlas-2"):
        one = services[name]
        assert one["read_only"]
        assert one["cap_drop"] == ["ALL"]
        assert "ports" not in one  # reached by way of nginx alone
        assert set(one["secrets"]) >= SECRET
    assert services["nginx"]["ports"] == ["80:80", "443:443"]
    assert content["networks"]["store"]["internal"]
    used = {secret for one in services.values() for secret in one.get("secrets", [])}
    assert used == set(content["secrets"])
    for one in services.values():
        for volume in one.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in content["volumes"]


def test_the_proxys_address_in_the_compose_file_is_the_trusted_one():
    yaml = pytest.importorskip("yaml")
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))["services"]
    proxy = services["nginx"]["networks"]["site"]["ipv4_address"]
    assert services["atlas-1"]["environment"]["ARSENAL_ATLAS_TRUSTED_PROXIES"] == proxy


def test_the_image_runs_as_nobody_special_with_what_was_locked():
    lines = (DEPLOY / "Dockerfile").read_text("utf-8").splitlines()
    last = lines[max(i for i, line in enumerate(lines) if line.startswith("FROM ")) :]
    assert any(re.fullmatch(r"USER [1-9]\d*:[1-9]\d*", line) for line in last)
    assert any(line.startswith("HEALTHCHECK") for line in last)
    assert not [line for line in last if re.search(r"\b(pip|npm|apt-get) ", line)]
    installs = [line for line in lines if "pip install" in line and " ." not in line]
    assert installs
    assert all("--require-hashes" in line for line in installs)
    assert re.search(r"^\.git$", (ROOT / ".dockerignore").read_text("utf-8"), re.MULTILINE)


def test_what_the_image_copies_is_there():
    for line in (DEPLOY / "Dockerfile").read_text("utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            for source in line.split()[1:-1]:
                assert (ROOT / source).exists(), line


def test_systemd_accepts_the_unit(tmp_path):
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("no systemd here")
    unit = (DEPLOY / "systemd" / "arsenal-atlas@.service").read_text("utf-8")
    program = shutil.which("true")
    unit = re.sub(r"/opt/arsenal-atlas/bin/arsenal-atlas|/usr/bin/flock", str(program), unit)
    (tmp_path / "arsenal-atlas@.service").write_text(unit)
    done = subprocess.run(
        [analyze, "verify", "--man=no", str(tmp_path / "arsenal-atlas@8601.service")],
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "arsenal-atlas@" in line and "Failed to" not in line]
    assert ours == []


def test_the_unit_is_hardened():
    unit = (DEPLOY / "systemd" / "arsenal-atlas@.service").read_text("utf-8")
    for line in (
        "User=atlas",
        "NoNewPrivileges=yes",
        "ProtectSystem=strict",
        "LimitNOFILE=65536",
        "KillSignal=SIGTERM",
        "Restart=always",
    ):
        assert f"\n{line}\n" in unit


def test_the_image_can_back_up_the_server_of_the_compose_file():
    server = re.search(r"image: postgres:(\d+)", (DEPLOY / "compose.yaml").read_text("utf-8"))
    client = re.search(r"postgresql-client-(\d+)", (DEPLOY / "Dockerfile").read_text("utf-8"))
    assert server
    assert client
    assert int(client[1]) >= int(server[1])
