"""An imported study as rows of the study tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from assets.studies.definition import StudyDefinition
from assets.studies.layout import Rows, rows_hash
from assets.studies.reading.labels import StudyLabel
from assets.studies.reading.pictures import FoundPicture
from assets.studies.reading.published import ComparedFigure
from assets.studies.reading.slots import StudySlot, slot_key
from assets.studies.reading.world import World
from warehouse.canonical import canonical_json

PRESENT = "present"
MISSING = "missing"
#: Of every slot of a study that has labels alone: it never had pictures to miss.
UNPUBLISHED = "unpublished"
_OF_PICTURE = ("sha256", "ext", "mime", "width", "height", "phash")


def study_tables(
    definition: StudyDefinition,
    definition_sha256: str,
    world: World,
    pictures: Mapping[StudySlot, FoundPicture],
) -> dict[str, Rows]:
    """Return table → rows for all study tables but the labels and the published figures."""
    source = definition.source
    at = f"{source.address} at {source.commit}" if source.commit else source.address
    head = definition.model_dump(
        include={"version", "title", "citation", "license", "year", "note", "baseline"}
    )
    slips = [f"Corrected in {one.rows} rows of {one.of}: {one.reason}." for one in definition.corrections]
    head["note"] = " ".join(filter(None, [definition.note, *slips])) or None
    without = MISSING if definition.pictures else UNPUBLISHED
    prompts = sorted(world.prompts, key=lambda one: (one.id, one.condition))
    slots = {slot: pictures.get(slot) for slot in world.pictures}
    rows: dict[str, Rows] = {
        "studies": [{**head, "source": at, "definition_sha256": definition_sha256}],
        "study_models": [{"model": model.id, "title": model.title} for model in definition.models],
        "study_prompts": [
            {
                **{**asdict(prompt), "prompt": prompt.id},
                "facts": canonical_json(prompt.facts).decode() if prompt.facts else None,
            }
            for prompt in prompts
        ],
        "study_slots": [
            {
                **{**asdict(slot), "slot_key": slot_key(definition.study, slot)},
                **{f"image_{name}": found and getattr(found.picture, name) for name in _OF_PICTURE},
                "original_sha256": found and found.original_sha256,
                "status": PRESENT if found else without,
            }
            for slot, found in slots.items()
        ],
        "study_attributes": [
            {
                **attribute.model_dump(include={"title", "kind", "unit", "note"}),
                "attribute": attribute.id,
                "position": position,
            }
            for position, attribute in enumerate(definition.attributes)
        ],
        "study_attribute_values": [
            {
                **{"attribute": attribute.id, "value": value, "position": position},
                "in_support": value in attribute.values,
                "in_agreement": value not in attribute.outside,
                "ordinal": attribute.ordinal,
                "same_attribute": same and same.attribute,
                "same_value": same and same.values.get(value),
            }
            for attribute in definition.attributes
            for same in [attribute.compare_with]
            for position, value in enumerate(attribute.declared)
        ],
    }
    return {table: [{"study": definition.study, **row} for row in of] for table, of in rows.items()}


def published_rows(study: str, figures: Sequence[ComparedFigure]) -> Rows:
    """Return the rows of `study_published`."""
    return [
        {"study": study, "position": position, **asdict(figure)} for position, figure in enumerate(figures)
    ]


def label_sets(
    definition: StudyDefinition, world: World, pictures: Mapping[StudySlot, FoundPicture]
) -> dict[str, Rows]:
    """Return `<labeler>@<version>` → rows of `study_labels`, by slot and attribute.

    A version is the declared number and a hash of what the labels say. `image_sha256` is NULL where the study has the
    label and not the picture.
    """
    of: dict[str, list[StudyLabel]] = {}
    for label in world.labels:
        of.setdefault(label.labeler, []).append(label)
    declared = {name: labeler for labeler in definition.labelers for name in labeler.ids}
    kept = ("attribute", "labeler", "value", "number", "confidence", "raw")
    found: dict[str, Rows] = {}
    for name, labels in of.items():
        rows: Rows = [
            {
                **{column: getattr(label, column) for column in kept},
                **{"study": definition.study, "slot_key": slot_key(definition.study, label.slot)},
                "labeler_kind": declared[name].kind,
                "image_sha256": pictures[label.slot].picture.sha256 if label.slot in pictures else None,
            }
            for label in labels
        ]
        rows.sort(key=lambda row: (row["slot_key"], row["attribute"]))
        said = [{key: row[key] for key in ("slot_key", "attribute", "value", "raw")} for row in rows]
        version = f"{declared[name].number}-{rows_hash({'study_labels': said})[:12]}"
        found[f"{name}@{version}"] = [{**row, "labeler_version": version} for row in rows]
    return found
