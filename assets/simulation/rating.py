"""Simulated people, who rate the demo's gold: they look at a drawing, and a few of their answers are wrong."""

from __future__ import annotations

import csv
from pathlib import Path

from assets.simulation.drawing import Drawing
from warehouse.canonical import sha256_hex

#: Share of answers that are wrong, of each rater alone.
WRONG = 0.03
#: What nobody says of a drawing by mistake.
_NEVER = "not_applicable"


def rate(folder: Path, rater: str, attribute: str) -> None:
    """Fill in one column of a rater's table, as `cliche gold export --format csv` wrote it, from its pictures.

    Which answers are wrong follows from the names of set, rater and picture.
    """
    with (folder / "values.csv").open(encoding="utf-8-sig", newline="") as file:
        values = [row["value"] for row in csv.DictReader(file) if row["attribute"] == attribute]
    table = folder / f"{rater}.csv"
    with table.open(encoding="utf-8-sig", newline="") as file:
        rows = [*csv.DictReader(file)]
    for row in rows:
        if not row[attribute]:
            seen = Drawing().read((folder / row["image"]).read_bytes(), [attribute])[attribute].value
            chance = int(sha256_hex(f"{row['gold_set']}/{rater}/{row['task']}".encode())[:12], 16) / 16**12
            others = [value for value in values if value not in {seen, _NEVER}]
            row[attribute] = seen if chance >= WRONG else others[int(chance / WRONG * len(others))]
    with table.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
