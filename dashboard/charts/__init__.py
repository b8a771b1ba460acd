"""Frames to pictures with axes: pure functions that know neither pages nor where frames come from.

Every chart has one point selection named `PICK`, whose fields say what was chosen; nothing is loaded from
outside, and no text becomes more than text.
"""

from dashboard.charts.looks import PICK
from dashboard.charts.matrix import matrix_chart, matrix_words
from dashboard.charts.ranking import ranking_chart, ranking_words
from dashboard.charts.specification import Specification, specify
from dashboard.charts.timeline import timeline_chart, timeline_words

__all__ = [
    "PICK",
    "Specification",
    "matrix_chart",
    "matrix_words",
    "ranking_chart",
    "ranking_words",
    "specify",
    "timeline_chart",
    "timeline_words",
]
