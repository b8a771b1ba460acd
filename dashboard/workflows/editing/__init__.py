"""A record as a draft: written, compared, handed in, reviewed."""
