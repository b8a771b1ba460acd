"""The data package checked, gated and put into the store."""
