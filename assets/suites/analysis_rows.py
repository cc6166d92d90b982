"""What the analysis file declares, as rows of the warehouse."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa

from assets.suites.analysis import Analysis
from assets.suites.claims import RegisteredClaim
from warehouse.loading.analysis_tables import ANALYSIS_TABLES
from warehouse.loading.columns import table_of


def analysis_tables(declared: Analysis) -> dict[str, pa.Table]:
    """Return the rows of each of `ANALYSIS_TABLES`."""
    rows: Mapping[str, Iterable[Mapping[str, Any]]] = {
        "yardsticks": ({**y.model_dump(), **_suite(y.suite)} for y in declared.yardsticks),
        "stereotype_pairs": (
            {**p.model_dump(), **_suite(p.suite), "subject": p.group} for p in declared.stereotypes
        ),
        "typed_subjects": (
            {**t.model_dump(), **_suite(t.suite), "subject": subject, "side": side}
            for t in declared.typed
            for side, subjects in (("male", t.male), ("female", t.female))
            for subject in subjects
        ),
        "combinations": (
            {**_suite(c.suite), "combination": c.id, "attribute": attribute, "value": value}
            for c in declared.combinations
            for attribute, value in c.values.items()
        ),
        "controls": (
            {**suite, "prompt": f"{suite['suite']}/{c.prompt}", "control": f"{suite['suite']}/{c.control}"}
            for c in declared.controls
            for suite in (_suite(c.suite),)
        ),
        "study_references": _study_rows(declared),
    }
    return {table: table_of(table, rows[table]) for table in ANALYSIS_TABLES}


def joint_rows(declared: Analysis, claims: Iterable[RegisteredClaim]) -> list[tuple[str, str, int, str, str]]:
    """Return the rows of `joint_values`: what one picture must show of several attributes."""
    wanted: list[tuple[str, Sequence[str], Mapping[str, Sequence[str]]]] = [
        *(
            (c.id, (c.suite,), {name: (value,) for name, value in c.values.items()})
            for c in declared.combinations
        ),
        *((c.id, c.suites, c.shows) for c in claims if len(c.shows) > 1),
    ]
    return sorted(
        (joint, *_suite(label).values(), attribute, value)
        for joint, suites, shows in wanted
        for label in suites
        for attribute, values in shows.items()
        for value in values
    )


def _suite(label: str) -> dict[str, Any]:
    suite, _, major = label.partition("@")
    return {"suite": suite, "suite_major": int(major)}


def _study_rows(declared: Analysis) -> Iterator[dict[str, Any]]:
    for study in declared.studies:
        for prompt, share in study.shares.items():
            side = "male" if prompt in study.male else "female" if prompt in study.female else "neither"
            for value, expected in ((study.value, share), (study.other, round(1 - share, 6))):
                yield {
                    **study.model_dump(),
                    "prompt": prompt,
                    "value": value,
                    "expected_share": expected,
                    "side": side if value == study.value else None,
                }
