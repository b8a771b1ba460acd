"""What the API says when it cannot answer: problem details as JSON (RFC 9457), naming parameter and value."""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from dashboard.api.reading import reading
from dashboard.domain.access import Right
from dashboard.errors import BusyError, RecordNotFoundError, RequestError, VersionGoneError
from dashboard.runtime import AtlasView

__all__ = ["PROBLEM", "answering", "problem", "refusal"]

PROBLEM: Final = "application/problem+json"
"""Media type of a problem."""


def problem(
    status: int,
    detail: str,
    *,
    errors: list[dict[str, str]] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Say what is wrong with a request.

    Parameters
    ----------
    status
        HTTP status.
    detail
        What is wrong and what to do.
    errors
        Parameters at fault, each with ``parameter``, ``value`` and ``detail``.
    headers
        More headers.

    Returns
    -------
    Response
        The problem; nobody keeps it.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": detail,
    }
    if errors:
        body["errors"] = errors
    return Response(
        json.dumps(body, ensure_ascii=True).encode("ascii"),
        status_code=status,
        media_type=PROBLEM,
        headers={"Cache-Control": "no-store"} | dict(headers or {}),
    )


def answering(
    answer: Callable[[Request, AtlasView], Response], right: Right = Right.READ
) -> Callable[[Request], Response]:
    """Make a route of the API of a function that answers from the view of whoever asks.

    Parameters
    ----------
    answer
        Gives the answer, from nothing but the view.
    right
        What the person has to be allowed.

    Returns
    -------
    callable
        The route; whatever is refused is refused as a problem.
    """

    def attempt(request: Request, view: AtlasView) -> Response:
        try:
            return answer(request, view)
        except RequestError as error:
            return refusal(error)
        except RecordNotFoundError as error:
            return problem(HTTPStatus.NOT_FOUND, str(error))
        except VersionGoneError as error:
            return problem(HTTPStatus.GONE, str(error))
        except BusyError as error:
            headers = {"Retry-After": str(error.retry_after)}
            return problem(HTTPStatus.SERVICE_UNAVAILABLE, str(error), headers=headers)

    route = reading(attempt, right)

    def answered(request: Request) -> Response:
        response = route(request)
        plain = response.headers.get("content-type", "").startswith("application/json")
        if response.status_code < HTTPStatus.BAD_REQUEST or not plain:
            return response
        said = json.loads(bytes(response.body))
        kept = {name: response.headers[name] for name in ("retry-after",) if name in response.headers}
        return problem(response.status_code, str(said.get("error", "")), headers=kept)

    return answered


def refusal(error: RequestError) -> Response:
    """Put a refused request into words.

    Parameters
    ----------
    error
        Why it is refused.

    Returns
    -------
    Response
        The problem, with every parameter at fault.
    """
    errors = [
        {"parameter": one.parameter, "value": one.value, "detail": one.detail} for one in error.problems
    ]
    return problem(error.status, error.detail, errors=errors)
