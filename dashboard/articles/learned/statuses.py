"""Whether an event happened, is planned, denied or put off: by the words of its clause and by the rules."""

from typing import Final

from dashboard.articles.learned.candidates import Candidate

__all__ = ["STATUSES", "status_features"]

STATUSES: Final = ("happened", "planned", "denied", "postponed")
_FAR: Final = 2


def status_features(candidate: Candidate) -> dict[str, float]:
    """Say what the model sees of an event's status.

    Parameters
    ----------
    candidate
        The event, its date already chosen.

    Returns
    -------
    dict of str to float
        Names of features with their values.
    """
    event, telling = candidate.event, candidate.telling
    finds = telling.finds
    names = [f"rule:{event.status}", f"{candidate.kind}|rule:{event.status}"]
    if event.status_hit is not None:
        names.append(f"rule_by:{event.status_hit.label}")
    for number, bag in enumerate(finds.bags):
        away = min(abs(number - candidate.clause), _FAR)
        names += [f"{away}/{name}" for name in bag if name.startswith("status:") or name == "future"]
    for name in finds.bags[candidate.clause]:
        if name[:2] in ("w:", "t:", "b:"):
            names.append(name)
    for side in (candidate.clause - 1, candidate.clause + 1):
        if 0 <= side < len(finds.bags):
            way = "r" if side > candidate.clause else "l"
            names += [f"{way}:{name}" for name in finds.bags[side] if name[:2] == "w:"]
    published = telling.memory.published
    if event.when is not None and published is not None:
        ended = event.when.last <= published
        time = "ahead" if event.when.first > published else "past" if ended else "around"
        names += [f"date:{time}", f"date:{time}/rule:{event.status}"]
    else:
        names += ["date:none", f"date:none/rule:{event.status}"]
    return dict.fromkeys(names, 1.0)
