"""The parts of the Edit page: a record's whole dossier, kept at every step and handed in for review."""
