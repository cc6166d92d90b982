"""Print what mlcroissant reads of a `croissant.json`, as JSON: FILE, a folder for downloads, names of record sets.

In a process of its own: absl, which mlcroissant brings, keeps the standard error of whoever imports it, and closes it.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import mlcroissant as mlc
import numpy as np
from mlcroissant._src.core import constants


def plain(value: Any) -> Any:
    """Return a value in one form: mlcroissant has texts as bytes, days as times, and numbers of numpy."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, list | tuple | np.ndarray):
        return [plain(one) for one in value]
    if hasattr(value, "isoformat"):
        return value.isoformat().removesuffix("T00:00:00")
    return value.item() if isinstance(value, np.generic) else value


def main(file: str, downloads: str, *names: str) -> None:
    """Print version, issues, how many files each set has, and the rows of record sets; fail as mlcroissant does."""
    constants.DOWNLOAD_PATH = Path(downloads)
    dataset = mlc.Dataset(file)
    context = dataset.metadata.ctx
    said = {
        "newest": context.conforms_to == context.conforms_to.LATEST_VERSION,
        "errors": [*context.issues.errors],
        "warnings": [*context.issues.warnings],
        "sets": {one.id: len(one.includes) for one in dataset.metadata.file_sets},
        "rows": {
            name: sorted(([plain(one) for one in row.values()] for row in dataset.records(name)), key=repr)
            for name in names
        },
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
