"""The parts of the Operations page, for admins only."""
