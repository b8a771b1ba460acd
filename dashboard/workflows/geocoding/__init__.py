"""Names, tables and lists of names to places, with the decisions of people."""
