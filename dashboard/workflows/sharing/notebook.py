"""The atlas in a notebook or a script: load, ask, draw, write, cite. `dashboard` gives these names lazily.

No server, no database and nobody's permissions are involved: what is loaded is a data package, and whoever
has the package sees all of it.
"""

import shutil
import tempfile
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import folium
import geopandas as gpd
import shapely

from dashboard.confinement.archives import ArchiveLimits, check_archive, read_member
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import TABLES
from dashboard.domain.window import Window
from dashboard.errors import FilterError, PackageError, Problem
from dashboard.exports.view import ExportView
from dashboard.frames import CRS, AtlasFrames
from dashboard.geocoding import Gazetteer, HandDecidedPlaces
from dashboard.geocoding import geocode as geocode_by
from dashboard.importers.package import DESCRIPTOR, DataPackage, file_name, read_package
from dashboard.maps.standalone import atlas_map as draw
from dashboard.settings import load_settings, starter_path
from dashboard.workflows.sharing.citing import Citations, cite
from dashboard.workflows.sharing.link import NAMES, Link, actor_names, describe_link, read_link, write_link
from dashboard.workflows.sharing.take_away import FORMATS, Written, view_for, write_take_away
from dashboard.workflows.versions.published import PublishedVersion
from dashboard.workflows.views.datasets import Dataset
from dashboard.workflows.views.evidence import Evidence, Library, build_library
from dashboard.workflows.views.frames import build_frames
from dashboard.workflows.views.selection import Selection, mask_bits, select

if TYPE_CHECKING:
    from os import PathLike

__all__ = ["Atlas", "atlas_map", "geocode", "load"]

_FILTERS: Final = (*NAMES[: NAMES.index("from")], "area")
# A package has nine tables, a descriptor and perhaps a licence; the largest may be long.
_ARCHIVE: Final = ArchiveLimits(entries=1_000, total_bytes=4_000_000_000)
_DATE: Final = "2020, 2020-03 or 2020-03-01"


@dataclass(frozen=True, eq=False, repr=False)
class Atlas:
    """Records, and what of them is asked for; each question gives a new one. `load` makes the first.

    Parameters
    ----------
    all_frames
        Frames of all records.
    all_records
        All records with their evidence.
    link
        Filters and window.
    """

    all_frames: AtlasFrames
    all_records: Library
    link: Link = field(default_factory=Link)

    def frames(self) -> AtlasFrames:
        """Give the frames that maps and selections are made of.

        Returns
        -------
        AtlasFrames
            Of all records, whatever is asked for.
        """
        return self.all_frames

    def library(self) -> Library:
        """Give all records by id with their evidence.

        Returns
        -------
        Library
            Of all records, whatever is asked for.
        """
        return self.all_records

    @property
    def datasets(self) -> tuple[Dataset, ...]:
        """Imported datasets: none."""
        return ()

    @property
    def version(self) -> str:
        """Name of the content: equal names, equal records."""
        return self.all_frames.version

    @property
    def published(self) -> PublishedVersion:
        """The version as files and citations name it; nobody knows its day here."""
        return PublishedVersion(self.version, "", 0)

    @cached_property
    def selection(self) -> Selection:
        """What the filters and the window show, and how much they do not."""
        return select(self.frames(), self.link.filters, self.link.window)

    @property
    def described(self) -> tuple[str, ...]:
        """What is asked for, in words."""
        return describe_link(self.link, self.library())

    def __len__(self) -> int:
        """Count the records that are shown."""
        return len(self.selection.shown)

    def __repr__(self) -> str:
        """Say what is asked for and how much there is."""
        asked = "; ".join(self.described) or "everything"
        return f"<Atlas {self.version}: {asked}: {len(self):,} of {len(self.frames().records):,} records>"

    def between(self, start: str | date | None = None, end: str | date | None = None) -> "Atlas":
        """Move the clock.

        Parameters
        ----------
        start
            First day: a date, or EDTF such as ``2020`` or ``2020-03``, from whose first day; None for open.
        end
            Last day, to the last one that the text allows; None for open. Events are those in the window,
            sites are as they stood at its end.

        Returns
        -------
        Atlas
            The same filters in this window.

        Raises
        ------
        FilterError
            If the end lies before the start, or a date is open at both sides.
        UncertainDateError
            If a text is no date.
        """
        first, last = _day(start), _day(end)
        opens, closes = Window.parse(first, None), Window.parse(None, last)
        if (first and opens == Window()) or (last and closes == Window()):
            raise FilterError([f"{first or last} says no day to begin or end with: write {_DATE}."])
        if opens.first > closes.last:
            raise FilterError([f"The window would end ({last}) before it begins ({first})."])
        return replace(self, link=replace(self.link, window=Window(opens.first, closes.last)))

    def where(self, **filters: str | bool | Iterable[str]) -> "Atlas":
        """Narrow what is asked for.

        Parameters
        ----------
        **filters
            One value or several: ``type``, ``country``, ``involving``, ``kind``, ``actor``, ``product``,
            ``precision``, ``status`` (codes or the words for them), ``q`` (words to search for),
            ``contested`` (True), ``area`` (``box:south,west,north,east``, ``circle:lat,lon,km``).

        Returns
        -------
        Atlas
            With these filters besides those that it had; a name that is given again counts anew.

        Raises
        ------
        FilterError
            If there is no such filter or a value is not understood; it names all of them.
        """
        if unknown := [name for name in filters if name not in _FILTERS]:
            raise FilterError([f"There is no filter {', '.join(unknown)}: there are {', '.join(_FILTERS)}."])
        given = [(name, value) for name, value in write_link(self.link) if name not in filters]
        added = [(name, text) for name, value in filters.items() for text in _texts(value)]
        link, said = read_link([*given, *added], actor_names(self.library()))
        if said:
            raise FilterError([sentence.replace(" and was ignored", "") for sentence in said])
        return replace(self, link=link)

    def record(self, record_id: str) -> Evidence:
        """Give one record with its places, citations and statuses.

        Parameters
        ----------
        record_id
            Id of a site, event or actor.

        Returns
        -------
        Evidence
            The record, whether it is shown or not.

        Raises
        ------
        RecordNotFoundError
            If there is none.
        """
        return self.library().get(record_id)

    def table(self) -> gpd.GeoDataFrame:
        """Give what is shown, one row a record.

        Returns
        -------
        geopandas.GeoDataFrame
            The columns that files have, in the order of the page, EPSG:4326; the geometry is a point, or all
            points of a record with several places, or None.
        """
        view = self._view("")
        points = view.places.dropna(subset=["geometry"]).groupby("record_id", sort=False)["geometry"]
        geometry = {str(record_id): _together(list(group)) for record_id, group in points}
        shapes: list[Any] = [geometry.get(one) for one in view.records["id"]]
        column = gpd.GeoSeries(shapes, crs=CRS)
        return gpd.GeoDataFrame(view.records, geometry=column)

    def map(self, selected: str = "", basemap: str = "land") -> folium.Map:
        """Draw what is shown under the clock.

        Parameters
        ----------
        selected
            Id of the record to show selected.
        basemap
            ``land`` or ``none``.

        Returns
        -------
        folium.Map
            Shows itself in a notebook, without any network.

        Raises
        ------
        ServerError
            If the front end is not built.
        """
        bits = mask_bits(self.frames(), self.link.filters)
        return draw(self.frames(), window=self.link.window, selected=selected, mask=bits, basemap=basemap)

    def export(self, path: "str | PathLike[str]", form: str = "", title: str = "") -> Written:
        """Write what is shown to a file, whole or not at all.

        Parameters
        ----------
        path
            The file.
        form
            Id of a format, such as ``geojson``; by the ending of the file when empty.
        title
            Title of the file.

        Returns
        -------
        Written
            The file, its rows, and what it could not carry.

        Raises
        ------
        ExportError
            If there is no such format, or the file cannot be written.
        """
        target = Path(path)
        by_ending = next((one.id for one in FORMATS.values() if one.extension == target.suffix.lower()), "")
        return write_take_away(self._view(title), form or by_ending or target.suffix.lstrip("."), target)

    def cite(self, address: str = "", title: str = "") -> Citations:
        """Cite what is shown, in words, for BibTeX and as CSL-JSON.

        Parameters
        ----------
        address
            Address where others find it.
        title
            What to call it; the filters and the window when empty.

        Returns
        -------
        Citations
            With version and today's date.
        """
        told = title or "; ".join(self.described)
        return cite(self.link, self.published, accessed=_today(), address=address, title=told)

    def _view(self, title: str) -> ExportView:
        return view_for(self, self.link, made_on=_today(), title=title)


def _today() -> date:
    return datetime.now(UTC).date()


def _day(value: str | date | None) -> str:
    if value is None:
        return ""
    return UncertainDate.parse(value.isoformat()[:10] if isinstance(value, date) else value.strip()).text


def _texts(value: object) -> list[str]:
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return (
        [str(one) for one in value]
        if isinstance(value, Iterable) and not isinstance(value, str)
        else [str(value)]
    )


def _together(points: list[shapely.Point]) -> shapely.Point | shapely.MultiPoint:
    return points[0] if len(points) == 1 else shapely.MultiPoint(points)


def load(source: "str | PathLike[str] | None" = None) -> Atlas:
    """Open an atlas.

    Parameters
    ----------
    source
        Folder of a data package, or a zip file of one, as ``export`` writes it; the starter data when None.

    Returns
    -------
    Atlas
        All of its records.

    Raises
    ------
    PackageError
        If the package does not hold together; it carries every problem.
    ArchiveError
        If the zip file is broken or holds what no package does.
    """
    path = starter_path("data") if source is None else Path(source)
    package = _unpacked(path) if path.is_file() else read_package(path)
    return Atlas(
        build_frames(package.tables, package.version),
        build_library(package.tables, package.version, package.descriptor),
    )


def _unpacked(path: Path) -> DataPackage:
    archive = check_archive(path.read_bytes(), _ARCHIVE)
    folder = Path(tempfile.mkdtemp(prefix="atlas-package-"))
    try:
        home = _home_of(archive, path)
        for name in (DESCRIPTOR, *map(file_name, TABLES)):
            if home + name in archive.namelist():
                (folder / name).write_bytes(read_member(archive, home + name, _ARCHIVE.total_bytes))
        return read_package(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _home_of(archive: zipfile.ZipFile, path: Path) -> str:
    """Where in a zip file the package lies: at its top, or in its one folder."""
    homes = sorted(
        (one[: -len(DESCRIPTOR)] for one in archive.namelist() if one.endswith(DESCRIPTOR)), key=len
    )
    if not homes:
        raise PackageError(
            [Problem(path.name, None, "", "", f"holds no {DESCRIPTOR}: it is no data package")]
        )
    return homes[0]


def atlas_map(atlas: Atlas, *, selected: str = "", basemap: str = "land") -> folium.Map:
    """Draw what an atlas shows.

    Parameters
    ----------
    atlas
        The atlas with its filters and window.
    selected
        Id of the record to show selected.
    basemap
        ``land`` or ``none``.

    Returns
    -------
    folium.Map
        Shows itself in a notebook, without any network.
    """
    return atlas.map(selected, basemap)


def geocode(
    names: str | Iterable[Any],
    *,
    country: str | Iterable[str | None] | None = None,
    context: str | Iterable[str] | None = None,
    places: Atlas | None = None,
    gazetteer: Gazetteer | None = None,
) -> gpd.GeoDataFrame:
    """Find places by their names, offline.

    Parameters
    ----------
    names
        One name, or any iterable of them; a Series keeps its index.
    country
        The country that all names lie in, or one for each name.
    context
        ``"document"`` when all names come from one text.
    places
        An atlas whose hand-decided places win over the gazetteer.
    gazetteer
        Where to look; that of the settings when None, which ``arsenal-atlas db gazetteer`` builds.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a name with the decision, its reason and its candidates; see
        `dashboard.geocoding.frame.geocode`.

    Raises
    ------
    GazetteerError
        If the gazetteer is not built; the message says what to run.
    """
    by_hand = None if places is None else HandDecidedPlaces.from_rows(_place_rows(places))
    return geocode_by(
        names,
        gazetteer=gazetteer or _gazetteer(load_settings().gazetteer_path),
        hand_decided=by_hand,
        country=country,
        context=context,
    )


def _place_rows(atlas: Atlas) -> list[Mapping[str, Any]]:
    return [asdict(place) for place in atlas.library().places.values()]


@lru_cache(maxsize=2)
def _gazetteer(path: Path) -> Gazetteer:
    return Gazetteer.open(path)
