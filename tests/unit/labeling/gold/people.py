"""Weeks with a biased labeler and planted truth, gold sets drawn from them, and people who rate without error.

Belongs here: the world of the tests of gold. Does not belong here: any test.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from assets.generation.slots import Slot
from assets.labeling.gold import label_studio
from assets.labeling.gold.exporter import in_order
from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.records import GoldPicture, Sample
from assets.labeling.gold.sampling import Design, draw_sample
from assets.suites.schema import Attribute, Prompt, Suite
from tests.warehouse import builder
from tests.warehouse.builder import WEEK
from warehouse.store import Store

ONE, TWO = "sim-one", "sim-two"
SET = "gold"


def truth(slot_key: str, attribute: str) -> str:
    """What a picture shows: masculine in three of four, a skin tone by chance."""
    chance = random.Random(f"truth/{slot_key}/{attribute}")
    if attribute == "perceived_gender":
        return "masculine" if chance.random() < 0.75 else "feminine"
    return f"monk_{chance.randint(1, 10)}"


def biased(slot: Slot, attribute: Attribute) -> tuple[str, float | None, str | None]:
    """A labeler that takes a third of the women for men and few men for women."""
    shown = truth(slot.slot_key, attribute.id)
    chance = random.Random(f"labeler/{slot.slot_key}/{attribute.id}").random()
    if attribute.id == "perceived_gender" and chance < (0.33 if shown == "feminine" else 0.05):
        return ("masculine" if shown == "feminine" else "feminine", 0.7, None)
    return (shown, 0.9, None)


BOTH = ("perceived_gender", "skin_tone")
MIXED = Suite(
    id="mixed",
    version="2.1.0",
    title="Mixed",
    source="test",
    replicates=6,
    prompts=(
        Prompt(id="a-person", text="a person", subject="person:any", attributes=("perceived_gender",)),
        Prompt(id="a-hand", text="a hand", subject="object:hand", attributes=("skin_tone",)),
        Prompt(id="a-face", text="a face", subject="person:face", attributes=BOTH),
    ),
    attributes=(builder.GENDER, builder.SKIN_TONE),
)


def build(store: Store, models: Iterable[str] = (ONE, TWO), **more: Any) -> None:
    """Two models with 30 pictures each, or as `build_partition` is asked."""
    for model in models:
        builder.build_partition(store, WEEK, model, **{"labels": biased, **more})


def design(pictures: int = 12, **more: Any) -> Design:
    return Design(**{"gold_set": SET, "pictures": pictures, "seed": 7, **more})


def drawn(store: Store, pictures: int = 12, **more: Any) -> Sample:
    """A set of so many pictures of each model."""
    return draw_sample(store, read_frame(store, WEEK), design(pictures, **more))


Says = Callable[[GoldPicture, str, str], str | None]


def honest(picture: GoldPicture, attribute: str, rater: str) -> str | None:
    return truth(picture.slot_key, attribute)


def annotated(
    sample: Sample,
    rater: str,
    account: object = 1,
    says: Says = honest,
    pictures: Sequence[GoldPicture] | None = None,
) -> list[dict[str, Any]]:
    """The tasks of a rater as Label Studio exports them (JSON) after the rater has answered."""
    mine = in_order(sample, rater) if pictures is None else list(pictures)
    return [
        {
            **{"id": number, "data": task["data"], "project": 1, "predictions": []},
            "annotations": [
                {
                    **{"id": number, "completed_by": account, "was_cancelled": False},
                    "created_at": "2026-11-25T10:00:00Z",
                    "result": [
                        {
                            "from_name": name,
                            "to_name": "image",
                            "type": "choices",
                            "value": {"choices": [value]},
                        }
                        for name in picture.attributes
                        if (value := says(picture, name, rater)) is not None
                    ],
                }
            ],
        }
        for number, (picture, task) in enumerate(
            zip(mine, label_studio.tasks(sample.gold_set, mine, "gold"), strict=True), start=1
        )
    ]


def minimal(tasks: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same as JSON-MIN, in the form that Label Studio's own converter gives it (label-studio-sdk 2.1.2)."""
    return [
        {
            **task["data"],
            "id": task["id"],
            **{r["from_name"]: r["value"]["choices"][0] for r in annotation["result"]},
            "annotator": annotation["completed_by"],
            "annotation_id": annotation["id"],
            "created_at": annotation["created_at"],
            "updated_at": annotation["created_at"],
            "lead_time": 3.2,
        }
        for task in tasks
        for annotation in task["annotations"]
    ]


def saved(folder: Path, name: str, document: object) -> Path:
    path = folder / name
    path.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return path
