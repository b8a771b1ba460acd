"""Look for faults in mapped rows, batch by batch, with memory that grows with ids and points alone."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dashboard.domain.countries import country_name
from dashboard.domain.dates import DAY_FUTURE, DAY_PAST
from dashboard.importers.checks.countries import CountryTest
from dashboard.importers.checks.faults import FAULTS, Finding, Findings
from dashboard.importers.checks.texts import MOJIBAKE, SENTINEL, matching, mended
from dashboard.importers.mapping.nations import country_points

__all__ = ["Checker", "find_faults"]

_Numbers: TypeAlias = NDArray[np.float64]

_LISTED: Final = 500
_CROWD: Final = 20
_NEAR_POINT: Final = 0.02
_PRECISE: Final = ("exact", "near", "locality", "district")
_DEFAULTS: Final = ("1900-01-01", "1970-01-01", "1899-12-30", "1904-01-01", "1901-01-01")
_COARSE: Final = 1_000_000
_BY_MAPPING: Final = ("null_island", "ends_before_start", "hidden_characters", "cut", "long_before")
_YEAR_1800, _YEAR_2100 = -62_091, 47_482


def find_faults(batches: Iterable[pa.RecordBatch], shapes: Mapping[str, Any] | None = None) -> Findings:
    """Look for faults.

    Parameters
    ----------
    batches
        Rows as `LAYER_ROWS` has them.
    shapes
        Shapes of countries by ISO 3166-1 alpha-2; without them no point is tested against its country.

    Returns
    -------
    Findings
        What was found.
    """
    checker = Checker(shapes)
    for batch in batches:
        checker.take(batch)
    return checker.findings()


class Checker:
    """Looks for faults in the batches of one table.

    Parameters
    ----------
    shapes
        As in `find_faults`.
    """

    def __init__(self, shapes: Mapping[str, Any] | None = None) -> None:
        self._test = CountryTest(shapes) if shapes else None
        self._counts = Counter[str]()
        self._found: list[Finding] = []
        self._ids: list[NDArray[np.uint64]] = []
        self._points: list[NDArray[np.int64]] = []
        self._rows: list[NDArray[np.int32]] = []
        self._placed: list[NDArray[np.int32]] = []

    def take(self, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Look through one batch.

        Parameters
        ----------
        batch
            Rows as `LAYER_ROWS` has them.

        Returns
        -------
        pyarrow.RecordBatch
            The same rows; the codes of what a single row shows are added to ``flags``.
        """
        rows = batch.column("row").to_numpy()
        lat = pc.fill_null(batch.column("lat"), np.nan).to_numpy()
        lon = pc.fill_null(batch.column("lon"), np.nan).to_numpy()
        self._remember(batch, rows, lat, lon)
        met: dict[str, NDArray[np.bool_]] = {}
        self._check_countries(batch, lat, lon, met)
        self._check_country_points(batch, lat, lon, met)
        self._check_dates(batch, met)
        self._check_texts(batch, met)
        self._count_flags(batch)
        return _with_flags(batch, met)

    def findings(self) -> Findings:
        """Say what was found in all batches.

        Returns
        -------
        Findings
            With what only the whole table shows: ids that occur again, points that many share.
        """
        self._find_doubles()
        self._find_crowds()
        order = {code: number for number, code in enumerate(FAULTS)}
        found = sorted(self._found, key=lambda one: (order[one.code], one.row))
        reason = "no shapes of countries were at hand"
        missing = {} if self._test else dict.fromkeys(("country_contradicted", "swapped"), reason)
        counts = {code: self._counts[code] for code in FAULTS if self._counts[code]}
        return Findings(counts, tuple(found), missing)

    def _tell(self, code: str, row: int, value: str, detail: str, fix: str = "") -> None:
        self._counts[code] += 1
        if self._counts[code] <= _LISTED:
            self._found.append(Finding(code, int(row), value[:200], detail, fix or FAULTS[code].fix))

    def _remember(self, batch: pa.RecordBatch, rows: NDArray[np.int32], lat: _Numbers, lon: _Numbers) -> None:
        # Python's hash of a text is 64 bits wide: two of a million ids meet once in ten million tables.
        ids = np.fromiter(map(hash, batch.column("external_id").to_pylist()), dtype=np.int64, count=len(rows))
        self._ids.append(ids.view(np.uint64))
        self._rows.append(rows.copy())  # a view would keep the whole batch
        precise = pc.is_in(batch.column("precision"), pa.array(_PRECISE[:3])).to_numpy(zero_copy_only=False)
        there = ~np.isnan(lat) & precise
        packed = (np.round(lat[there] * _COARSE).astype(np.int64) << 32) + np.round(
            lon[there] * _COARSE
        ).astype(np.int64)
        self._points.append(packed)
        self._placed.append(rows[there])

    def _check_countries(
        self, batch: pa.RecordBatch, lat: _Numbers, lon: _Numbers, met: dict[str, NDArray[np.bool_]]
    ) -> None:
        if self._test is None:
            return
        stated = batch.column("country")
        # The middle of a country or a sea may lie outside of it.
        precise = pc.is_in(batch.column("precision"), pa.array([*_PRECISE, "province"]))
        asked = pc.and_(precise, pc.not_equal(stated, "")).to_numpy(zero_copy_only=False)
        where = np.flatnonzero(~np.isnan(lat) & asked)
        countries = stated.take(pa.array(where)).to_pylist()
        verdicts = self._test.judge(countries, lat[where], lon[where])
        for number, verdict in enumerate(verdicts):
            if not verdict.code:
                continue
            at = int(where[number])
            met.setdefault(verdict.code, np.zeros(len(lat), dtype=bool))[at] = True
            country = country_name(countries[number])
            inside = f"in {country_name(verdict.inside)}" if verdict.inside else "at sea or in no country"
            swap = f"Swap them: {lon[at]:g}, {lat[at]:g}." if verdict.code == "swapped" else ""
            self._tell(
                verdict.code, batch.column("row")[at].as_py(), f"{lat[at]:g}, {lon[at]:g}",
                f"{batch.column('name')[at].as_py()}: the row says {country}, the point lies {inside}", swap,
            )  # fmt: skip

    def _check_country_points(
        self, batch: pa.RecordBatch, lat: _Numbers, lon: _Numbers, met: dict[str, NDArray[np.bool_]]
    ) -> None:
        precise = pc.is_in(batch.column("precision"), pa.array(_PRECISE)).to_numpy(zero_copy_only=False)
        points = list(country_points().items())
        lats, lons = (np.array([point[side] for _, point in points]) for side in (0, 1))
        order = np.argsort(lats)
        low = np.searchsorted(lats[order], lat - _NEAR_POINT)
        high = np.searchsorted(lats[order], lat + _NEAR_POINT)
        for at in np.flatnonzero(precise & (high > low) & ~np.isnan(lat)):
            near = order[low[at] : high[at]]
            hit = near[np.abs(lons[near] - lon[at]) <= _NEAR_POINT]
            if len(hit):
                met.setdefault("country_point", np.zeros(len(lat), dtype=bool))[at] = True
                self._tell(
                    "country_point", batch.column("row")[int(at)].as_py(), f"{lat[at]:g}, {lon[at]:g}",
                    f"this point stands for {country_name(points[int(hit[0])][0])} as a whole",
                )  # fmt: skip

    def _check_dates(self, batch: pa.RecordBatch, met: dict[str, NDArray[np.bool_]]) -> None:
        first, last = batch.column("first").to_numpy(), batch.column("last").to_numpy()
        dated = batch.column("dated").to_numpy(zero_copy_only=False)
        odd = dated & (
            ((first != DAY_PAST) & (first < _YEAR_1800)) | ((last != DAY_FUTURE) & (last > _YEAR_2100))
        )
        default = pc.is_in(batch.column("date"), pa.array(_DEFAULTS)).to_numpy(zero_copy_only=False)
        for code, rows in (("serial_year", odd), ("default_date", default)):
            self._tell_all(batch, code, rows, "date_as_written", met)

    def _check_texts(self, batch: pa.RecordBatch, met: dict[str, NDArray[np.bool_]]) -> None:
        for field in ("name", "place", "actors"):
            strange = matching(batch.column(field), MOJIBAKE)
            if strange.any():
                met["mojibake"] = met.get("mojibake", np.zeros(len(strange), dtype=bool)) | strange
                for at in np.flatnonzero(strange):
                    text = batch.column(field)[int(at)].as_py()
                    better = mended(text)
                    fix = f"Perhaps {better[:120]}" if better else ""
                    self._tell("mojibake", batch.column("row")[int(at)].as_py(), text, f"in {field}", fix)
            self._tell_all(batch, "sentinel", matching(batch.column(field), SENTINEL), field, met)
        both = batch.column("lat"), batch.column("lon")
        nines = pa.array([-9.0, -99.0], pa.float64())
        same = pc.and_(pc.equal(*both), pc.is_in(both[0], nines))
        rows = pc.fill_null(same, False).to_numpy(zero_copy_only=False)  # noqa: FBT003  # Arrow's own
        self._tell_all(batch, "sentinel", rows, "lat", met)

    def _tell_all(
        self,
        batch: pa.RecordBatch,
        code: str,
        rows: NDArray[np.bool_],
        field: str,
        met: dict[str, NDArray[np.bool_]],
    ) -> None:
        if not rows.any():
            return
        met[code] = met.get(code, np.zeros(len(rows), dtype=bool)) | rows
        for at in np.flatnonzero(rows):
            value = str(batch.column(field)[int(at)].as_py())
            self._tell(code, batch.column("row")[int(at)].as_py(), value, f"in {field}")

    def _count_flags(self, batch: pa.RecordBatch) -> None:
        flags = batch.column("flags")
        for code in _BY_MAPPING:
            rows = matching(flags, rf"\|{code}\|")
            for at in np.flatnonzero(rows):
                name = batch.column("name")[int(at)].as_py()
                self._tell(code, batch.column("row")[int(at)].as_py(), name, FAULTS[code].explanation)

    def _find_doubles(self) -> None:
        if not self._ids:
            return
        ids, rows = np.concatenate(self._ids), np.concatenate(self._rows)
        order = np.argsort(ids, kind="stable")
        again = np.flatnonzero(ids[order][1:] == ids[order][:-1]) + 1
        for at in again:
            before, row = int(rows[order[at - 1]]), int(rows[order[at]])
            self._tell("duplicate_id", row, "", f"row {before} has the same id")

    def _find_crowds(self) -> None:
        if not self._points:
            return
        points, rows = np.concatenate(self._points), np.concatenate(self._placed)
        places, first, counts = np.unique(points, return_index=True, return_counts=True)
        share = max(_CROWD, len(points) // 100)
        for at in np.flatnonzero(counts >= share):
            lat = float((int(places[at]) + (1 << 31)) >> 32) / _COARSE
            lon = float(int(places[at]) - (round(lat * _COARSE) << 32)) / _COARSE
            self._tell(
                "crowded_point",
                int(rows[first[at]]),
                f"{lat:g}, {lon:g}",
                f"{counts[at]:,} rows lie on this point",
            )


def _with_flags(batch: pa.RecordBatch, met: dict[str, NDArray[np.bool_]]) -> pa.RecordBatch:
    if not met:
        return batch
    flags = batch.column("flags")
    for code, rows in met.items():
        start = pc.if_else(pc.equal(flags, ""), "|", flags)
        longer = pc.binary_join_element_wise(start, f"{code}|", "")
        flags = pc.if_else(pa.array(rows), longer, flags)
    return batch.set_column(batch.schema.get_field_index("flags"), batch.schema.field("flags"), flags)
