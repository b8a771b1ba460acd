"""How much of a source is read: an article is a few pages, and a file may be an attack."""

from typing import Final

__all__ = ["MAX_ATTACHMENTS", "MAX_BYTES", "MAX_CHARACTERS", "MAX_LABEL", "MAX_PAGES", "MAX_TEXT_BYTES"]

MAX_BYTES: Final = 20_000_000
"""Largest file that is read: documents carry pictures."""
MAX_TEXT_BYTES: Final = 5_000_000
"""Largest file of text, HTML or mail without its attachments."""
MAX_CHARACTERS: Final = 400_000
"""Longest text that is read as one article."""
MAX_PAGES: Final = 200
"""Most pages of a PDF file."""
MAX_ATTACHMENTS: Final = 50
"""Most attachments of a mail that are listed."""
MAX_LABEL: Final = 80
"""Longest name, title or publisher that is shown; names from outside are labels, never paths."""
