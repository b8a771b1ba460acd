"""The faults that are looked for: what each means to a person, and what to do about it."""

from dataclasses import dataclass, field
from typing import Final

__all__ = ["FAULTS", "Fault", "Finding", "Findings"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A kind of fault.

    Parameters
    ----------
    code
        As stored in ``flags``.
    label
        As shown.
    explanation
        What it means.
    fix
        What to do about it.
    """

    code: str
    label: str
    explanation: str
    fix: str


FAULTS: Final = {
    fault.code: fault
    for fault in (
        Fault(
            "country_contradicted", "Point outside its country",
            "The coordinates lie in another country than the one that the row states.",
            "Look the place up within the stated country, or correct the country.",
        ),
        Fault(
            "swapped", "Latitude and longitude swapped",
            "The point lies outside the stated country, and inside it when the two numbers change places.",
            "Swap the two numbers.",
        ),
        Fault(
            "country_point", "Middle of a country posing as a point",
            "The coordinates are those that stand for a whole country, but the row says more precise.",
            "Set the precision to country, or find the place.",
        ),
        Fault(
            "null_island", "0, 0",
            "Zero and zero are what an empty form leaves behind; the point is withheld.",
            "Find the place, or leave the record without a point.",
        ),
        Fault(
            "crowded_point", "Many records on one point",
            "Many records share one point to the last digit: often a town, a district or a default.",
            "Lower the precision to what the point stands for.",
        ),
        Fault(
            "ends_before_start", "Ends before it starts",
            "The last day lies before the first.",
            "Swap or correct the two dates.",
        ),
        Fault(
            "serial_year", "Year that is a day number",
            "The year is so late or early that the date may be a spreadsheet's day number, or a default.",
            "Read the column as day numbers, or correct it.",
        ),
        Fault(
            "default_date", "Day that stands for no date",
            "1 January 1900, 1 January 1970 and the like are what programs write when nothing is known.",
            "Empty the date, or find it.",
        ),
        Fault(
            "sentinel", "Number that stands for nothing",
            "A value such as -9, 7777 or NULL was left where a place, a name or a number should be.",
            "Empty the cell, or add the value to the empty ones of the mapping.",
        ),
        Fault(
            "duplicate_id", "Id that occurs again",
            "Two or more rows have one id; where their places agree too, one record may be there twice.",
            "Remove the double row, or choose another id column.",
        ),
        Fault(
            "mojibake", "Letters from a wrong encoding",
            "The text looks as if it had been read in the wrong encoding, such as \u00c3\u00a9 for \u00e9.",
            "Read the file again with the right encoding; the proposal shows what it would be.",
        ),
        Fault(
            "hidden_characters", "Characters that nobody sees",
            "The text held characters of no width, or that turn its direction round; they are written out.",
            "Remove them in the file.",
        ),
        Fault(
            "cut", "Text cut", "A text was longer than a name or a note can be.", "Shorten it in the file.",
        ),
        Fault(
            "long_before", "Long before the row was made",
            "The date lies more than a year before the day on which the row was made.",
            "Look at the source: the year may be that of something it mentions.",
        ),
    )
}  # fmt: skip
"""Every kind of fault, by code."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault in one row.

    Parameters
    ----------
    code
        Kind of fault.
    row
        Line or number of the feature.
    value
        What the row has.
    detail
        What speaks against it.
    fix
        What is proposed for this row.
    """

    code: str
    row: int
    value: str
    detail: str
    fix: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What the checks found.

    Parameters
    ----------
    counts
        Rows by kind of fault.
    findings
        The first ones of each kind.
    not_checked
        Kinds that could not be looked for, and why.
    """

    counts: dict[str, int] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    not_checked: dict[str, str] = field(default_factory=dict)
