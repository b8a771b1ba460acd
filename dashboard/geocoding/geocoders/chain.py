"""Several geocoders asked in turn: the first that answers wins, and what the others said is kept.

Without the second half a chain hides its failures: a service that is down looks like one that knows nothing,
and a place found by the last resort looks like one that everybody knows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, Self

from geopy.exc import GeocoderQueryError, GeopyError
from geopy.geocoders.base import DEFAULT_SENTINEL, Geocoder
from geopy.location import Location
from geopy.point import Point

from dashboard.errors import AtlasError
from dashboard.geocoding.geocoders.cached import PROVENANCE
from dashboard.geocoding.geocoders.wrapping import Answer, Method, NoNetwork, options_of

__all__ = ["Asked", "ChainAnswer", "ChainGeocoder"]

_LONGEST_DETAIL: Final = 300


@dataclass(frozen=True, slots=True)
class Asked:
    """What one geocoder of a chain said.

    Attributes
    ----------
    name
        Its name in the chain.
    said
        ``answered``, ``nothing`` (it knows no such place), ``error``, or ``skipped`` (an option of the
        question is unknown to it, and leaving that out would be another question).
    detail
        The error's sentence or the unknown options; empty otherwise.
    """

    name: str
    said: Literal["answered", "nothing", "error", "skipped"]
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ChainAnswer:
    """The answer of a chain with everything that was said.

    Attributes
    ----------
    answer
        Place(s) as geopy gives them, or None.
    answered_by
        Name of the geocoder that answered; empty when none did.
    asked
        What each said, in order; those behind the one that answered were not asked.
    error
        The first error, when any geocoder had one.
    """

    answer: Answer
    answered_by: str
    asked: tuple[Asked, ...]
    error: Exception | None

    def get(self) -> Answer:
        """Give the answer as geopy would.

        Returns
        -------
        geopy.location.Location or list or None
            Place(s); None when every geocoder that was asked knows no such place.

        Raises
        ------
        geopy.exc.GeopyError or AtlasError
            None answered and one of them had an error: nobody can say that there is no such place.
        """
        if self.answer is None and self.error is not None:
            raise self.error
        return self.answer


class ChainGeocoder(Geocoder):  # type: ignore[misc]  # geopy ships no types
    """Ask geocoders in turn.

    Parameters
    ----------
    members
        The geocoders by name, first asked first. Put the offline ones in front.

    Raises
    ------
    ValueError
        There is none.
    """

    def __init__(self, members: Mapping[str, Geocoder]) -> None:
        super().__init__(adapter_factory=NoNetwork)
        if not members:
            raise ValueError("A chain needs at least one geocoder")
        self.members = dict(members)

    def __enter__(self) -> Self:
        for member in self.members.values():
            member.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        for member in self.members.values():
            member.__exit__(*error)

    def geocode(
        self,
        query: str | Mapping[str, str],
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ANN401 - geopy's signature
        **options: Any,  # noqa: ANN401 - each geocoder has its own
    ) -> Answer:
        """Find the place that a name means.

        Parameters
        ----------
        query
            A toponym, or geopy's mapping of ``street``, ``city``, ``county``, ``state``, ``country``.
        exactly_one
            Give the best place only.
        timeout
            Seconds that a single request may take; each geocoder's own when not given.
        **options
            Further options, such as ``country_codes``. A geocoder that does not know one is skipped.

        Returns
        -------
        geopy.location.Location or list or None
            Place(s) in EPSG:4326 whose ``raw["atlas"]`` names under ``answered_by`` who answered, and lists
            under ``asked`` what each said; None when all know no such place.

        Raises
        ------
        geopy.exc.GeopyError or AtlasError
            None answered and one had an error; the first error.
        """
        return self.ask("geocode", query, exactly_one=exactly_one, timeout=timeout, **options).get()

    def reverse(
        self,
        query: Point | tuple[float, float] | str,
        *,
        exactly_one: bool = True,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ANN401 - geopy's signature
        **options: Any,  # noqa: ANN401 - each geocoder has its own
    ) -> Answer:
        """Find the place(s) at a point.

        Parameters
        ----------
        query
            A geopy point, (latitude, longitude) in degrees of EPSG:4326, or text such as ``33.6, -7.1``.
        exactly_one
            Give the nearest place only.
        timeout
            Seconds that a single request may take; each geocoder's own when not given.
        **options
            Further options, such as ``language``. A geocoder that does not know one is skipped.

        Returns
        -------
        geopy.location.Location or list or None
            Place(s), as from `geocode`; None when all know none there.

        Raises
        ------
        geopy.exc.GeopyError or AtlasError
            None answered and one had an error; the first error.
        """
        return self.ask("reverse", query, exactly_one=exactly_one, timeout=timeout, **options).get()

    def ask(
        self,
        method: Method,
        query: Any,  # noqa: ANN401 - a name or a point
        *,
        timeout: Any = DEFAULT_SENTINEL,  # noqa: ANN401 - geopy's signature
        **options: Any,  # noqa: ANN401 - each geocoder has its own
    ) -> ChainAnswer:
        """Ask in turn and keep what each said.

        Parameters
        ----------
        method
            ``geocode`` or ``reverse``.
        query
            As for that method.
        timeout
            As for that method.
        **options
            As for that method.

        Returns
        -------
        ChainAnswer
            The answer, who gave it, and what the others said. Errors of geocoders are in it, not raised.
        """
        asked: list[Asked] = []
        first_error: Exception | None = None
        if timeout is not DEFAULT_SENTINEL:
            options["timeout"] = timeout
        for name, member in self.members.items():
            known = options_of(member, method)
            unknown = sorted(options.keys() - known) if known is not None else []
            if unknown:
                asked.append(Asked(name, "skipped", f"does not know {', '.join(unknown)}"))
                continue
            try:
                answer = getattr(member, method)(query, **options) or None
            except (GeopyError, AtlasError) as error:
                first_error = first_error or error
                asked.append(Asked(name, "error", _detail(error)))
                continue
            if answer is not None:
                asked.append(Asked(name, "answered"))
                return ChainAnswer(_told(answer, name, asked), name, tuple(asked), first_error)
            asked.append(Asked(name, "nothing"))
        if all(one.said == "skipped" for one in asked):
            details = "; ".join(f"{one.name} {one.detail}" for one in asked)
            first_error = GeocoderQueryError(f"No geocoder of the chain can answer this: {details}")
        return ChainAnswer(None, "", tuple(asked), first_error)


def _detail(error: Exception) -> str:
    text = f"{type(error).__name__}: {error}"
    return text if len(text) <= _LONGEST_DETAIL else f"{text[: _LONGEST_DETAIL - 1]}…"


def _told(answer: Location | list[Location], name: str, asked: list[Asked]) -> Location | list[Location]:
    if isinstance(answer, list):
        return [_told(place, name, asked) for place in answer]
    raw = answer.raw
    if not isinstance(raw, Mapping):
        return answer
    said = [{"name": one.name, "said": one.said, "detail": one.detail} for one in asked]
    kept = raw.get(PROVENANCE)
    provenance = {**(kept if isinstance(kept, Mapping) else {}), "answered_by": name, "asked": said}
    return Location(answer.address, answer.point, {**raw, PROVENANCE: provenance})
