"""The only shared widgets: the address, filters, the map panel, tables and the record card."""
