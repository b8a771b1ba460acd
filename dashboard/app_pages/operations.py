"""Operations, for admins: people, tokens, mode, backups, slow queries, the audit trail."""

import streamlit as st

from dashboard.domain.access import Right
from dashboard.errors import AtlasError
from dashboard.ui.administration.people import show_people
from dashboard.ui.administration.status import show_backups, show_slow_queries, show_status
from dashboard.ui.administration.tokens import show_tokens
from dashboard.ui.administration.trail import show_trail
from dashboard.ui.page import open_page, person_who_may
from dashboard.ui.words import plain

PARTS = {
    "Status": show_status,
    "People": show_people,
    "Tokens": show_tokens,
    "Backups": show_backups,
    "Slow queries": lambda _person: show_slow_queries(),
    "Audit trail": show_trail,
}

open_page("operations", "Operations")
person = person_who_may(Right.ADMINISTER)
if person is None:
    st.stop()
part = st.segmented_control(
    "Part",
    list(PARTS),
    default="Status",
    key="part",
    required=True,
    label_visibility="collapsed",
    bind="query-params",
)
try:
    PARTS[part](person)
except AtlasError as error:
    st.warning(plain(str(error)), icon=":material/cloud_off:")
