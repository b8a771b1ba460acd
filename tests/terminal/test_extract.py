"""`arsenal-atlas extract`: what it writes, and that a bad file stops nothing."""

import json

import pytest

STORY = "RABAT, Jan. 5 — A shell factory was opened in Ben Slimane on Friday by the minister of industry.\n"


@pytest.fixture
def extract(atlas, gazetteer_file):
    def run(*arguments):
        return atlas("extract", *arguments, ARSENAL_ATLAS_GAZETTEER=str(gazetteer_file))

    return run


def test_extract_writes_one_answer_an_article(atlas_process, gazetteer_file, tmp_path):
    (tmp_path / "a.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps({"text": STORY, "published": "2026-01-05"}), encoding="utf-8")
    done = atlas_process(
        "extract",
        *("a.txt", "b.json", "--output", "found", "--published", "2026-01-05"),
        ARSENAL_ATLAS_GAZETTEER=str(gazetteer_file),
    )
    assert done.returncode == 0, done.stderr
    answers = [json.loads((tmp_path / "found" / f"{name}.json").read_text(encoding="utf-8")) for name in "ab"]
    assert answers[0] == answers[1]
    (event,) = answers[0]["events"]
    assert (event["type"], event["date"], event["country"]) == ("opening", "2026-01-02", "MA")
    assert "2 of 2 articles" in done.stderr


def test_a_bad_file_is_named_and_passed_over(extract, tmp_path):
    (tmp_path / "good.txt").write_text(STORY, encoding="utf-8")
    (tmp_path / "bad.txt").write_bytes(bytes(4000))
    done = extract("bad.txt", "missing.txt", "good.txt", "--output", "found")
    assert done.returncode == 1
    assert "bad.txt is not text" in done.stderr
    assert "missing.txt cannot be read" in done.stderr
    assert (tmp_path / "found" / "good.json").is_file()


def test_two_files_of_one_name_are_refused(extract, tmp_path):
    for name in ("a.txt", "a.md"):
        (tmp_path / name).write_text(STORY, encoding="utf-8")
    done = extract("a.txt", "a.md", "--output", "found")
    assert done.returncode == 2
    assert "there twice" in done.stderr
