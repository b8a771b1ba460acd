"""Requests to the API that cannot be answered as they are asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from dashboard.errors.root import AtlasError

__all__ = ["FilterError", "ParameterProblem", "RequestError"]

_SHOWN = 200


@dataclass(frozen=True, slots=True)
class ParameterProblem:
    """One parameter of a request that cannot be used.

    Parameters
    ----------
    parameter
        Its name, as it was given.
    value
        Its value, cut where it is long.
    detail
        What is wrong and what would be right, one sentence.
    """

    parameter: str
    value: str
    detail: str

    @classmethod
    def of(cls, parameter: str, value: str, detail: str) -> "ParameterProblem":
        """Name a problem, with texts short enough to be read.

        Parameters
        ----------
        parameter, value
            As they were given.
        detail
            What is wrong and what would be right.

        Returns
        -------
        ParameterProblem
            The problem.
        """
        return cls(parameter[:_SHOWN], value[:_SHOWN], detail)

    def __str__(self) -> str:
        """Name the parameter, then what is wrong with it."""
        return f"{self.parameter}: {self.detail}"


class RequestError(AtlasError, ValueError):
    """A request to the API that is refused.

    Parameters
    ----------
    detail
        What is wrong and what to do, for the one who asks.
    status
        The HTTP status that says it best.
    problems
        The parameters that are at fault, each with its value.
    """

    def __init__(
        self,
        detail: str,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        problems: Sequence[ParameterProblem] = (),
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.status = status
        self.problems = tuple(problems)


class FilterError(AtlasError, ValueError):
    """Filters or a window that no record could be asked for by.

    Parameters
    ----------
    problems
        One sentence for each, all of them, not just the first.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(" ".join(problems))
        self.problems = tuple(problems)
