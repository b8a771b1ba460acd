"""Other people's tables and our own data package, read into records."""
