"""The public log of changes, the differences between versions, and the versions there are."""
