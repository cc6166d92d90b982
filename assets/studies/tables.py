"""An imported study as rows of the study tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict

from assets.studies.definition import StudyDefinition, StudyLabeler
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
    rows: dict[str, Rows] = {
        "studies": [{**head, "source": at, "definition_sha256": definition_sha256}],
        "study_models": [{"model": model.id, "title": model.title} for model in definition.models],
        "study_prompts": [
            {
                **asdict(prompt),
                "prompt": prompt.id,
                "facts": canonical_json(prompt.facts).decode() if prompt.facts else None,
            }
            for prompt in sorted(world.prompts, key=lambda one: (one.id, one.condition))
        ],
        "study_slots": [
            _slot(definition.study, slot, pictures.get(slot), without) for slot in world.pictures
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
                "attribute": attribute.id,
                "value": value,
                "position": position,
                "in_support": value in attribute.values,
                "in_agreement": value not in attribute.outside,
                "ordinal": attribute.ordinal,
                "same_attribute": attribute.compare_with.attribute if attribute.compare_with else None,
                "same_value": attribute.compare_with.values.get(value) if attribute.compare_with else None,
            }
            for attribute in definition.attributes
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
    found: dict[str, Rows] = {}
    for name, labels in of.items():
        rows = [_label_row(definition.study, declared[name], label, pictures) for label in labels]
        rows.sort(key=lambda row: (row["slot_key"], row["attribute"]))
        said = [{key: row[key] for key in ("slot_key", "attribute", "value", "raw")} for row in rows]
        version = f"{declared[name].number}-{rows_hash({'study_labels': said})[:12]}"
        found[f"{name}@{version}"] = [{**row, "labeler_version": version} for row in rows]
    return found


def _label_row(
    study: str, labeler: StudyLabeler, label: StudyLabel, pictures: Mapping[StudySlot, FoundPicture]
) -> dict[str, object]:
    found = pictures.get(label.slot)
    return {
        "study": study,
        "slot_key": slot_key(study, label.slot),
        "attribute": label.attribute,
        "labeler": label.labeler,
        "labeler_kind": labeler.kind,
        "value": label.value,
        "number": label.number,
        "confidence": label.confidence,
        "raw": label.raw,
        "image_sha256": found.picture.sha256 if found else None,
    }


def _slot(study: str, slot: StudySlot, found: FoundPicture | None, without: str) -> dict[str, object]:
    picture = found.picture if found else None
    return {
        **asdict(slot),
        "slot_key": slot_key(study, slot),
        **{f"image_{name}": getattr(picture, name, None) for name in _OF_PICTURE},
        "original_sha256": found.original_sha256 if found else None,
        "status": PRESENT if picture else without,
    }
