import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

SMALL = Path(__file__).parents[1] / "importers" / "small"


def test_a_store_is_backed_up_restored_verified_and_an_edit_from_outside_found(
    atlas: Callable[..., Any], atlas_process: Callable[..., Any], tmp_path: Path
) -> None:
    settings = {
        "ARSENAL_ATLAS_PACKAGE": str(SMALL),
        "ARSENAL_ATLAS_DB": f"sqlite:///{tmp_path / 'atlas.sqlite'}",
        "ARSENAL_ATLAS_AUDIT_ANCHOR": str(tmp_path / "anchor"),
    }
    assert atlas_process("db", "init", **settings).returncode == 0
    made = atlas("db", "backup", **settings)
    assert made.returncode == 0, made.stderr
    file = Path(made.stdout.strip())
    assert file.parent == tmp_path / "atlas-data" / "backups"
    new = f"sqlite:///{tmp_path / 'new.sqlite'}"
    restored = atlas("db", "restore", str(file), "--into", new)
    assert restored.returncode == 0, restored.stderr
    assert "Restored and compared" in restored.stderr
    verified = atlas("db", "verify", **settings)
    assert (verified.returncode, verified.stdout) == (0, "")
    assert "0 errors; audit trail of 2 entries" in verified.stderr
    shown = atlas("db", "audit", "--last", "1", **settings).stdout
    assert "back up" in shown
    assert "seed" not in shown
    raw = sqlite3.connect(tmp_path / "atlas.sqlite")
    raw.execute("UPDATE sites SET notes = 'nobody will notice'")
    raw.commit()
    raw.close()
    tampered = atlas("db", "verify", **settings)
    assert tampered.returncode == 1
    assert "changed past the atlas" in tampered.stdout
