"""Tables of others as layers of their own: read, tried, stored, shown, reviewed."""
