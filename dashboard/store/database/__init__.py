"""The database itself: opened, brought up to date, watched, and what its failures mean."""
