"""How much a confined process may use."""

from dataclasses import dataclass

__all__ = ["Limits"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may use, and for how many pieces one process lives.

    Parameters
    ----------
    memory_bytes
        Address space of the process, libraries included.
    cpu_s
        Seconds of processor time.
    wall_s
        Seconds on the clock.
    output_bytes
        Length of the result.
    lives
        Pieces of work after which a process makes way for a new one.
    stream_bytes
        Length of all pieces of a result that comes in pieces.
    """

    memory_bytes: int = 1_000_000_000
    cpu_s: int = 20
    wall_s: float = 30.0
    output_bytes: int = 32_000_000
    lives: int = 500
    stream_bytes: int = 1_000_000_000
