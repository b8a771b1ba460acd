"""All sites in the window, with their evidence."""

from dashboard.ui.record_list import show_list_page

show_list_page("sites", "Sites", "site")
