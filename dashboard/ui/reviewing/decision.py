"""One draft under review: what would change, where it stands on the map, and the decision about it."""

from typing import Final

import streamlit as st

from dashboard.domain.access import Person, Right, may
from dashboard.domain.dossier import Dossier
from dashboard.errors import AtlasError
from dashboard.runtime import AtlasView, runtime
from dashboard.ui.editing.begin import draft_name
from dashboard.ui.editing.conflict import moment_words
from dashboard.ui.editing.differences import names_in, show_differences
from dashboard.ui.geocoding.map import show_spots_map
from dashboard.ui.readings import as_read
from dashboard.ui.wishes import ask_why, reason, wish_button
from dashboard.ui.words import plain
from dashboard.workflows.editing.dossier_check import dossier_problems
from dashboard.workflows.editing.dossier_form import DossierForm
from dashboard.workflows.editing.reviewing import Review, accept, read_review, reject, send_back
from dashboard.workflows.views.evidence import Library
from dashboard.workflows.views.spots import Spot, spots_of

__all__ = ["show_review"]

_OWN: Final = "This draft is your own: another reviewer has to decide about it."


def show_review(atlas: AtlasView, person: Person, draft_id: str) -> None:
    """Draw one draft with the way to decide about it.

    Parameters
    ----------
    atlas
        The atlas.
    person
        Who reviews.
    draft_id
        Id of the draft.
    """
    library = atlas.library()
    try:
        review = as_read(
            "review",
            (person.id, draft_id, atlas.version),
            lambda: read_review(runtime().store, person, draft_id, names_in(library)),
        )
    except AtlasError as error:
        st.warning(plain(str(error)), icon=":material/cloud_off:")
        return
    draft = review.draft
    proposed = DossierForm.of(draft.dossier) if draft.dossier else None
    with st.container(border=True, key="review_draft_card"):
        st.markdown(f"#### {plain(draft_name(draft, library))}")
        st.caption(
            f"{plain(draft.record_id)} · by {plain(draft.author)}, {plain(moment_words(draft.submitted_at))}"
        )
        if draft.why:
            st.markdown(f"> {plain(draft.why)}")
        _show_origin(review)
        _show_state(review)
        _show_map(atlas, review)
        if draft.deletion:
            st.warning("The record would be deleted.", icon=":material/delete:")
        else:
            show_differences(review.differences, names_in(library, proposed))
            _show_problems(draft.dossier, library)
        _decide(review, atlas, person)


def _show_origin(review: Review) -> None:
    origin = review.draft.origin
    if origin.get("kind") == "article":
        with st.container(horizontal=True, gap="small", vertical_alignment="center"):
            st.caption(
                plain(f"Found in an article by {origin.get('extractor', '')}: {origin.get('relation', '')}")
            )
            st.page_link(
                "app_pages/articles.py",
                label="See it in its text",
                icon=":material/newspaper:",
                query_params={"article": str(origin.get("article", ""))},
            )
        return
    words = {key: str(value) for key, value in origin.items() if value}
    if words:
        st.caption(plain(" · ".join(f"{key}: {value}" for key, value in words.items())))


def _show_state(review: Review) -> None:
    draft = review.draft
    if review.revision == 0 and draft.base_revision:
        st.error("The record was deleted since this draft was begun.", icon=":material/call_split:")
    elif review.is_stale:
        st.warning(
            "The record was changed since this draft was begun: it is made of revision "
            f"{draft.base_revision}, and {review.revision} is published. Accepting is refused. "
            "The differences are against what is published now; send it back, so that "
            "its author puts it on that.",
            icon=":material/call_split:",
        )


def _show_map(atlas: AtlasView, review: Review) -> None:
    spots: list[Spot] = []
    if review.published is not None:
        spots += spots_of(review.published, "published", proposed=False)
    if review.draft.dossier is not None and not review.draft.deletion:
        spots += spots_of(review.draft.dossier, "proposed", proposed=True)
    if spots:
        show_spots_map(atlas, spots)


def _show_problems(dossier: Dossier | None, library: Library) -> None:
    problems = dossier_problems(dossier, library) if dossier else ()
    if problems:
        lines = "\n".join(f"- {plain(str(problem))}" for problem in problems)
        st.error(f"**It does not hold together any more**\n{lines}", icon=":material/rule:")


def _decide(review: Review, atlas: AtlasView, person: Person) -> None:
    draft = review.draft
    if review.own and not person.is_local:
        st.info(_OWN, icon=":material/person_off:")
        return
    if not may(person, Right.REVIEW, runtime().mode):
        st.info(f"The atlas is {runtime().mode.value} now: nothing is decided.", icon=":material/lock:")
        return
    field = f"review_why_{draft.id}"
    ask_why(field, needed=False, placeholder="Needed to reject or send back")
    store, library = runtime().store, atlas.library()

    def accepted(once: str) -> None:
        accept(store, person, draft, library, why=reason(field), operation_id=once)
        runtime().refresh()

    def sent_back(once: str) -> None:
        send_back(store, person, draft, why=reason(field), operation_id=once)

    def rejected(once: str) -> None:
        reject(store, person, draft, why=reason(field), operation_id=once)

    stamp, name = f"{draft.id} {draft.version}", draft_name(draft, library)
    with st.container(horizontal=True, gap="small"):
        wish_button(
            "Accept",
            f"accept {stamp}",
            accepted,
            f"{name}: accepted and published.",
            type="primary",
            icon=":material/check:",
            key="review_accept",
            shortcut="Mod+Enter",
            disabled=review.is_stale,
        )
        wish_button(
            "Send back",
            f"return {stamp}",
            sent_back,
            f"{name}: sent back to {draft.author}.",
            icon=":material/reply:",
            key="review_return",
        )
        wish_button(
            "Reject",
            f"reject {stamp}",
            rejected,
            f"{name}: rejected.",
            icon=":material/close:",
            key="review_reject",
        )
