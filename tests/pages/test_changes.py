"""The page of changes, and links that name a version, as people meet them."""

import re
from dataclasses import replace
from typing import Any

import pytest

from dashboard.domain.access import Role
from dashboard.maps.addresses import payload_address
from dashboard.runtime import runtime
from dashboard.store.trail.operations import Operation

SITE = "st-bluebird-benslimane"
OLD, NEW = "BlueBird SpyX plant, Ben Slimane", "A better name"


def rename(name: str = NEW, why: str = "Named so since March", **place: Any) -> None:
    repository = runtime().repository
    dossier, revision = repository.dossier(SITE)
    record = replace(dossier.record, name=name)  # type: ignore[call-arg]  # a site
    first, *others = dossier.locations
    locations = (replace(first, **place), *others)
    operation = Operation.new("ana", "save", SITE, why)
    repository.save_dossier(replace(dossier, record=record, locations=locations), revision, operation)
    runtime().refresh()


@pytest.fixture
def first(own_store: str) -> str:
    """Name of the version before somebody renamed a site."""
    version = runtime().all_published()[0].version
    rename()
    return version


def test_the_log_begins_empty(open_page):
    assert "Nothing has changed since" in open_page("changes").words


def test_the_log_tells_what_was_changed_and_why(first, opened):
    page = opened("changes")
    for word in ("[changed]", NEW, OLD, "Named so since March", "by ana", "1 change"):
        assert word in page.words
    page.fill("text_input", "Record", "nothing of that name")
    assert "No change matches" in page.words
    page.fill("text_input", "Record", "betTer")
    assert "Named so since March" in page.words
    page.fill("selectbox", "What was done", "deleted")
    assert "No change matches" in page.words


def test_a_link_to_the_log_says_what_it_shows(first, opened):
    rename("Another one", "Once more")
    page = opened("changes", of=SITE, change="changed")
    assert page.field("text_input", "Record").value == SITE
    assert "2 changes" in page.words
    page = opened("changes", since="2099-01-01")
    assert "No change matches" in page.words


def test_one_press_shows_all_changes_of_a_record(first, opened):
    page = opened("changes")
    page.press("All changes of it")
    assert page.field("text_input", "Record").value == SITE
    assert page.button("All changes of it") is None


def test_hostile_words_stay_words(own_store, opened):
    rename("<img src=x onerror=alert(1)> [a](http://x) :red[b]", "![](http://x/y.png)")
    found = "\n".join(str(one.value) for one in opened("changes").at.markdown)
    assert r"\<img src" in found
    assert re.findall(r"(?<!\\)<img|(?<!\\)\]\((?=http)|(?<!\\):red\[b", found) == []


def test_a_link_of_a_version_shows_that_version(first, opened):
    page = opened("sites", version=first, record=SITE)
    assert f"You see version {first}" in page.words.replace("`", "")
    assert OLD in page.words
    assert NEW not in page.words
    assert OLD in set(page.at.dataframe[0].value["Name"])
    assert page.button("Delete") is None
    assert "New site" not in [link.proto.label for link in page.at.get("page_link")]
    page.press("Go to the present")
    assert "You see version" not in page.words
    assert NEW in page.words
    assert "version" not in page.at.query_params
    assert "New site" in [link.proto.label for link in page.at.get("page_link")]


def test_the_map_of_a_version_is_its_own(first, open_page):
    assert open_page("atlas", {"version": first}).map["payload"] == payload_address(first)
    assert open_page("atlas").map["payload"] == payload_address(runtime().version)


def test_the_newest_version_by_its_name_can_be_edited(first, opened):
    page = opened("sites", version=runtime().version, record=SITE)
    assert "You see version" not in page.words
    assert "New site" in [link.proto.label for link in page.at.get("page_link")]


def test_a_version_that_is_gone_is_said_to_be(first, opened):
    page = opened("sites", version="f00f")
    assert "no version f00f" in page.words
    assert NEW in set(page.at.dataframe[0].value["Name"])
    page.press(f"Version {first}")
    assert OLD in set(page.at.dataframe[0].value["Name"])


def test_nothing_is_edited_while_a_past_version_is_looked_at(first, opened):
    page = opened("edit", version=first)
    assert "only the present is edited" in page.words
    assert len(page.at.button) == 1 + len(page.at.sidebar.button)
    page.press("Go to the present")
    assert "only the present is edited" not in page.words


def test_two_versions_side_by_side(first, opened):
    page = opened("changes", show="Differences", before=first)
    assert "0 added, 0 removed, 1 changed" in page.words
    (row,) = page.at.dataframe[0].value.to_dict("records")
    assert (row["Field"], row["Before"], row["After"]) == ("name", OLD, NEW)
    page.fill("selectbox", "To", first)
    assert "Choose two versions" in page.words
    page = opened("changes", show="Differences", before="nonsense")
    assert "no version nonsense" in page.words


def test_every_version_can_be_chosen(first, opened):
    page = opened("changes", show="Versions")
    assert list(page.at.dataframe[0].value["Version"]) == [runtime().version, first]
    page.row("versions_table", 1)
    assert f"Version {first}" in page.words.replace("`", "")
    page.press("Differences to the present")
    assert "1 changed" in page.words


def test_a_reader_is_told_nothing_of_a_protected_place(visitors, opened):
    rename(lat=33.58712345, lon=-7.12654321)
    protecting = Operation.new("rev", "protect", SITE, "a source asked")
    runtime().store.protections.set(SITE, 0.5, protecting)
    version = runtime().all_published()[0].version
    visitors.enter("Rea", Role.READER)
    for query in ({}, {"show": "Differences", "before": version}):
        page = opened("changes", **query)
        told = page.words + "".join(str(one.value.to_dict()) for one in page.at.dataframe)
        assert [
            digits for digits in ("33.587", "7.1265", "33.616", "7.1215", "by ana") if digits in told
        ] == []
    assert NEW in opened("changes").words
    visitors.enter("Rev", Role.REVIEWER)
    assert "33.58712345" in opened("changes").words
