"""An imported study as rows of the study tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets.studies.definition import StudyDefinition
from assets.studies.label_files import LabelSet
from assets.studies.layout import Rows
from assets.studies.pictures import FoundPicture
from assets.studies.slots import StudySlot, study_slot_key
from warehouse.canonical import canonical_json

PRESENT = "present"
MISSING = "missing"
#: Of every slot of a study that has labels alone: it never had pictures to miss.
UNPUBLISHED = "unpublished"


def study_tables(
    definition: StudyDefinition,
    definition_sha256: str,
    slots: Sequence[StudySlot],
    pictures: Mapping[StudySlot, FoundPicture],
) -> dict[str, Rows]:
    """Return table → rows for all study tables but the labels."""
    study, source = definition.study, definition.source
    return {
        "studies": [
            {
                "study": study,
                "version": definition.version,
                "title": definition.title,
                "citation": definition.citation,
                "licence": definition.licence,
                "source": f"{source.address} at {source.commit}" if source.commit else source.address,
                "year": definition.year,
                "note": definition.note,
                "baseline": definition.baseline,
                "definition_sha256": definition_sha256,
            }
        ],
        "study_models": [
            {"study": study, "model": model.id, "title": model.title} for model in definition.models
        ],
        "study_prompts": [
            {
                "study": study,
                "prompt": prompt.id,
                **prompt.model_dump(exclude={"id", "facts"}),
                "facts": canonical_json(prompt.facts).decode() if prompt.facts else None,
            }
            for prompt in definition.prompts
        ],
        "study_slots": [
            _slot_row(study, slot, pictures.get(slot), MISSING if definition.images else UNPUBLISHED)
            for slot in slots
        ],
        "study_attribute_values": [
            {
                "study": study,
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


def label_rows(
    definition: StudyDefinition, labels: LabelSet, pictures: Mapping[StudySlot, FoundPicture]
) -> Rows:
    """Return the rows of `study_labels` of one labeler, by slot and attribute.

    `image_sha256` is NULL where the study has the label and not the picture.
    """
    rows: Rows = [
        {
            "study": definition.study,
            "slot_key": study_slot_key(definition.study, label.slot),
            "attribute": label.attribute,
            "labeler": labels.labeler.id,
            "labeler_kind": labels.labeler.kind,
            "labeler_version": labels.version,
            "value": label.value,
            **({} if label.number is None else {"number": label.number}),
            "confidence": label.confidence,
            "raw": label.raw,
            "image_sha256": pictures[label.slot].picture.sha256 if label.slot in pictures else None,
        }
        for label in labels.labels
    ]
    return sorted(rows, key=lambda row: (row["slot_key"], row["attribute"]))


def _slot_row(study: str, slot: StudySlot, found: FoundPicture | None, without: str) -> dict[str, object]:
    picture = found.picture if found else None
    return {
        "study": study,
        "slot_key": study_slot_key(study, slot),
        "model": slot.model,
        "prompt": slot.prompt,
        "condition": slot.condition,
        "replicate": slot.replicate,
        "image_sha256": picture.sha256 if picture else None,
        "image_ext": picture.ext if picture else None,
        "image_mime": picture.mime if picture else None,
        "image_width": picture.width if picture else None,
        "image_height": picture.height if picture else None,
        "image_phash": picture.phash if picture else None,
        "original_sha256": found.original_sha256 if found else None,
        "status": PRESENT if picture else without,
    }
