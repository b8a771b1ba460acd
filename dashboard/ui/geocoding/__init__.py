"""The parts of the Geocoding page, and how a record's card shows why its places lie where they do."""
