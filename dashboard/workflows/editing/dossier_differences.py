"""What is different between two versions of a dossier, and how the work of two people is put together."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from dashboard.domain.countries import country_name
from dashboard.domain.date_words import date_words
from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import column_names
from dashboard.domain.vocabulary import label
from dashboard.errors import UncertainDateError
from dashboard.workflows.editing.dossier_form import ROW_TABLES, Cells, DossierForm, row_types

__all__ = [
    "Clash",
    "FieldDifference",
    "RowDifference",
    "cell_words",
    "clashes",
    "field_label",
    "form_differences",
    "merged",
]

_LISTS: Final = {
    ("sites", "kind"): "site_kinds",
    ("events", "kind"): "event_kinds",
    ("actors", "kind"): "actor_kinds",
    ("sources", "kind"): "source_kinds",
    ("events", "status"): "event_statuses",
    ("site_status", "status"): "site_statuses",
    ("locations", "precision"): "precisions",
    ("locations", "role"): "location_roles",
    ("locations", "method"): "location_methods",
    ("citations", "stance"): "stances",
    ("citations", "confidence"): "confidences",
}
_PLACE: Final = frozenset({"lat", "lon"})
_POINT: Final = _PLACE | {"precision", "precision_m"}  # one value: they only make sense together
_DATES: Final = frozenset({"date", "founded", "published", "retrieved"})
_NAMES: Final = {
    "id": "Id", "names": "Other names", "lat": "Latitude", "lon": "Longitude", "precision": "Known to",
    "precision_m": "Within, m", "place_as_written": "Place as written", "place_id": "Place",
    "chosen_by": "Chosen by", "citation_id": "Citation", "source_id": "Source", "field": "Field",
    "value_as_stated": "Value as stated", "url": "Address", "archived_at": "Archived at", "parent": "Part of",
    "related": "Related events", "actors": "Who",
}  # fmt: skip
_LINKS: Final = frozenset({"operators", "parent", "sites", "related", "source_id", "record_id", "site_id"})
_SILENT: Final = frozenset({"id", "record_id", "site_id"})
_TITLES: Final = {
    "locations": "Place", "site_status": "Status", "citations": "Citation", "sources": "Source",
    "sites": "Site", "events": "Event", "actors": "Actor",
}  # fmt: skip
_SAYS: Final = {
    "locations": ("place_as_written",),
    "site_status": ("status", "date"),
    "citations": ("source_id", "field"),
    "sources": ("publisher", "title"),
}


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that is different.

    Parameters
    ----------
    field
        Column.
    label
        The column in words.
    before, after
        Cells as stored; empty for nothing.
    """

    field: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowDifference:
    """One row that is new, gone or changed.

    Parameters
    ----------
    table
        Its table.
    row_id
        Its id.
    title
        What the row is, in words.
    kind
        ``new``, ``removed`` or ``changed``.
    fields
        Fields that are different; for a new or removed row all that are not empty.
    """

    table: str
    row_id: str
    title: str
    kind: Literal["new", "removed", "changed"]
    fields: tuple[FieldDifference, ...]


@dataclass(frozen=True, slots=True)
class Clash:
    """A field, or a whole row, that two people changed in different ways.

    Parameters
    ----------
    table, row_id, field
        Where; the field is empty for a row that one of them took out.
    label
        The field in words.
    base, yours, theirs
        Cells: as it was, as yours has it, as it is published now. For a row, what it says, empty where it is
        gone.
    """

    table: str
    row_id: str
    field: str
    label: str
    base: str
    yours: str
    theirs: str

    @property
    def key(self) -> str:
        """Name of the clash, for the choice between the two."""
        return f"{self.table}/{self.row_id}/{self.field}"


def field_label(field: str) -> str:
    """Put the name of a column into words.

    Parameters
    ----------
    field
        The column.

    Returns
    -------
    str
        Such as ``Place as written``.
    """
    return _NAMES.get(field, field.replace("_", " ").capitalize())


def cell_words(table: str, field: str, cell: str, name: Callable[[str], str] = str) -> str:
    """Put a cell into words.

    Parameters
    ----------
    table, field
        Where it stands.
    cell
        The cell.
    name
        Gives the name of a record or source by its id.

    Returns
    -------
    str
        Labels for codes, words for dates with their text, names for ids.
    """
    if not cell:
        return ""
    if (table, field) in _LISTS:
        return label(_LISTS[table, field], cell)
    if field in _DATES:
        return _date_words(cell)
    if field in _LINKS or field in ("actors", "products"):
        return ", ".join(_item_words(field, item, name) for item in cell.split("|"))
    return _plain_words(field, cell)


def _date_words(cell: str) -> str:
    try:
        return f"{date_words(UncertainDate.parse(cell))} ({cell})"
    except UncertainDateError:
        return cell


def _plain_words(field: str, cell: str) -> str:
    if field == "country":
        return country_name(cell)
    return " · ".join(cell.split("|")) if field == "names" else cell


def _item_words(field: str, item: str, name: Callable[[str], str]) -> str:
    if field in _LINKS:
        return name(item)
    if field == "actors":
        actor_id, _, role = item.rpartition(":")
        return f"{name(actor_id)} ({label('actor_roles', role)})"
    category, _, designation = item.partition(":")
    words = label("product_categories", category)
    return f"{designation} ({words.lower()})" if designation else words


def form_differences(
    before: DossierForm | None, after: DossierForm | None, name: Callable[[str], str] = str
) -> tuple[RowDifference, ...]:
    """Say what is different from one version to another.

    Parameters
    ----------
    before, after
        The versions; None for a record that is not there.
    name
        Gives the name of a record or source by its id.

    Returns
    -------
    tuple of RowDifference
        The record first, then its rows by table.
    """
    old, new = _rows(before), _rows(after)
    return tuple(
        RowDifference(
            table,
            row_id,
            _row_title(table, new.get((table, row_id)) or old[table, row_id], name),
            _kind(old.get((table, row_id)), new.get((table, row_id))),
            fields,
        )
        for table, row_id in dict.fromkeys([*old, *new])
        if (fields := _field_differences(table, old.get((table, row_id)), new.get((table, row_id))))
    )


def _rows(form: DossierForm | None) -> dict[tuple[str, str], Cells]:
    if form is None:
        return {}
    found = {(form.table, form.record_id): form.record}
    return found | {(table, row["id"]): row for table in ROW_TABLES for row in form.rows[table]}


def _kind(old: Cells | None, new: Cells | None) -> Literal["new", "removed", "changed"]:
    if old is None:
        return "new"
    return "removed" if new is None else "changed"


def _field_differences(table: str, old: Cells | None, new: Cells | None) -> tuple[FieldDifference, ...]:
    left, right = old or {}, new or {}
    return tuple(
        FieldDifference(column, field_label(column), left.get(column, ""), right.get(column, ""))
        for column in column_names(row_types()[table])
        if column not in _SILENT and left.get(column, "") != right.get(column, "")
    )


def _row_title(table: str, row: Cells, name: Callable[[str], str]) -> str:
    title = _TITLES[table]
    words = [cell_words(table, field, row[field], name) for field in _SAYS.get(table, ())]
    if table == "citations" and row["field"]:
        words[-1] = field_label(row["field"])
    said = ", ".join(word for word in words if word)
    return f"{title}: {said}" if said else title


def clashes(yours: DossierForm, theirs: DossierForm, name: Callable[[str], str] = str) -> tuple[Clash, ...]:
    """Find what two people changed in different ways since one of them began.

    Parameters
    ----------
    yours
        Your form, with what you began from as its base.
    theirs
        What is published now.
    name
        Gives the name of a record or source by its id.

    Returns
    -------
    tuple of Clash
        Empty when both can stand together.
    """
    return tuple(_clashes(yours, theirs, name))


def _clashes(yours: DossierForm, theirs: DossierForm, name: Callable[[str], str]) -> Iterator[Clash]:
    base, mine, other = _rows(_base(yours)), _rows(yours), _rows(theirs)
    for table, row_id in dict.fromkeys([*base, *mine, *other]):
        was, own, now = (side.get((table, row_id)) for side in (base, mine, other))
        if own is None and now is None:
            continue
        if own is None or now is None:
            kept = own or now or {}
            if was is not None and kept != was:  # one took out what the other changed
                said = _row_title(table, kept, name)
                yield Clash(table, row_id, "", said, said, said if own else "", said if now else "")
            continue
        both = {column for column in own if (was or {}).get(column, "") not in (own[column], now[column])}
        for column, cell in own.items():
            if cell != now[column] and (column in both or column in _disputed(table, was, own, now)):
                before = (was or {}).get(column, "")
                title = f"{_row_title(table, own, name)} — {field_label(column)}"
                yield Clash(table, row_id, column, title, before, cell, now[column])


def _base(form: DossierForm) -> DossierForm | None:
    return DossierForm.from_text(form.base) if form.base else None


def merged(yours: DossierForm, theirs: DossierForm, take_theirs: Mapping[str, bool]) -> DossierForm:
    """Put your changes on what is published now.

    Parameters
    ----------
    yours
        Your form, with what you began from as its base.
    theirs
        What is published now; its base is itself.
    take_theirs
        For each `Clash` by its key, whether theirs is taken; yours where it is not named.

    Returns
    -------
    DossierForm
        What only one of you changed is as that one has it; its base is what is published now.
    """
    base, mine, other = _rows(_base(yours)), _rows(yours), _rows(theirs)
    result = DossierForm(theirs.table, dict(theirs.record), base=theirs.base, withheld=theirs.withheld)
    for table, row_id in dict.fromkeys([*other, *mine]):
        was, own, now = (side.get((table, row_id)) for side in (base, mine, other))
        if own is None or now is None:
            row = _kept_row(was, own, now, theirs=take_theirs.get(f"{table}/{row_id}/", False))
        else:
            given = {column for column in own if take_theirs.get(f"{table}/{row_id}/{column}", False)}
            kept = {column for column, cell in own.items() if cell != (was or {}).get(column, "")} - given
            row = now | {column: own[column] for column in _whole_point(table, kept, given)}
        if row is None:
            continue
        if table == theirs.table:
            result.record = row
        else:
            result.rows[table].append(row)
    return result


def _disputed(table: str, was: Cells | None, own: Cells, now: Cells) -> frozenset[str]:
    """Name the columns of a point that both changed, each perhaps another of them."""
    if table != "locations" or was is None:
        return frozenset()
    mine, theirs = ({column for column in _POINT if side[column] != was[column]} for side in (own, now))
    return _POINT if mine and theirs and (mine | theirs) & _PLACE else frozenset()


def _whole_point(table: str, kept: set[str], given: set[str]) -> set[str]:
    # A latitude of one beside a longitude of the other is a point that neither meant; and where its author
    # was shown one on a grid only, what is said about such a point would give the exact one away.
    if table != "locations":
        return kept
    if given & _POINT:
        return kept - _POINT
    return kept | _POINT if kept & _PLACE else kept


def _kept_row(was: Cells | None, own: Cells | None, now: Cells | None, *, theirs: bool) -> Cells | None:
    """Decide about a row that only one side has."""
    if was is None:  # added by one of them
        return own or now
    if (own or now) == was:  # taken out by one of them, left alone by the other
        return None
    return now if theirs else own
