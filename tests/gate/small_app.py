"""A page with files for whoever looks at it, and one that fails when it is asked to."""

import streamlit as st

from dashboard.ui.person import admit, visitor

person = admit()
st.text(str(person))
st.text(f"counted as {visitor()};")
st.download_button("now", data=f"for {person}", file_name="now.csv", mime="text/csv")
st.download_button("later", data=lambda: f"made for {person}", file_name="later.csv", mime="text/csv")
if "fail" in st.query_params:
    raise RuntimeError("postgresql://atlas:swordfish@db.internal/atlas")
