"""Small studies for tests of the warehouse: rows from a table of labels, without pictures or files.

Belongs here: making rows. Does not belong here: importing a study (`tests/studies`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from warehouse.loading.columns import table_of

#: (model, condition, prompt) → what people said of its pictures, in order; None: a picture without a label.
Said = Mapping[tuple[str, str, str], Sequence[str | None]]


def tiny() -> dict[str, pa.Table]:
    """Return the tables of a study of two pictures, with a row of `agreement`, which has no week."""
    agreed = {"scope": "study", "study": "tiny", "attribute": "a", "labeler_a": "x", "labeler_b": "y"}
    agreed |= {"pictures": 1, "n": 1, "agreed": 1, "alpha_method": "none", "kappa_method": "none"}
    tables = study_tables({("m", "baseline", "p"): ["a", "b"]}, {"a": True, "b": True})
    return {**tables, "agreement": table_of("agreement", [agreed])}


def study_tables(
    said: Said,
    values: Mapping[str, bool],
    *,
    attribute: str = "gender",
    study: str = "tiny",
    versions: Sequence[str] = ("1-a",),
) -> dict[str, pa.Table]:
    """Return the tables of a study with one attribute; `values` are its declared ones: whether in the support.

    Every version of the labeler says the same.
    """
    base = {"study": study}
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in ("study_slots", "study_labels")}
    for (model, condition, prompt), readings in said.items():
        for replicate, value in enumerate(readings):
            key = f"{model}/{condition}/{prompt}/{replicate}"
            slot = {"slot_key": key, "model": model, "condition": condition, "prompt": prompt}
            picture = {"image_sha256": key.ljust(64, "0"), "status": "present"}
            rows["study_slots"].append({**base, **slot, "replicate": replicate, **picture})
            if value is not None:
                label = {"slot_key": key, "attribute": attribute, "labeler": "people", "value": value}
                rows["study_labels"] += [
                    {**base, **label, "labeler_kind": "person", "labeler_version": version}
                    for version in versions
                ]
    return {
        "study_models": pa.Table.from_pylist(
            [{**base, "model": model, "title": model.upper()} for model in sorted({key[0] for key in said})]
        ),
        "study_prompts": pa.Table.from_pylist(
            [
                {
                    **base,
                    "prompt": prompt,
                    "condition": condition,
                    "subject": f"person:{prompt}",
                    "title": prompt,
                }
                for condition, prompt in sorted({key[1:] for key in said})
            ]
        ),
        "study_attributes": pa.Table.from_pylist(
            [{**base, "attribute": attribute, "title": attribute, "kind": "named", "position": 0}]
        ),
        "study_published": table_of("study_published", []),
        "study_attribute_values": pa.Table.from_pylist(
            [
                {**base, "attribute": attribute, "value": value, "position": position, "in_support": support}
                for position, (value, support) in enumerate(values.items())
            ]
        ),
        **{name: pa.Table.from_pylist(found) for name, found in rows.items()},
    }
