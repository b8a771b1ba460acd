"""Citizens of geopy: the offline gazetteer, and online services behind a cache, a pace and a chain."""
