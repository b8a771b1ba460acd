"""How we know: every publication cited, and what it is cited for."""

from dashboard.ui.lists import search_box
from dashboard.ui.page import open_page
from dashboard.ui.source_list import show_sources

library = open_page("sources", "Sources").library()
show_sources(library, search_box("Search sources"), key="sources_table")
