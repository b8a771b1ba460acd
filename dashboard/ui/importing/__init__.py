"""The parts of the page Import: a file, its columns, what would be imported, the import."""
