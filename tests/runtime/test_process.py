"""One process over one store: what comes by itself, what waits for nobody, what goes on without the store."""

import threading

import pytest
from sqlalchemy import event, text

from dashboard.domain.access import ANONYMOUS, LOCAL, Mode, Person, Role
from dashboard.domain.grid import cell_centre
from dashboard.errors import StoreError
from dashboard.runtime.watch import Watch
from dashboard.store.database.engine import writing
from dashboard.store.trail.anchor import last_anchor
from dashboard.store.trail.operations import Operation
from dashboard.workflows.access.audience import EXACT, Audience

GRID = Audience(0.1, protected=True)


def name_of(atlas, audience=EXACT, record_id="st-yard"):
    return atlas.view(audience).library().name(record_id)


def test_a_rerun_asks_the_store_once_and_with_the_thread_not_at_all(atlas, wire, wait_until):
    atlas.view(EXACT)
    atlas.view(GRID)

    def rerun():
        wire.queries.clear()
        for audience in (EXACT, GRID):
            view = atlas.view(audience)
            view.frames(), view.library(), view.version, view.payload(view.version), view.changes("st-yard")
            view.hand_decided(), view.places(), view.datasets, atlas.mode, atlas.stale
        return len(wire.queries)

    # Two whole reruns, with the mode, and each of them three questions at most.
    assert rerun() <= 2 * 3
    atlas.watch()
    wait_until(lambda: atlas.is_watching)
    me = threading.get_ident()
    asked = []
    event.listen(
        atlas.store.engine, "before_cursor_execute", lambda *_: asked.append(threading.get_ident() == me)
    )
    rerun()
    assert True not in asked


def test_own_writes_show_at_once(atlas, rename):
    assert name_of(atlas) == "Yard"
    rename(atlas, "st-yard", "New yard")
    atlas.refresh()
    assert name_of(atlas) == "New yard"
    assert name_of(atlas, GRID) == "New yard"


def test_own_writes_show_at_once_while_the_thread_runs(atlas, rename, wait_until):
    atlas.watch()
    before = atlas.view(GRID)
    assert name_of(atlas) == "Yard"
    rename(atlas, "st-yard", "New yard")
    atlas.refresh()
    assert name_of(atlas) == "New yard"
    # Others get theirs as soon as it is built, and nobody waits for it.
    wait_until(lambda: name_of(atlas, GRID) == "New yard")
    assert before.library().name("st-yard") == "Yard"


def test_what_another_process_writes_comes_by_itself(make_runtime, rename, wait_until):
    ours, theirs = make_runtime(), make_runtime()
    ours.watch()
    assert name_of(ours) == "Yard"
    rename(theirs, "st-yard", "New yard")
    wait_until(lambda: name_of(ours) == "New yard")
    theirs.store.control.set_mode(Mode.READ_ONLY, Operation.new("adm", "set mode", "atlas", "a move"))
    wait_until(lambda: ours.mode is Mode.READ_ONLY)


def test_a_protection_holds_at_once_however_busy_the_thread_is(atlas, wait_until):
    audience = Audience(0.0, protected=True)
    exact = atlas.view(audience).library().get("st-yard").locations[0]
    atlas.watch()
    wait_until(lambda: atlas.is_watching)
    operation = Operation.new("rev", "protect", "st-yard", "a source asked")
    atlas.store.protections.set("st-yard", 1.0, operation)
    atlas.refresh()
    assert atlas.view(audience).library().get("st-yard").locations[0].lat != exact.lat
    assert atlas.view(EXACT).library().get("st-yard").locations[0] == exact
    atlas.store.protections.remove("st-yard", Operation.new("rev", "protect", "st-yard", "no longer"))
    atlas.refresh()
    assert atlas.view(audience).version == atlas.version


def test_however_patient_nobody_is_shown_what_was_there_before_a_protection(atlas):
    audience = Audience(0.0, protected=True)
    for cell in (0.1, 1.0):
        operation = Operation.new("rev", "protect", "st-yard", "a source asked")
        atlas.store.protections.set("st-yard", cell, operation)
        built = atlas._shelf.get(audience, atlas.ask(), patient=True)
        (place,) = built.library.get("st-yard").locations
        assert (place.lat, place.lon) == cell_centre(33.6, -7.6, cell)


def test_pages_go_on_with_the_last_good_data_and_say_how_old_it_is(atlas, wire, wait_until):
    assert name_of(atlas) == "Yard"
    assert atlas.stale is None
    wire.is_cut = True
    assert name_of(atlas) == "Yard"
    assert atlas.stale is not None
    assert "has not answered for " in atlas.stale.sentence
    atlas.refresh()  # says nothing: what was written is written
    wire.is_cut = False
    wait_until(lambda: name_of(atlas) == "Yard" and atlas.stale is None, 10)


def test_the_thread_notices_an_outage_and_its_end_without_a_restart(atlas, wire, rename, wait_until):
    atlas.watch()
    assert name_of(atlas) == "Yard"
    wire.is_cut = True
    wait_until(lambda: atlas.stale is not None, 10)
    assert name_of(atlas) == "Yard"
    wire.is_cut = False
    wait_until(lambda: atlas.stale is None, 10)
    rename(atlas, "st-yard", "New yard")
    wait_until(lambda: name_of(atlas) == "New yard", 10)


def test_nobody_waits_for_a_store_that_is_silent(atlas, wait_until):
    state, is_silent, released = atlas.ask(), threading.Event(), threading.Event()

    def ask():
        if is_silent.is_set():
            released.wait(30)
        return state

    watch = Watch(ask, lambda _: None)
    watch.start()
    wait_until(lambda: watch.look() is state)
    is_silent.set()
    wait_until(lambda: watch.stale is not None, 10)
    assert watch.look() is state
    assert not released.is_set()
    released.set()
    wait_until(lambda: watch.stale is None, 10)
    watch.stop()


def test_preparing_for_long_is_no_silence(atlas, wait_until):
    state, is_ready = atlas.ask(), threading.Event()
    watch = Watch(lambda: state, lambda _: is_ready.wait(30) and None)
    watch.start()
    wait_until(lambda: watch._preparing)
    watch._answered -= 60
    assert watch.stale is None
    is_ready.set()
    watch.stop()
    assert watch.stale is None


def test_without_anything_to_show_the_store_is_said_to_be_away(atlas, wire):
    wire.is_cut = True
    with pytest.raises(StoreError):
        atlas.view(EXACT)


def test_an_audience_without_a_view_of_its_own_is_not_shown_another_one(atlas, wire):
    atlas.view(EXACT)
    wire.is_cut = True
    with pytest.raises(StoreError):
        atlas.view(GRID)


def test_the_thread_outlives_what_it_could_not_prepare(atlas, rename, wait_until, monkeypatch, caplog):
    atlas.watch()
    assert name_of(atlas) == "Yard"
    broken = {"yes": True}
    read = type(atlas.repository).read_tables

    def read_tables(repository):
        if broken["yes"]:
            raise RuntimeError("no memory")
        return read(repository)

    monkeypatch.setattr(type(atlas.repository), "read_tables", read_tables)
    rename(atlas, "st-yard", "New yard")
    wait_until(lambda: "could not be prepared" in caplog.text)
    assert name_of(atlas) == "Yard"
    broken["yes"] = False
    wait_until(lambda: name_of(atlas) == "New yard")


def test_watching_starts_once_and_ends_when_the_runtime_is_closed(atlas):
    def watchers():
        return [thread for thread in threading.enumerate() if thread.name == "atlas-watch"]

    before = len(watchers())
    atlas.watch()
    atlas.watch()
    assert len(watchers()) == before + 1
    atlas.close()
    assert len(watchers()) == before


def test_audiences_come_from_the_settings(make_runtime):
    atlas = make_runtime(coarsen="anonymous=0.5")
    assert atlas.audience_of(ANONYMOUS) == Audience(0.5, protected=True)
    assert atlas.audience_of(LOCAL) == atlas.audience_of(Person("p", "P", Role.REVIEWER)) == EXACT


def test_tables_that_changed_under_the_process_are_noticed(atlas):
    atlas.check_schema()
    with writing(atlas.store.engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="9999"):
        atlas.check_schema()


def test_nobody_waits_for_whoever_reads_whole_tables(atlas, rename, wait_until, monkeypatch):
    atlas.watch()
    assert name_of(atlas) == "Yard"
    reading, go_on = threading.Event(), threading.Event()
    read = type(atlas.repository).read_tables

    def read_tables(repository):
        reading.set()
        go_on.wait(30)
        return read(repository)

    monkeypatch.setattr(type(atlas.repository), "read_tables", read_tables)
    rename(atlas, "st-yard", "New yard")
    assert reading.wait(30)
    assert name_of(atlas) == "Yard"
    assert not go_on.is_set()
    go_on.set()
    wait_until(lambda: name_of(atlas) == "New yard")


def test_what_changes_no_record_builds_nothing(atlas):
    before = atlas.view(EXACT).frames()
    atlas.store.control.set_mode(Mode.READ_ONLY, Operation.new("adm", "set mode", "atlas", "a move"))
    atlas.refresh()
    assert atlas.mode is Mode.READ_ONLY
    assert atlas.view(EXACT).frames() is before


def test_a_running_server_anchors_the_end_of_the_audit_trail(make_runtime, tmp_path, wait_until):
    file = tmp_path / "elsewhere" / "anchor"
    atlas = make_runtime(audit_anchor=file)
    assert last_anchor(file) is None
    atlas.watch()
    wait_until(lambda: last_anchor(file) == atlas.store.trail.head())
