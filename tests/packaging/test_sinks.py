"""Ways by which a record's text could become code or SQL: closed, or named here with a reason (S16)."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "dashboard"
# bench measures how other ways of drawing compare, on made-up names; the app never imports it.
FILES = sorted(
    path
    for path in PACKAGE.rglob("*.py")
    if not {"frontend", "starter", "static", "bench"} & set(path.relative_to(PACKAGE).parts)
)
# Each with what makes it safe there. A new one is a decision: name it here, with its reason.
HTML = {
    "ui/articles/text.py": "the text of an article between our own marks, each piece escaped",
    "ui/importing/problems.py": "a table between our own marks, each cell escaped",
    "ui/importing/rows.py": "a table between our own marks, each cell escaped",
    "ui/navigation.py": "our own style for a heading, chosen by its number; no record in it",
    "ui/page.py": "our own style sheet, no record in it",
    "ui/person.py": "a link to sign in or out, address and words escaped",
}
SQL = {
    "store/layers/in_table.py": "a checked short name and a hash name the table, its columns are our own",
    "store/layers/rows.py": "names of the columns of our own schema; what rows hold travels as parameters",
    "store/backups/manifest.py": "names of tables and columns come from the schema, and are quoted",
    "store/database/migrations/": "names of tables stand in the migration itself",
}
RUNNERS = {"text", "execute", "executemany", "executescript", "exec_driver_sql", "scalar", "scalars"}
# On each of these a hostile name was seen to run (docs/map-document.md).
FORBIDDEN = {
    "unsafe_allow_html",
    "unsafe_allow_javascript",
    "JsCode",
    "Popup",
    "GeoJsonPopup",
    "Tooltip",
    "GeoJsonTooltip",
    "DivIcon",
    "folium_static",
    "st_folium",
    "_repr_html_",
}


def place(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def names_in(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """Every name that code uses: of variables, attributes, keywords, imports; not what stands in texts."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.id, node.lineno
        elif isinstance(node, ast.Attribute):
            if not (isinstance(node.value, ast.Name) and node.value.id == "alt"):  # Altair's are inert
                yield node.attr, node.lineno
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg, node.value.lineno
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2], node.lineno


def is_called(node: ast.AST, owner: str, name: str) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == name
        and isinstance(node.func.value, ast.Name | ast.Attribute)
        and (node.func.value.id if isinstance(node.func.value, ast.Name) else node.func.value.attr) == owner
    )


def is_put_together(node: ast.AST, built: set[str]) -> bool:
    """Whether a text is made of parts: an f-string, a sum, a format; or a variable that was."""
    if isinstance(node, ast.JoinedStr):
        head = node.values[0]
        if isinstance(head, ast.Constant) and str(head.value).startswith("PRAGMA "):
            return False  # takes no parameters; its names and numbers are constants
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Add | ast.Mod) and (
            is_text(node.left) or is_text(node.right) or is_put_together(node.left, built)
        )
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format":
        return True
    return isinstance(node, ast.Name) and node.id in built


def is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def sql_put_together(tree: ast.AST) -> list[int]:
    built = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and is_put_together(node.value, set())
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
        in RUNNERS
        and node.args
        and is_put_together(node.args[0], built)
    ]


@cache
def trees() -> dict[str, ast.Module]:
    return {place(path): ast.parse(path.read_text("utf-8")) for path in FILES}


def test_no_way_from_a_record_to_code():
    used = [(name, line, where) for where, tree in trees().items() for name, line in names_in(tree)]
    assert [one for one in used if one[0] in FORBIDDEN] == []


def test_html_is_written_in_named_places_only():
    places = {
        where
        for where, tree in trees().items()
        for node in ast.walk(tree)
        if is_called(node, "st", "html") or is_called(node, "components", "html")
    }
    assert places == set(HTML)


def test_sql_is_put_together_in_named_places_only():
    found = {where: lines for where, tree in trees().items() if (lines := sql_put_together(tree))}
    assert {where: lines for where, lines in found.items() if not where.startswith(tuple(SQL))} == {}
    assert [allowed for allowed in SQL if not any(where.startswith(allowed) for where in found)] == []


@pytest.mark.parametrize(
    "code",
    [
        'c.execute(f"select {name}")',
        'c.execute(text("select " + name))',
        'c.execute("select %s" % name)',
        'c.execute("select {}".format(name))',
        's = f"select {name}"\nc.exec_driver_sql(s)',
        'c.execute("a" + b + "c")',
    ],
)
def test_the_search_for_sql_finds_it(code):
    assert sql_put_together(ast.parse(code))


def test_the_search_for_sql_lets_parameters_pass():
    assert not sql_put_together(
        ast.parse('c.execute(text("select :name"), {"name": name})\ntext(x)\nc.execute(q)')
    )


def test_the_front_end_writes_no_html():
    sinks = re.compile(
        r"\.(?:innerHTML|outerHTML)\s*=|insertAdjacentHTML|document\.write|\beval\(|new Function\("
    )
    for path in sorted((PACKAGE / "frontend" / "src").rglob("*.ts")):
        assert [line for line in path.read_text("utf-8").splitlines() if sinks.search(line)] == [], path.name
