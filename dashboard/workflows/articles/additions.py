"""One more source for a record that the atlas has: what is added, put on whatever is published now.

Adding a citation takes nothing away and changes no field. That is why it can be put on the next revision of
its record by itself, where another change would have to be looked at again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dashboard.domain.cells import read_cells, write_cells
from dashboard.domain.dossier import Dossier
from dashboard.domain.records import Citation, Source
from dashboard.store.drafts.drafts import Proposal
from dashboard.workflows.editing.dossier_form import DossierForm

__all__ = ["Added", "addition"]


@dataclass(frozen=True, slots=True)
class Added:
    """What an article adds to a record.

    Parameters
    ----------
    citations
        Its citations.
    source
        The article.
    """

    citations: tuple[Citation, ...]
    source: Source

    def as_json(self) -> dict[str, Any]:
        """Write it so that JSON can carry it.

        Returns
        -------
        dict
            For `from_json`.
        """
        return {"citations": [write_cells(row) for row in self.citations], "source": write_cells(self.source)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Added":
        """Make one of what `as_json` gave.

        Parameters
        ----------
        data
            The form.

        Returns
        -------
        Added
            What is added.

        Raises
        ------
        RowError
            A row cannot be read.
        """
        citations = tuple(read_cells(Citation, row) for row in data["citations"])
        return cls(citations, read_cells(Source, data["source"]))

    def stands_in(self, dossier: Dossier) -> bool:
        """Say whether a record has all of it as it was proposed.

        Parameters
        ----------
        dossier
            The record.

        Returns
        -------
        bool
            True when every citation is there, unchanged.
        """
        return set(self.citations) <= set(dossier.citations)


def addition(
    published: Dossier,
    revision: int,
    added: Added,
    seen: Callable[[Dossier], Dossier],
    origin: Mapping[str, Any],
) -> Proposal:
    """Propose to add citations to a record.

    Parameters
    ----------
    published
        The record as it is published.
    revision
        Its revision.
    added
        What is added.
    seen
        Gives a dossier as the author may see it: nothing else goes into the form.
    origin
        Where the proposal comes from.

    Returns
    -------
    Proposal
        The record with the citations.
    """
    there = {source.id for source in published.sources}
    sources = published.sources if added.source.id in there else (*published.sources, added.source)
    known = {row.id for row in published.citations}
    rows = [row for row in added.citations if row.id not in known]
    dossier = replace(published, citations=(*published.citations, *rows), sources=sources)
    shown = seen(published)
    form = DossierForm.of(shown)
    form.withheld = shown != published
    form.rows["citations"] += [write_cells(row) for row in rows]
    if added.source.id not in {row["id"] for row in form.rows["sources"]}:
        form.rows["sources"].append(write_cells(added.source))
    return Proposal(
        published.id, published.table, revision, dossier, form=form.to_text(), origin=dict(origin)
    )
