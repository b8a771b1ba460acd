from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from dashboard.domain.cells import content_version
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import ActorRole, Change, Product
from dashboard.errors import ConflictError, PlaceDecisionError, RecordNotFoundError, StoreError
from dashboard.importers.package import DataPackage
from dashboard.store.database.engine import reading
from dashboard.store.records.repository import Repository, Seed
from dashboard.store.records.tables import CHILDREN, MAIN
from dashboard.store.trail.operations import Operation

texts = st.text(st.characters(exclude_categories=["Cc", "Cs"], exclude_characters="|")).map(str.strip)
items = st.lists(texts.filter(bool), max_size=3).map(tuple)
categories = texts.filter(lambda s: s and ":" not in s)


def by(who: str, why: str) -> Operation:
    return Operation.new(who, "test", "", why)


def changed(tables: Any, table: str, record_id: str, **values: Any) -> Any:
    rows = tuple(replace(r, **values) if r.id == record_id else r for r in tables[table])
    return {**tables, table: rows}


def test_an_empty_database_has_every_table_and_no_version(repository: Repository) -> None:
    tables = repository.read_tables()
    assert set(tables) == set(MAIN)
    assert not any(tables.values())
    assert repository.data_version() == ""
    assert repository.seed() == Seed()


def test_what_goes_in_comes_out(filled: Repository, package: DataPackage) -> None:
    assert filled.read_tables() == package.tables
    assert filled.data_version() == package.version
    assert filled.seed() == Seed(package.version, package.version, package.descriptor)


@given(data=st.data())
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_any_text_number_and_list_comes_out_as_it_went_in(
    repository: Repository, package: DataPackage, data: Any
) -> None:
    draw = data.draw
    numbers = st.none() | st.floats(-90, 90)
    tables = changed(
        package.tables,
        "sites",
        "st-yard",
        name=draw(texts),
        names=draw(items),
        products=draw(st.lists(st.builds(Product, categories, texts), max_size=3).map(tuple)),
        operators=draw(st.permutations(["ac-maker", "ac-state", "ac-ministry"]).map(tuple)),
        notes=draw(texts),
    )
    tables = changed(tables, "locations", "lo-yard", lat=draw(numbers), lon=draw(numbers), reason=draw(texts))
    tables = changed(tables, "places", "pl-rabat", precision_m=draw(st.none() | st.integers(1, 20_037_508)))
    tables = changed(
        tables,
        "events",
        "ev-meeting",
        date=UncertainDate.parse(draw(st.sampled_from(["", "/2019", "2021/..", "0001~", "9999", "20XX"]))),
        actors=draw(
            st.permutations([ActorRole("ac-maker", "host"), ActorRole("ac-state", "host")]).map(tuple)
        ),
    )
    repository.replace_all(tables, by("test", "any values"))
    assert {**repository.read_tables(), "changes": ()} == {**tables, "changes": ()}


def test_dates_keep_their_text_and_have_day_numbers(filled: Repository, package: DataPackage) -> None:
    table = MAIN["events"].table
    with reading(filled.engine) as connection:
        row = connection.execute(select(table).where(table.c.id == "ev-meeting")).mappings().one()
    bounds = UncertainDate.parse("2026-01-02~").bounds
    assert (row["date"], row["date_earliest"], row["date_latest"]) == (
        "2026-01-02~",
        bounds.first,
        bounds.last,
    )


def test_single_records_are_found_by_id(filled: Repository, package: DataPackage) -> None:
    by_id = {r.id: r for name in ("sites", "events", "actors", "sources") for r in package.tables[name]}
    assert filled.get_site("st-ben-slimane") == by_id["st-ben-slimane"]
    assert filled.get_event("ev-order") == by_id["ev-order"]
    assert filled.get_actor("ac-maker") == by_id["ac-maker"]
    assert filled.get_source("so-agency") == by_id["so-agency"]


@pytest.mark.parametrize("kind", ["site", "event", "actor", "source"])
@pytest.mark.parametrize("record_id", ["st-none", "", "' OR 1=1 --", "ev-order%", "é"])
def test_an_unknown_id_is_an_error_of_its_own(filled: Repository, kind: str, record_id: str) -> None:
    with pytest.raises(RecordNotFoundError) as caught:
        getattr(filled, f"get_{kind}")(record_id)
    assert caught.value.record_id == record_id


def test_what_belongs_to_a_record_is_listed_in_file_order(filled: Repository) -> None:
    assert [c.id for c in filled.citations_of("st-ben-slimane")] == ["ci-plant-1", "ci-plant-2"]
    assert [c.stance for c in filled.citations_of("ev-meeting")] == ["supports", "contradicts"]
    assert [loc.id for loc in filled.locations_of("ev-meeting")] == ["lo-meeting", "lo-meeting-about"]
    assert [s.id for s in filled.statuses_of("st-ben-slimane")] == ["ss-ben-slimane-1", "ss-ben-slimane-2"]
    assert [e.id for e in filled.events_of_site("st-yard")] == ["ev-order"]
    assert [c.field for c in filled.changes("st-yard")] == ["name", "kind"]
    assert filled.citations_of("st-none") == filled.locations_of("x") == filled.events_of_site("x") == ()


def test_every_changed_field_is_kept_with_who_and_why(filled: Repository, package: DataPackage) -> None:
    tables = changed(package.tables, "sites", "st-yard", name="Great yard", names=("Yard",))
    made = filled.replace_all(tables, by("ana", "new sign"))
    assert [(c.record_id, c.field, c.before, c.after, c.who, c.why) for c in made] == [
        ("st-yard", "name", "Yard", "Great yard", "ana", "new sign"),
        ("st-yard", "names", "", "Yard", "ana", "new sign"),
    ]
    assert filled.changes("st-yard")[-2:] == made
    assert filled.get_site("st-yard").name == "Great yard"


def test_a_new_record_is_one_change_and_a_deleted_one_loses_nothing(
    filled: Repository, package: DataPackage
) -> None:
    place = package.tables["places"][1]
    tables = {**package.tables, "places": (package.tables["places"][0], replace(place, id="pl-sale"))}
    made = filled.replace_all(tables, by("ana", "renamed"))
    gone = {c.field: c.before for c in made if c.record_id == "pl-rabat"}
    assert gone["id"] == "pl-rabat"
    assert (gone["lat"], gone["reason"]) == ("34", "The capital.")
    assert [(c.field, c.before, c.after) for c in made if c.record_id == "pl-sale"] == [("id", "", "pl-sale")]


def test_a_place_is_saved_changed_and_removed_alone(filled: Repository, package: DataPackage) -> None:
    new = replace(package.tables["places"][0], id="pl-new", name="New", names=("Neu", "Nouveau"))
    made = filled.save_place(new, by("ana", "seen"))
    assert [(c.record_id, c.field, c.who, c.why) for c in made] == [("pl-new", "id", "ana", "seen")]
    assert new in filled.read_table(type(new))
    assert filled.data_version() == content_version(filled.read_tables())
    moved = replace(new, lat=1.5, names=("Neu",))
    assert [c.field for c in filled.save_place(moved, by("bo", "moved"))] == ["names", "lat"]
    assert filled.save_place(moved, by("bo", "again")) == ()
    gone = filled.remove_place("pl-new", by("bo", "wrong"))
    assert {c.field: c.before for c in gone}["lat"] == "1.5"
    assert {**filled.read_tables(), "changes": ()} == {**package.tables, "changes": ()}
    assert filled.changes("pl-new") == (*made, *filled.changes("pl-new")[1:])
    assert filled.data_version() == content_version(filled.read_tables())


def test_a_place_that_a_record_stands_on_stays(filled: Repository, package: DataPackage) -> None:
    used = {row.place_id for row in package.tables["locations"]}
    place = next(p for p in package.tables["places"] if p.id in used)
    with pytest.raises(PlaceDecisionError, match=place.id):
        filled.remove_place(place.id, by("ana", "no"))
    with pytest.raises(PlaceDecisionError, match=place.id):
        filled.save_place(replace(place, lat=2.5), by("ana", "no"))
    assert filled.save_place(replace(place, reason="Better words."), by("ana", "words"))[0].field == "reason"
    with pytest.raises(RecordNotFoundError):
        filled.remove_place("pl-none", by("ana", "no"))


def test_the_audit_trail_only_grows(filled: Repository, package: DataPackage) -> None:
    filled.replace_all({**package.tables, "changes": ()}, by("ana", "without its trail"))
    assert filled.read_tables()["changes"] == package.tables["changes"]
    extra = Change(record_id="st-yard", field="notes", who="bo", when="2026-03-01")
    filled.replace_all(
        {**package.tables, "changes": (*package.tables["changes"], extra)}, by("ana", "one more")
    )
    assert filled.changes("st-yard")[-1] == extra
    assert len(filled.read_tables()["changes"]) == len(package.tables["changes"]) + 1


def test_the_data_version_changes_with_the_content_and_only_then(
    filled: Repository, package: DataPackage
) -> None:
    first = filled.data_version()
    filled.replace_all(package.tables, by("ana", "again"))
    assert filled.data_version() == first
    filled.replace_all(changed(package.tables, "sites", "st-yard", name="X"), by("ana", "edit"))
    assert filled.data_version() not in ("", first)
    assert filled.data_version() == content_version(filled.read_tables())


def test_a_failing_replacement_changes_nothing(filled: Repository, package: DataPackage) -> None:
    broken = changed(package.tables, "sites", "st-yard", operators=("ac-nobody",))
    with pytest.raises(StoreError):
        filled.replace_all(broken, by("ana", "broken reference"))
    assert filled.read_tables() == package.tables
    assert filled.data_version() == package.version


@pytest.mark.parametrize(("lat", "lon"), [(91.0, 0.0), (0.0, -181.0), (float("inf"), 0.0)])
def test_the_database_itself_refuses_a_point_off_the_globe(
    filled: Repository, package: DataPackage, lat: Any, lon: Any
) -> None:
    table = MAIN["locations"].table
    with pytest.raises(StoreError), reading(filled.engine) as connection:
        connection.execute(table.update().values(lat=lat, lon=lon))


def test_a_replacement_seen_too_late_is_refused(filled: Repository, package: DataPackage) -> None:
    tables = changed(package.tables, "sites", "st-yard", name="Mine")
    filled.replace_all(changed(package.tables, "sites", "st-yard", name="Yours"), by("bo", "first"))
    with pytest.raises(StoreError, match="meanwhile"):
        filled.replace_all(tables, by("ana", "late"), seed=Seed("v2", package.version, "{}"))
    assert filled.get_site("st-yard").name == "Yours"


def test_no_table_is_left_out(filled: Repository) -> None:
    tables = [*(main.table for main in MAIN.values()), *(c.table for many in CHILDREN.values() for c in many)]
    with reading(filled.engine) as connection:
        counts = {t.name: connection.scalar(select(func.count()).select_from(t)) for t in tables}
    assert min(counts.values()) > 0


def test_a_place_that_somebody_else_decided_meanwhile_is_not_overwritten(
    filled: Repository, package: DataPackage
) -> None:
    new = replace(package.tables["places"][0], id="pl-new", name="New")
    filled.save_place(new, by("ana", "seen"), expected=None)
    mine = replace(new, reason="Another reason.")
    with pytest.raises(ConflictError, match="pl-new was changed by ana") as caught:
        filled.save_place(mine, by("bo", "not seen"), expected=None)
    assert (caught.value.yours, caught.value.theirs) == (mine, new)
    assert new in filled.read_table(type(new))
    assert filled.save_place(mine, by("bo", "seen"), expected=new)[0].field == "reason"
    filled.remove_place("pl-new", by("ana", "wrong"))
    with pytest.raises(ConflictError, match="changed by ana"):
        filled.save_place(new, by("bo", "still there"), expected=mine)
