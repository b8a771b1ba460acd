"""Past versions: each audience gets them as it sees the present, by names that give nothing away."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from dashboard.domain.access import ANONYMOUS, Person, Role
from dashboard.errors import BusyError, VersionGoneError
from dashboard.runtime import AtlasView, Runtime, past
from dashboard.runtime.built import build
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, shown_version
from dashboard.workflows.versions.differences_between import differences_between, differences_text

READER = Person("p-r", "rea", Role.READER)
REVIEWER = Person("p-v", "rev", Role.REVIEWER)


def by(action: str, subject: str, why: str = "a test") -> Operation:
    return Operation.new("ann", action, subject, why)


def protect(atlas: Runtime, record_id: str, cell: float = 0.1) -> None:
    atlas.store.protections.set(record_id, cell, by("protect", record_id))


def delete(atlas: Runtime, record_id: str) -> None:
    _, revision = atlas.repository.dossier(record_id)
    atlas.repository.delete_record(record_id, revision, by("delete", record_id, "a source asked"))


def move(atlas: Runtime, record_id: str, place: str, **values: Any) -> None:
    dossier, revision = atlas.repository.dossier(record_id)
    locations = tuple(replace(row, place_id=place, **values) for row in dossier.locations)
    atlas.repository.save_dossier(replace(dossier, locations=locations), revision, by("save", record_id))


def everything(view: AtlasView) -> str:
    """All that a view gives, as text."""
    frames = view.frames()
    log = view.change_log()
    return "\n".join(
        map(repr, (view.tables(), view.library().evidence, frames.placements.to_dict("list"), log))
    )


def between(before: AtlasView, after: AtlasView) -> str:
    return "\n".join(differences_text(differences_between(before.tables(), after.tables())))


@pytest.fixture
def shared(make_runtime: Callable[..., Runtime], planted: Any) -> Runtime:
    return make_runtime(
        package=planted.folder, sign_in="header", anonymous_reading=True, cookie_secret="s" * 40
    )


@pytest.fixture
def on_grid(make_runtime: Callable[..., Runtime], planted: Any) -> Runtime:
    own = {"sign_in": "header", "anonymous_reading": True, "cookie_secret": "s" * 40}
    return make_runtime(package=planted.folder, coarsen="anonymous=0.1", **own)


def view(atlas: Runtime, person: Person, version: str = "") -> AtlasView:
    return atlas.view(atlas.audience_of(person), version)


def test_a_version_is_shown_as_it_was(atlas, rename):
    first = atlas.version
    rename(atlas, "st-yard", "Dock")
    now = atlas.view(EXACT)
    assert (now.library().name("st-yard"), now.is_past) == ("Dock", False)
    then = atlas.view(EXACT, first)
    assert (then.library().name("st-yard"), then.is_past, then.version) == ("Yard", True, first)
    assert "Yard" in set(then.frames().placements["name"])
    assert atlas.view(EXACT, first).library() is then.library()
    assert then.published == atlas.all_published()[0]
    assert now.published == atlas.all_published()[-1]
    assert then.published.at < now.published.at
    assert between(then, now).splitlines() == ["~ sites st-yard  Dock", "    name: 'Yard' → 'Dock'"]
    assert then.payload(first) == atlas.view(EXACT).payload(first)


def test_the_newest_version_by_its_name_is_the_present(atlas, rename):
    rename(atlas, "st-yard", "Dock")
    found = atlas.view(EXACT, atlas.version)
    assert not found.is_past
    assert found.library() is atlas.view(EXACT).library()


def test_a_kept_version_is_not_made_again_when_somebody_edits(atlas, rename):
    first = atlas.version
    rename(atlas, "st-yard", "Dock")
    then = atlas.view(EXACT, first)
    rename(atlas, "st-yard", "Pier")
    assert atlas.view(EXACT, first).library() is then.library()
    assert atlas.view(EXACT).library().name("st-yard") == "Pier"


def test_few_versions_are_kept_and_all_can_be_had(atlas, rename):
    versions = [atlas.version]
    for number in range(6):
        rename(atlas, "st-yard", f"Dock {number}")
        versions.append(atlas.version)
    names = [atlas.view(EXACT, version).library().name("st-yard") for version in versions]
    assert names == ["Yard", *(f"Dock {number}" for number in range(6))]
    past = [built.version for built in atlas.versions(EXACT) if built.version in versions[:-2]]
    assert 0 < len(past) <= 3


def test_few_wait_for_past_versions_and_the_others_are_told_at_once(atlas, rename, wait_until, monkeypatch):
    versions = [atlas.version]
    for number in range(6):
        rename(atlas, "st-yard", f"Dock {number}")
        versions.append(atlas.version)
    making, go_on = threading.Event(), threading.Event()

    def slow(*given: Any, **named: Any) -> Any:
        making.set()
        assert go_on.wait(60)
        return build(*given, **named)

    monkeypatch.setattr(past, "build", slow)
    with ThreadPoolExecutor(len(versions)) as visitors:
        asked = [visitors.submit(atlas.view, EXACT, version) for version in versions[:-1]]
        assert making.wait(60)
        wait_until(lambda: any(one.done() for one in asked))
        # The present is there all the while.
        assert atlas.view(EXACT).library().name("st-yard") == "Dock 5"
        told = [one for one in asked if one.done()]
        go_on.set()
    assert 0 < len(told) < len(asked)
    assert all(isinstance(one.exception(), BusyError) for one in told)
    assert all(one.exception() is None for one in asked if one not in told)


def test_a_version_that_nobody_knows_is_gone(atlas):
    with pytest.raises(VersionGoneError) as caught:
        atlas.view(EXACT, "f" * 16)
    assert caught.value.nearest == (atlas.version,)


def test_where_people_sign_in_nobody_finds_a_version_by_what_is_in_it(shared, rename):
    exact = shared.version
    rename(shared, "st-yard", "Dock")
    public = shown_version(exact, shared.settings)
    assert public != exact
    protect(shared, "st-ben-slimane")
    for person in (ANONYMOUS, READER):
        assert view(shared, person, public).library().name("st-yard") == "Yard"
        # Whoever knows all but one coordinate could try them out until the version is there.
        with pytest.raises(VersionGoneError) as caught:
            view(shared, person, exact)
        assert exact not in caught.value.nearest
        assert public in caught.value.nearest
    assert view(shared, REVIEWER, exact).version == view(shared, REVIEWER, public).version == exact


def test_names_of_a_view_lead_back_to_it_under_later_protections(shared, rename):
    protect(shared, "st-yard")
    before = view(shared, READER)
    rename(shared, "st-ben-slimane", "Plant")
    assert view(shared, READER, before.version).library().name("st-ben-slimane") != "Plant"
    protect(shared, "st-ben-slimane")
    again = view(shared, READER, before.version)
    assert again.is_past
    assert again.version != before.version
    assert again.published == before.published


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_is_protected_today_is_so_in_every_version(shared, planted, rename, is_deleted):
    first = shared.all_published()[0].version
    assert planted.traces(everything(view(shared, ANONYMOUS, first)))
    rename(shared, "st-yard", "Dock")
    if is_deleted:
        delete(shared, "ev-order")
        delete(shared, "st-yard")
    protect(shared, "st-yard")
    yard = replace(planted, points=(planted.points[0],))
    for one in shared.all_published():
        then = view(shared, ANONYMOUS, one.version)
        assert yard.traces(everything(then)) == []
        assert "so he said" not in everything(then)
        assert yard.traces(then.payload(then.version).decode("latin-1")) == []
    assert "st-yard" in view(shared, ANONYMOUS, first).library().evidence
    assert yard.traces(everything(view(shared, REVIEWER, first)))


def test_a_place_that_a_protected_record_once_stood_on_tells_nothing_in_any_version(shared, planted):
    free = shared.all_published()[-1].version  # nobody stands on Rabat
    move(shared, "st-yard", "pl-rabat", lat=34.02091234, lon=-6.84169876)
    move(shared, "st-yard", "", lat=33.59771234, lon=-7.61679876)
    protect(shared, "st-yard", 0.5)
    for one in shared.all_published():
        then = view(shared, READER, one.version)
        assert "pl-rabat" not in everything(then)
    assert "pl-rabat" not in between(view(shared, READER, free), view(shared, READER))
    assert "pl-rabat" in everything(view(shared, REVIEWER, free))


def test_a_source_of_a_protected_record_is_not_known_by_versions_in_which_it_was_another_s(shared):
    first = shared.all_published()[-1].version
    dossier, revision = shared.repository.dossier("st-yard")
    (only,) = dossier.citations
    agency = shared.repository.get_source("so-agency")
    cited = (replace(only, source_id="so-agency"),)
    shared.repository.save_dossier(
        replace(dossier, citations=cited, sources=(agency,)), revision, by("save", "st-yard")
    )
    protect(shared, "st-yard")
    for version in ("", first):
        yard = view(shared, READER, version).library().evidence["st-yard"]
        assert [row.source_id for row in yard.citations] == ["so-withheld-st-yard-1"]


def test_on_a_grid_no_version_and_no_difference_has_exact_digits(on_grid, planted, rename):
    move(on_grid, "st-yard", "", lat=33.59779999, lon=-7.61678888, reason="It lies at 33.59779999 north")
    rename(on_grid, "st-ben-slimane", "Plant at 33.61671234, -7.12679876")
    delete(on_grid, "ev-order")
    known = on_grid.all_published()
    views = [view(on_grid, ANONYMOUS, one.version) for one in known]
    now = view(on_grid, ANONYMOUS)
    for then in views:
        for text in (everything(then), between(then, now), then.payload(then.version).decode("latin-1")):
            assert planted.traces(text) == []
            assert [digits for digits in ("33.597", "7.616", "59779") if digits in text] == []
    assert len(views[0].frames().records) == len(now.frames().records) + 1
    exact = [view(on_grid, REVIEWER, one.version) for one in known]
    assert "33.59779999" in between(exact[0], exact[-1])


def test_names_of_people_are_for_those_who_work_with_them(shared, rename):
    rename(shared, "st-yard", "Dock")
    assert {one.who for one in view(shared, READER).change_log()} == {""}
    assert "ann" in {one.who for one in view(shared, REVIEWER).change_log()}


def test_an_outage_leaves_what_was_made(atlas, wire, rename, wait_until):
    first = atlas.version
    rename(atlas, "st-yard", "Dock")
    then = atlas.view(EXACT, first)
    wire.is_cut = True
    assert atlas.view(EXACT, first).library() is then.library()
    assert atlas.view(EXACT).published.version == atlas.view(EXACT).version
