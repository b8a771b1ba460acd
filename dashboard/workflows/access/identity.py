"""How the gate tells everything behind it who is there: an internal header, and one more for guests.

The gate writes the headers and throws away what a client sends under their names; Streamlit keeps them with
a session, and scripts read them back. This is what they agree on.
"""

from dataclasses import dataclass
from typing import Final

__all__ = ["ADDRESS_HEADER", "ANONYMOUS_PREFIX", "HEADER", "LOCAL_TEXT", "Identity"]

HEADER: Final = "X-Atlas-Identity"
"""The internal header; one that comes from outside is thrown away."""

ADDRESS_HEADER: Final = "X-Atlas-Address"
"""Where somebody who is not signed in comes from: a browser's id costs nothing to change, an address does."""

LOCAL_TEXT: Final = "local"
"""Its value in a local session."""

ANONYMOUS_PREFIX: Final = "anonymous:"
"""What its value begins with for somebody who is not signed in; a random id of the browser follows."""


@dataclass(frozen=True, slots=True)
class Identity:
    """What the header says.

    Parameters
    ----------
    text
        The value.
    """

    text: str

    @classmethod
    def signed_in(cls, person_id: str, at: float) -> "Identity":
        """Name a person who signed in.

        Parameters
        ----------
        person_id
            Id in the store.
        at
            When, in seconds since 1970.

        Returns
        -------
        Identity
            The identity.
        """
        return cls(f"{person_id}@{at:.6f}")

    @property
    def owner(self) -> str:
        """Whose sessions, uploads and files these are: the person, or the browser of somebody unknown."""
        if self.text.startswith(ANONYMOUS_PREFIX):
            return self.text
        return self.text.rpartition("@")[0] or self.text

    @property
    def is_anonymous(self) -> bool:
        """Whether nobody signed in."""
        return self.text.startswith(ANONYMOUS_PREFIX)
