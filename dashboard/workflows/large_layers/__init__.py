"""Tables that no memory holds: dealt into files or a table, counted, and served by window."""
