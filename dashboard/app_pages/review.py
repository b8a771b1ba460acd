"""Review: what others proposed, beside what is published, to be accepted, sent back or rejected."""

import streamlit as st

from dashboard.domain.access import Right
from dashboard.errors import AtlasError
from dashboard.ui.layers.waiting import show_waiting_layers
from dashboard.ui.page import open_page, person_who_may
from dashboard.ui.reviewing.decision import show_review
from dashboard.ui.reviewing.deleted import show_deleted
from dashboard.ui.reviewing.nothing_waits import show_nothing_waits
from dashboard.ui.reviewing.waiting import choose_draft
from dashboard.ui.words import plain

atlas = open_page("review", "Review")
person = person_who_may(Right.REVIEW)
if person is None:
    st.stop()
show_waiting_layers(person)
waiting, gone = st.tabs(["Waiting", "Deleted records"])
with waiting:
    left, right = st.columns(2, gap="medium")
    with left:
        try:
            draft_id = choose_draft(person, atlas.library())
        except AtlasError as error:
            st.warning(plain(str(error)), icon=":material/cloud_off:")
            st.stop()
    with right:
        if draft_id:
            show_review(atlas, person, draft_id)
        else:
            show_nothing_waits(person)
with gone:
    show_deleted(person)
