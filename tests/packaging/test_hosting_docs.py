"""What the pages for hosts say is what the code does."""

import re
from pathlib import Path

import pytest

from dashboard.domain.access import ANONYMOUS, Person, Right, Role, may
from dashboard.settings import Settings

ROOT = Path(__file__).parents[2]


def tables(page: str) -> list[list[str]]:
    """Cells of every row of every table, without the lines under the heads."""
    rows = [line for line in (ROOT / page).read_text("utf-8").splitlines() if line.startswith("|")]
    cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in rows]
    return [row for row in cells if not all(set(cell) <= {"-"} for cell in row)]


def test_the_settings_page_describes_each_setting_in_its_own_words():
    rows = {row[0].strip("`"): row[-1].replace(r"\|", "|") for row in tables("docs/settings.md")}
    told = {
        f"ARSENAL_ATLAS_{name.upper()}": field.description for name, field in Settings.model_fields.items()
    }
    assert {name: text for name, text in rows.items() if name.startswith("ARSENAL_ATLAS_")} == told


def test_the_matrix_is_the_codes():
    head, *rows = [row for row in tables("docs/hosting.md") if len(row) == 1 + 1 + len(Role)]
    assert head[1:] == ["anonymous", *(role.value for role in Role)]
    shown = {row[0]: row[1:] for row in rows}
    assert set(shown) == {right.value for right in Right}
    for right in Right:
        anonymous, *roles = shown[right.value]
        assert anonymous == ("if set" if may(ANONYMOUS, right, anonymous_reading=True) else "no")
        assert not may(ANONYMOUS, right)
        for role, cell in zip(Role, roles, strict=True):
            assert cell == ("yes" if may(Person("p", "P", role), right) else "no"), (right, role)


@pytest.mark.parametrize("page", ["SECURITY.md", "docs/hosting.md", "docs/settings.md"])
def test_what_a_page_points_to_is_there(page):
    text = (ROOT / page).read_text("utf-8")
    named = re.findall(r"`((?:tests|scripts|deploy)/[\w./-]+)`", text)
    linked = [link for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text) if "://" not in link]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [link for link in linked if not ((ROOT / page).parent / link).exists()] == []
