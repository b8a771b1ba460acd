import geopandas as gpd
import pandas as pd
import pytest

from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.frames import CRS, AtlasFrames, check_placements, check_segments, records_of

COLUMNS = ["record_id", "record_type", "kind", "name", "status", "first", "last", "dated", "country", "point"]
HOSTILE = "<img src=x onerror=alert(1)>${alert(2)}</script><script>alert(3)</script>\\\\`"


@pytest.fixture
def frames() -> AtlasFrames:
    """A site with two lives, an event at two places, an undated event, an unplaced one, a hostile name."""
    rows = pd.DataFrame(
        [
            ("st-a", "site", "factory", "A", "operating", 100, 300, True, "MA", (-7.1, 33.6)),
            ("ev-b", "event", "meeting", "B", "happened", 200, 210, True, "IL", (34.8, 32.1)),
            ("ev-b", "event", "meeting", "B", "happened", 200, 210, True, "MA", (-6.8, 34.0)),
            ("ev-c", "event", "policy", "C", "happened", DAY_PAST, DAY_FUTURE, False, "FR", (2.3, 48.9)),
            ("ev-d", "event", "visit", "D", "planned", 400, 400, True, "", None),
            ("ev-e", "event", "test", HOSTILE, "happened", 500, 530, True, "NO", (9.6, 59.7)),
        ],
        columns=COLUMNS,
    )
    frame = gpd.GeoDataFrame(
        rows.drop(columns="point").assign(
            date="", role="at", place=rows["country"], precision="locality", precision_m=5_050,
            actors="", parties="", products="", sources=1, contradicted=False, search="",
        ),
        geometry=gpd.points_from_xy(
            [p[0] if p else float("nan") for p in rows["point"]],
            [p[1] if p else float("nan") for p in rows["point"]],
        ),
        crs=CRS,
    )  # fmt: skip
    frame.loc[frame["country"] == "", "geometry"] = None
    frame.loc[frame["country"] == "", "precision"] = "none"
    types = dict.fromkeys(("first", "last", "precision_m", "sources"), "int32")
    placements = check_placements(frame.astype(types))
    segments = pd.DataFrame(
        [("st-a", "planned", 100, 199, True), ("st-a", "operating", 200, DAY_FUTURE, False)],
        columns=["record_id", "status", "first", "last", "certain"],
    ).astype({"record_id": "str", "status": "str", "first": "int32", "last": "int32"})
    return AtlasFrames(placements, records_of(placements), check_segments(segments), "v1")
