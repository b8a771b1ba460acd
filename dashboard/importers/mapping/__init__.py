"""Which column of somebody's table is which field of ours: guessed, corrected, kept, carried out."""

from dashboard.importers.mapping.applying import MappedBatch, apply
from dashboard.importers.mapping.files import mapping_from_yaml, mapping_to_yaml
from dashboard.importers.mapping.guessing import Guess, GuessedColumn, guess
from dashboard.importers.mapping.model import CountryRule, DateRule, Mapping, PointRule, TextRule

__all__ = [
    "CountryRule",
    "DateRule",
    "Guess",
    "GuessedColumn",
    "MappedBatch",
    "Mapping",
    "PointRule",
    "TextRule",
    "apply",
    "guess",
    "mapping_from_yaml",
    "mapping_to_yaml",
]
