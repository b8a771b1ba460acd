"""The Share panel and the address on the pages: codes, notices, links, citations, files."""

import csv
import io
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from dashboard.domain.access import Role
from dashboard.geocoding.names import fold
from dashboard.runtime import runtime
from dashboard.store.trail.operations import Operation
from dashboard.ui.share import download
from dashboard.ui.share.job import FileJob
from dashboard.workflows.access.audience import EXACT
from dashboard.workflows.sharing.link import read_link
from dashboard.workflows.sharing.take_away import FORMATS
from dashboard.workflows.views.selection import select

Opener = Callable[..., Any]
FACTORY = "st-bluebird-benslimane"


def query(at: Any) -> list[tuple[str, str]]:
    """All pairs of the address; AppTest keeps lists."""
    given = at.query_params
    return [
        (name, value)
        for name, values in given.items()
        for value in (values if isinstance(values, list) else [values])
    ]


def shared(page: Any, part: str = "Link") -> Any:
    """Open the panel, at one of its parts."""
    page.at.session_state["share_open"] = True
    page.at.run()
    if part != "Link":
        page.at.button_group(key="share_part").set_value(part).run()
    assert not page.at.exception, page.at.exception
    return page.at


def test_the_address_holds_codes(open_page: Opener) -> None:
    opened = open_page("atlas")
    opened.at.multiselect(key="country").select("MA").run()
    opened.at.multiselect(key="kind").select("meeting").run()
    opened.at.multiselect(key="country").select("IL").run()
    assert sorted(query(opened.at)) == [("country", "IL"), ("country", "MA"), ("kind", "meeting")]
    # Chosen in this order, shown in this order.
    assert opened.at.multiselect(key="country").value == ["MA", "IL"]


def test_an_older_address_with_words_still_works_and_becomes_codes(open_page: Opener) -> None:
    names = runtime().view(EXACT).library()
    actor = next(one for one in names.evidence if one.startswith("ac-"))
    opened = open_page("atlas", {"country": "Morocco", "actor": names.name(actor), "precision": "Country"})
    assert opened.at.multiselect(key="country").value == ["MA"]
    assert opened.at.multiselect(key="actor").value == [actor]
    assert dict(query(opened.at)) == {"country": "MA", "actor": actor, "precision": "country"}


def test_what_an_address_says_in_vain_is_said_until_it_is_read(open_page: Opener) -> None:
    opened = open_page("atlas", {"country": "Atlantis", "from": "2021", "to": "2019", "utm": "<b>x</b>"})
    assert "country=Atlantis is not understood" in opened.words
    assert "the two were swapped" in opened.words
    assert "“utm” is no parameter" in opened.words
    opened.at.run()
    assert "Atlantis" in opened.words
    opened.at.button(key="dismiss_ignored").click().run()
    assert "Atlantis" not in opened.words


def test_a_link_to_a_record_that_is_gone_or_merged_says_so(
    own_store: str, monkeypatch: pytest.MonkeyPatch, open_page: Opener
) -> None:
    monkeypatch.setenv("ARSENAL_ATLAS_DB", own_store)
    evidence = runtime().view(EXACT).library().evidence.items()
    gone, merged = [one for one, found in evidence if one.startswith("st-") and not found.linked][:2]
    for record_id, why in ((gone, "Twice here"), (merged, f"merged into {FACTORY}")):
        _, revision = runtime().repository.dossier(record_id)
        operation = Operation.new("rev", "delete", record_id, why)
        runtime().repository.delete_record(record_id, revision, operation)
    runtime().refresh()
    opened = open_page("atlas", {"record": gone})
    assert f"The record {gone} was deleted on" in opened.words
    assert "Reason: Twice here." in opened.words
    opened = open_page("atlas", {"record": merged})
    assert f"{merged} was merged into {FACTORY}" in opened.words
    assert dict(query(opened.at))["record"] == FACTORY
    assert "BlueBird SpyX plant" in opened.words


def test_a_code_that_no_record_has_shows_nothing_rather_than_everything(open_page: Opener) -> None:
    opened = open_page("atlas", {"country": "VA"})
    assert opened.at.multiselect(key="country").value == ["VA"]
    assert "0 match the filters" in opened.counts.replace("*", "")


def test_going_back_and_forth_between_pages_keeps_filters_and_order(open_page: Opener) -> None:
    opened = open_page("events", {"country": "MA", "sort": "date"})
    at = opened.at
    at.switch_page("app_pages/sites.py").run()
    assert at.multiselect(key="country").value == ["MA"]
    assert at.selectbox(key="sort").value == "date"
    assert dict(query(at)) == {"country": "MA", "sort": "date"}


@pytest.mark.parametrize(("sort", "backwards"), [("name", False), ("-name", True)])
def test_the_order_of_a_table_lives_in_the_address(open_page: Opener, sort: str, *, backwards: bool) -> None:
    opened = open_page("atlas")
    opened.at.selectbox(key="sort").set_value(sort).run()
    assert dict(query(opened.at))["sort"] == sort
    names = [fold(name) for name in opened.names]
    assert names == sorted(names, reverse=backwards)


def test_the_link_of_the_panel_opens_the_same_rows(open_page: Opener) -> None:
    opened = open_page("events", {"country": "MA", "from": "2020", "sort": "date", "record": "ev-2026-jmc3"})
    texts = [code.value for code in shared(opened).code]
    address, short = (urlsplit(text) for text in texts[:2])
    assert address.path.endswith("/events")
    again = open_page("events", dict(parse_qsl(address.query)))
    assert again.names == opened.names
    assert short.path == "/r/ev-2026-jmc3"


@pytest.mark.parametrize(("page", "unasked"), [("sites", "name"), ("events", "-date")])
@pytest.mark.parametrize("elsewhere", ["", "name", "-date", "country"])
def test_a_link_of_a_list_shows_its_receiver_the_same_order(
    open_page: Opener, page: str, unasked: str, elsewhere: str
) -> None:
    """Whatever the order of the Atlas was before, and whether the list's own was chosen or came unasked."""
    sender = open_page("atlas", {"sort": elsewhere} if elsewhere else {})
    sender.at.switch_page(f"app_pages/{page}.py").run()
    for chosen in (None, unasked):
        if chosen:
            sender.at.selectbox(key="sort").select(chosen).run()
        at = shared(sender)
        address = urlsplit(at.code[0].value)
        assert address.path == f"/{page}"
        receiver = open_page(page, dict(parse_qsl(address.query)))
        assert receiver.names == sender.names
        assert receiver.at.selectbox(key="sort").value == sender.at.selectbox(key="sort").value


def test_a_view_is_cited_with_its_version(open_page: Opener) -> None:
    opened = open_page("atlas", {"country": "MA"})
    words, bibtex, csl = (code.value for code in shared(opened, "Cite").code)
    version = runtime().view(EXACT).published.version
    assert all(version in text for text in (words, bibtex, csl))
    assert "Country: Morocco" in words


def test_the_code_for_a_frame_names_what_the_page_shows(open_page: Opener) -> None:
    opened = open_page("events", {"country": "MA"})
    (code,) = shared(opened, "Embed").code
    assert "/embed?type=event&amp;country=MA" in code.value


def made(page: Any, format_id: str) -> FileJob:
    at = shared(page, "Download")
    at.selectbox(key="share_format").set_value(format_id).run()
    at.button(key="share_make").click().run()
    job: FileJob = at.session_state["share_job"]
    job._future.exception(60)  # waits
    at.run()
    return job


def test_a_file_holds_exactly_the_rows_shown_in_their_order(open_page: Opener) -> None:
    opened = open_page("events", {"country": "MA", "from": "2020", "sort": "name"})
    job = made(opened, "csv")
    assert job.error == ""
    link, _ = read_link([("type", "event"), ("country", "MA"), ("from", "2020")])
    shown = select(runtime().view(EXACT).frames(), link.filters, link.window).shown
    text = job.read().decode("utf-8-sig")
    lines = [line for line in text.splitlines(keepends=True) if not line.startswith("#")]
    rows = list(csv.DictReader(io.StringIO("".join(lines))))
    assert sorted(row["id"] for row in rows) == sorted(shown.ids())
    assert [row["name"] for row in rows] == opened.names
    assert opened.at.get("download_button")


def test_nothing_is_made_before_it_is_asked_for_or_kept_for_another_view(open_page: Opener) -> None:
    opened = open_page("events", {"country": "MA"})
    at = shared(opened, "Download")
    assert "share_job" not in at.session_state
    job = made(opened, "geojson")
    folder = job._folder  # what is left on the disk
    assert folder.is_dir()
    at.multiselect(key="country").select("IL").run()
    assert "share_job" not in at.session_state
    assert not folder.exists()


def test_too_many_records_for_a_page_are_said_instead_of_tried(
    open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "MOST_ROWS", 5)
    opened = open_page("events")
    at = shared(opened, "Download")
    assert "a page makes files of 5 at most" in opened.words
    assert "share_make" not in [button.key for button in at.button]


def test_every_format_says_what_it_carries(open_page: Opener) -> None:
    opened = open_page("events")
    at = shared(opened, "Download")
    for one in FORMATS.values():
        at.selectbox(key="share_format").set_value(one.id).run()
        assert one.carries in opened.words


def test_a_view_of_nothing_makes_no_file(open_page: Opener) -> None:
    opened = open_page("events", {"country": "VA"})
    assert shared(opened, "Download").button(key="share_make").disabled


def test_anonymous_visitors_of_an_open_atlas_may_take_files_along(
    visitors: Any, open_page: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARSENAL_ATLAS_ANONYMOUS_READING", "true")
    visitors.enter("Rea", Role.READER)
    visitors.leave()
    opened = open_page("events")
    assert shared(opened, "Download").button(key="share_make")


def test_a_link_of_a_version_may_name_an_actor_whom_nobody_knows(open_page: Opener) -> None:
    for version in (runtime().version, "0" * 16):
        opened = open_page("events", {"actor": "ac-gone-by-now", "version": version})
        assert not opened.at.exception
        assert ("actor", "ac-gone-by-now") in query(opened.at)
