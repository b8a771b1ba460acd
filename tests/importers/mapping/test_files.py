import pytest

from dashboard.errors import MappingError
from dashboard.importers.mapping import mapping_from_yaml, mapping_to_yaml
from dashboard.importers.presets import presets


def test_a_mapping_survives_its_file() -> None:
    for preset in presets().values():
        if preset.mapping:
            assert mapping_from_yaml(mapping_to_yaml(preset.mapping)) == preset.mapping


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: x\nkindd: y\n", "line 2, kindd: is no key"),
        ("title: x\nkind: {text: war}\n", "war is no code of ours"),
        ("date:\n  start: a\n  order: d/m\n", r"line 3, date\.order"),
        ("a: [", "line 1"),
        ("a: &x [1]\nb: *x\n", "anchors"),
        ("- a\n", "should hold keys"),
        ("!!python/object/apply:os.system ['true']", "no YAML|line 1"),
        ("x" * 300_000, "longer than"),
        ("a: " + "[" * 150_000, "^The mapping cannot be used: line 1: it is nested deeper"),
        (f"notes: {{text: '{'{a}' * 31}'}}", r"line 1, notes\.text: .*at most 30 columns"),
        (f"notes: {{text: {'a' * 1_001}}}", "at most 1000 characters"),
        (f"notes: {{columns: [a, b], join: {'-' * 21}}}", "at most 20 characters"),
        (f"name: {{column: a, values: {{x: {'y' * 501}}}}}", "at most 500 characters"),
        (f"name: {{column: a, otherwise: {'y' * 501}}}", "at most 500 characters"),
        (f"name: {{like: [{', '.join('a*' for _ in range(101))}]}}", "at most 100 items"),
    ],
)
def test_a_bad_file_is_refused_with_line_and_key(text: str, words: str) -> None:
    with pytest.raises(MappingError, match=words):
        mapping_from_yaml(text)
