"""Labelers by name: one row each. A new labeler is one file under `labelers/` and one row here.

Belongs here: the table and the making of a labeler from it. Does not belong here: anything of one labeler.
"""

from __future__ import annotations

from typing import cast

from assets.generation.providers.registry import load_factory
from assets.labeling.records import Labeler
from warehouse.errors import UsageError

#: name in models.yaml → "module:factory"; a factory takes no arguments.
LABELERS: dict[str, str] = {
    "drawing": "assets.labeling.labelers.drawing:make",
    "photo": "assets.labeling.labelers.photo:make",
}


def make_labeler(name: str) -> Labeler:
    """Return the labeler that `name` stands for.

    Raises:
        UsageError: if there is no such labeler, or an extra that it needs is not installed.
    """
    if name not in LABELERS:
        raise UsageError(f'no labeler "{name}"; known: {", ".join(sorted(LABELERS))}')
    return cast(Labeler, load_factory(LABELERS[name])())
