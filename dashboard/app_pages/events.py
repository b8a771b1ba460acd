"""All events in the window, with their evidence."""

from dashboard.ui.record_list import show_list_page

show_list_page("events", "Events", "event")
