"""Frames of only some records: what a map that leaves the server carries, and nothing else."""

import numpy as np
import pandas as pd

from dashboard.frames import AtlasFrames
from dashboard.workflows.views.rows import Bools

__all__ = ["narrowed"]


def narrowed(frames: AtlasFrames, keep: Bools) -> AtlasFrames:
    """Keep some of the records, with their places and lives.

    Parameters
    ----------
    frames
        The atlas as an audience sees it.
    keep
        One value for each row of ``frames.records``.

    Returns
    -------
    AtlasFrames
        Of the same version and in the same order; the very same frames when all are kept.
    """
    if bool(np.all(keep)):
        return frames
    records = frames.records[keep]
    ids = pd.Index(records["record_id"])
    return AtlasFrames(
        frames.placements[frames.placements["record_id"].isin(ids)].reset_index(drop=True),
        records.reset_index(drop=True),
        frames.segments[frames.segments["record_id"].isin(ids)].reset_index(drop=True),
        frames.version,
    )
