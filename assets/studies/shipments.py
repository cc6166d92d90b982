"""The studies that are shipped, as one import takes them in: what each will fetch, and what there is of it already."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from assets.leaderboard.licenses import may_show
from assets.studies import definition
from assets.studies.clone import checkout
from assets.studies.definition import StudyDefinition, load_definition
from assets.studies.layout import current, version_order
from assets.studies.removal import require_not_removed
from warehouse.errors import UsageError
from warehouse.store.base import Store


class Shipment(NamedTuple):
    """A shipped study; `settled` says why there is nothing to do, `pictures` what the site will show of them."""

    file: Path
    study: StudyDefinition
    settled: str | None
    megabytes: int  # to fetch: 0 if its whole clone is there
    pictures: str


def shipments(store: Store, checkouts: Path) -> Iterator[Shipment]:
    """Yield each shipped study that can be cloned, in the order of their names."""
    for file in sorted(definition.SHIPPED.glob("*.yaml")):
        study = load_definition(file)
        if study.source.commit and study.source.megabytes:
            megabytes = 0 if checkout(study, checkouts).is_dir() else study.source.megabytes
            shown = "shown" if may_show(study.license) else "not shown"
            pictures = shown if study.pictures else "none: labels alone"
            yield Shipment(file, study, _settled(store, study), megabytes, pictures)


def _settled(store: Store, study: StudyDefinition) -> str | None:
    try:
        require_not_removed(store, study.study, study.version)
    except UsageError as error:
        return str(error)
    if (found := current(store, study.study)) is None:
        return None
    there = json.loads(store.get(found[1].definition))
    newer = version_order(there["version"]) > version_order(study.version)
    same = (there["version"], there["source"]["commit"]) == (study.version, study.source.commit)
    return f"{study.study}: imported already (version {there['version']})" if newer or same else None
