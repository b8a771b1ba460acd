"""Taking a view along: as a link, a citation, a file, or a frame on one's own page."""
