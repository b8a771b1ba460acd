"""Frames and packages written to files."""
