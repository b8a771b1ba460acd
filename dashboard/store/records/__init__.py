"""The records: rows, dossiers, whole packages, hand-decided places, past states, protections."""
