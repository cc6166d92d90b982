"""The table docs/tables/photo_agreement.md, which says how well `photo` agrees with people: made, not typed.

python -m tests.research.photo_table --root ../shared/studies-as-published/raza2025
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import duckdb

from assets.labeling.registry import make_labeler
from assets.studies.definition import SHIPPED
from assets.studies.importer import import_study
from assets.studies.labeling import label_study
from assets.studies.reading.pictures import Progress, silent
from warehouse.database.schema import open_warehouse
from warehouse.errors import ClicheError
from warehouse.loading.load import load_study
from warehouse.sqlfiles import sql
from warehouse.store import open_store

STUDY = "raza2025"
DEFINITION = SHIPPED / f"{STUDY}.yaml"
TABLE = Path(__file__).parents[2] / "docs" / "tables" / "photo_agreement.md"

_HEAD = (
    "| model | pictures | with a gender read | people said female or male | agree | female read as masculine "
    "| male read as feminine |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
)


def measure(root: Path, home: Path, *, progress: Progress = silent) -> str:
    """Return the table as Markdown, after import and labeling of the study into a store at `home`."""
    labeler = make_labeler("photo")
    store = open_store(home)
    import_study(store, DEFINITION, root)
    label_study(store, STUDY, labeler, progress=progress)
    with open_warehouse(None) as con:
        load_study(con, store, STUDY)
        return agreement_table(con)


def agreement_table(con: duckdb.DuckDBPyConnection) -> str:
    """Return what the audit query `photo_agreement` says, as Markdown with percentages and 95 % intervals."""
    cursor = con.execute(sql("audit/photo_agreement"))
    names = [column[0] for column in cursor.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    version = rows[0]["labeler_version"] if rows else "never run"
    lines = [
        "<!-- Made by: python -m tests.research.photo_table --root ../shared/studies-as-published/raza2025 -->",
        f"Labeler `photo@{version}` on the pictures of `{STUDY}`, beside the people's labels of the same pictures "
        "(Wilson intervals, 95 %). Its settings were fixed beforehand and are not tuned to these pictures.",
        "",
        _HEAD,
        *(_line(row) for row in rows),
    ]
    return "\n".join(lines) + "\n"


def _line(row: dict[str, object]) -> str:
    return (
        f"| {row['model']} | {row['pictures']} | {row['answered']} = {_share(row, 'coverage')} | {row['n']} "
        f"| {row['agree']} = {_share(row, 'agreement')} | {row['feminine_as_masculine']} "
        f"| {row['masculine_as_feminine']} |"
    )


def _share(row: dict[str, object], name: str) -> str:
    value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    if not (isinstance(value, float) and isinstance(low, float) and isinstance(high, float)):
        return "none to compare"
    return f"{100 * value:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the table anew: `--root` is the study's folder, `--out` the Markdown file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=TABLE)
    chosen = parser.parse_args(arguments)
    try:
        with tempfile.TemporaryDirectory() as home:
            text = measure(chosen.root, Path(home))
    except ClicheError as error:
        raise SystemExit(f"cliche: {error}") from None
    chosen.out.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
