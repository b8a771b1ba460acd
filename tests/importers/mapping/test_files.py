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
    ],
)
def test_a_bad_file_is_refused_with_line_and_key(text: str, words: str) -> None:
    with pytest.raises(MappingError, match=words):
        mapping_from_yaml(text)
