"""One record as JSON, with every place, source and contradiction."""

from dataclasses import asdict
from typing import Any

from dashboard.domain.dates import UncertainDate
from dashboard.domain.records import Record
from dashboard.workflows.views.evidence import Library

__all__ = ["record_json"]


def record_json(library: Library, record_id: str) -> dict[str, Any]:
    """Give one record with its evidence.

    Parameters
    ----------
    library
        All records.
    record_id
        Id of a site, event or actor.

    Returns
    -------
    dict
        JSON values only; dates are EDTF text.

    Raises
    ------
    RecordNotFoundError
        If there is no such record.
    """
    found = library.get(record_id)
    citations = [
        _plain(citation) | {"source": _plain(library.sources[citation.source_id])}
        for citation in found.citations
    ]
    return {
        "type": found.record.table,
        "record": _plain(found.record),
        "locations": [_plain(location) for location in found.locations],
        "statuses": [_plain(status) for status in found.statuses],
        "citations": citations,
        "linked": list(found.linked),
        "version": library.version,
    }


def _plain(record: Record) -> dict[str, Any]:
    def value(name: str, raw: Any) -> Any:  # noqa: ANN401  # any field of any record
        own = getattr(record, name)
        return own.text if isinstance(own, UncertainDate) else raw

    return {name: value(name, raw) for name, raw in asdict(record).items()}
