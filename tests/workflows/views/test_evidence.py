import pytest

from dashboard.errors import RecordNotFoundError
from dashboard.importers.package import read_package
from dashboard.settings import starter_path
from dashboard.workflows.views.evidence import Library, build_library


@pytest.fixture(scope="module")
def library() -> Library:
    package = read_package(starter_path("data"))
    return build_library(package.tables, package.version)


def test_links_are_seen_from_both_sides(library):
    assert "ev-2021-defence-mou" in library.get("ev-2021-gantz-visit").linked
    assert "ev-2021-gantz-visit" in library.get("ev-2021-defence-mou").linked


def test_an_actor_knows_its_sites_events_and_parts(library):
    linked = library.get("ac-iai").linked
    assert {"st-bluebird-benslimane", "ac-bluebird"} <= set(linked)
    assert any(i.startswith("ev-") for i in linked)


def test_supporting_citations_come_first(library):
    stances = [c.stance for c in library.get("st-bluebird-benslimane").citations]
    assert stances == sorted(stances, reverse=True)
    assert set(stances) == {"supports", "contradicts"}


def test_an_unknown_id_is_an_error_that_names_it(library):
    with pytest.raises(RecordNotFoundError) as caught:
        library.get("st-none")
    assert caught.value.record_id == "st-none"
