"""Points that somebody wrote into free text, and how they are covered for those who may not see them.

A note that says "at 33.6167, -7.1167" undoes the coarsest grid. Better one number too many is covered than a
point too few: what is left is meant to be read, not to be computed with. Every repeat is bounded, so the time
grows with the text and with nothing in it.
"""

import re
from typing import Final

__all__ = ["COVERED", "leads_to_point", "without_points"]

COVERED: Final = "[point withheld]"
"""What stands where a point was."""

_SIGN: Final = r"[-+\u2212]?"
_MARK: Final = r"[.\u066b]"  # the second one is the Arabic decimal separator
_EITHER_MARK: Final = r"[.,\u066b]"
_PARTS: Final = rf"(?:{_EITHER_MARK}\d{{1,15}})?"
_HEMISPHERE: Final = r"(?:\s?[NSEWnsew]\b)"
_FREE: Final = r"(?<![\w.,])"
# degrees, which may go on with minutes and seconds; but not 40 degrees Celsius
_DEGREES: Final = (
    rf"{_FREE}{_SIGN}\d{{1,3}}{_PARTS}\s?[°º˚](?!\s?[CFcf]\b)"
    rf"(?:\s?\d{{1,2}}{_PARTS}\s?['\u2032\u2019\u00b4m]"
    rf"(?:\s?\d{{1,2}}{_PARTS}\s?(?:[\"\u2033\u201d]|'')?)?)?{_HEMISPHERE}?"
)
# 33.61, -7.11 and N33.61 W7.11
_PAIR: Final = (
    rf"(?:{_FREE}|(?<=[=NSEWnsew])){_SIGN}\d{{1,3}}{_MARK}\d{{2,15}}[\s,;/|&°º˚NSEWnsew]{{1,6}}"
    rf"{_SIGN}\d{{1,3}}{_MARK}\d{{2,15}}(?!\d){_HEMISPHERE}?"
)
# with decimal commas only where no thousands can be meant: 33,61; 7,11
_COMMA_PAIR: Final = (
    rf"{_FREE}{_SIGN}\d{{1,3}},\d{{2,15}}{_HEMISPHERE}?\s?[;/|]\s?"
    rf"{_SIGN}\d{{1,3}},\d{{2,15}}(?!\d){_HEMISPHERE}?"
)
# Any number with three decimals or more, because one half of a point is half of it; not a DOI, not 12,500,
# not what is counted or measured.
_DECIMALS: Final = (
    rf"(?<![\d.,]){_SIGN}\d{{1,3}}(?:{_MARK}\d{{3,15}}|,\d{{4,15}})"
    r"(?!\d|/[A-Za-z]|[.,]\d|\s?(?:[bm]illion|[bm]n\b|percent|per cent|%|hectares|tons|tonnes|km\b))"
)
_WITH_HEMISPHERE: Final = rf"{_FREE}{_SIGN}\d{{1,3}}{_EITHER_MARK}\d{{2,15}}{_HEMISPHERE}"
_RUN_TOGETHER: Final = r"\b\d{4,6}(?:\.\d{1,6})?\s?[NSns][\s,;/]{0,3}\d{5,7}(?:\.\d{1,6})?\s?[EWew]\b"
_SPACED: Final = r"\b\d{1,3}[ :-]\d{1,2}[ :-]\d{1,2}(?:\.\d{1,6})?\s?[NSEW]\b"
_SPACED_AFTER: Final = r"\b[NSEW]\s?\d{1,3}[ :-]\d{1,2}(?:[ :-]\d{1,2})?(?:\.\d{1,6})?(?!\d)"
_MGRS: Final = (
    r"\b\d{1,2}[C-HJ-NP-Xc-hj-np-x]\s?[A-HJ-NP-Z]{2}\s?"
    r"(?:\d{5}\s?\d{5}|\d{4}\s?\d{4}|\d{3}\s?\d{3}|\d{2}\s?\d{2})(?!\d)"
)
_ZONE: Final = r"\b(?:[Zz]one\s?)?\d{1,2}\s?(?:[C-HJ-NP-Xc-hj-np-x]|[Nn]orth|[Ss]outh)?[ ,;]{1,3}"
_EAST: Final = r"\d{6}(?:[.,]\d{1,6})?\s?(?:m\s?)?E?[ ,;/|-]{1,3}"
# A zone, easting and northing; the two numbers alone as well, for a country is enough to guess their zone.
_UTM: Final = (
    rf"(?:{_ZONE}{_EAST}\d{{5,7}}|(?<![\d.,]){_EAST}\d{{7}})(?:[.,]\d{{1,6}})?(?!\d)(?:\s?(?:m\s?)?N\b)?"
)
_PLUS_CODE: Final = r"\b[23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,4}\b"
_THREE_WORDS: Final = r"/{3}\w{2,30}\.\w{2,30}\.\w{2,30}"
_COORDINATES: Final = (
    _DEGREES, _PAIR, _COMMA_PAIR, _DECIMALS, _WITH_HEMISPHERE, _RUN_TOGETHER, _SPACED, _SPACED_AFTER,
    _MGRS, _UTM, _PLUS_CODE, _THREE_WORDS,
)  # fmt: skip
_POINT: Final = re.compile("|".join(f"(?:{pattern})" for pattern in _COORDINATES))
_IN_ADDRESS: Final = re.compile(
    rf"(?<![\d.])\d{{1,3}}\.\d{{2,15}}(?:%2[Cc]|%20|[^\d/]){{1,12}}\d{{1,3}}\.\d{{2,15}}|{_THREE_WORDS}|[°º]|%C2%B0"
)
_DIGIT: Final = re.compile(r"\d|///")


def without_points(text: str) -> str:
    """Cover the points in a text.

    Parameters
    ----------
    text
        Anything that a person wrote.

    Returns
    -------
    str
        The same text with `COVERED` in place of whatever looks like a coordinate: degrees, decimals, grid
        references, codes of places. Covering twice changes nothing more.
    """
    return _POINT.sub(COVERED, text) if _DIGIT.search(text) else text


def leads_to_point(address: str) -> bool:
    """Say whether a web address names a point, as one of a map service does.

    Parameters
    ----------
    address
        The address; numbers of articles, which may have decimals, are no points.

    Returns
    -------
    bool
        True when two numbers in it look like latitude and longitude.
    """
    return _IN_ADDRESS.search(address) is not None
