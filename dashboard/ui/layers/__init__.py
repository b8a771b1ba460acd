"""Tables of others as layers: what there is, what was done with it, what is in it, what may be double."""
