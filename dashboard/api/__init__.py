"""Plain HTTP beside the pages: the map document, its payload, its scripts, records, readiness."""
