"""Datasets of the field that are known by their headers: how each becomes rows of ours, as data."""

from dashboard.importers.presets.shelf import Preset, presets, recognise

__all__ = ["Preset", "presets", "recognise"]
