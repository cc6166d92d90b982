"""What lies beside the partitions of the planted world: gold by two raters and a third, and a study."""

from __future__ import annotations

import random
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from assets.generation.plan import read_plan
from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.importer import import_labels, read_labels
from assets.labeling.gold.records import GoldPicture, Sample
from assets.labeling.gold.sampling import Design, draw_sample
from assets.labeling.gold.status import second_round
from assets.studies.importer import import_study
from tests.unit.labeling.gold.people import annotated, saved
from tests.world import planted
from warehouse.store import Store

#: The study has the name of one for which the analysis file declares a statistic.
RATED, STUDY = ("alder", "birch"), "raza2025"
CONDITIONS = ("baseline", "controlled")
#: Women among the pictures of the study: model → of each prompt and condition.
WOMEN = {
    "one": {"ceo": (0.1, 0.5), "nurse": (0.9, 0.6), "teacher": (0.7, 0.7)},
    "two": {"ceo": (0.3, 0.5), "nurse": (0.8, 0.5), "teacher": (0.6, 0.6)},
    "three": {"ceo": (0.5, 0.5), "nurse": (0.5, 0.5), "teacher": (0.5, 0.4)},
}
PICTURES = 25


def add_gold(store: Store) -> None:
    """Draw pictures of two models in six weeks, have two people rate them, and a third what they differ in."""
    for week in planted.WEEKS[-6:]:
        frame = read_frame(store, week, models=RATED)
        sample = draw_sample(store, frame, Design(gold_set=f"planted-{week}", seed=1, pictures=75))
        _rate(store, sample, sample)
        _rate(store, sample, second_round(sample, read_labels(store, sample.gold_set)))


def _rate(store: Store, sample: Sample, given: Sample) -> None:
    """Have what is given rated by its raters, who look at the gender alone, and take it in."""
    slots, subjects = {}, {}
    for model in RATED:
        if plan := read_plan(store, sample.week, model):
            slots |= {slot.slot_key: slot for slot in plan.slots}
            subjects |= {name: prompt.subject for name, prompt in plan.prompts().items()}

    def says(picture: GoldPicture, attribute: str, rater: str) -> str | None:
        if attribute != "perceived_gender":
            return None
        shown = planted.shows(slots[picture.slot_key], subjects[picture.prompt], attribute)
        return planted.rated(picture.slot_key, rater, shown)

    with TemporaryDirectory() as folder:
        files = [
            saved(Path(folder), f"{rater}.json", annotated(given, rater, says=says, pictures=given.pictures))
            for rater in given.raters
        ]
        for rater, file in zip(given.raters, files, strict=True):
            import_labels(store, sample, [file], {"": rater})


def add_study(store: Store) -> None:
    declared = {
        "study": STUDY,
        "version": "1.0.0",
        "title": "A planted study",
        "citation": "Nobody (2026)",
        "license": "CC0-1.0",
        "source": {"address": "https://example.org/planted"},
        "models": [{"id": model, "title": model.title()} for model in WOMEN],
        "prompts": "SELECT prompt, condition, 'occupation:' || prompt AS subject, title FROM 'prompts.csv'",
        "attributes": [
            {"id": "gender", "title": "gender", "values": ["female", "male"], "outside": ["both"]}
        ],
        "labelers": [{"id": "people", "kind": "person"}],
        "labels": ["SELECT model, prompt, condition, replicate, gender AS value FROM 'labels.csv'"],
    }
    with TemporaryDirectory() as folder:
        root = Path(folder)
        file = saved(root, f"{STUDY}.yaml", yaml.safe_dump(declared))
        (root / "files").mkdir()
        prompts = [f"{prompt},{under},{prompt.title()}" for prompt in WOMEN["one"] for under in CONDITIONS]
        saved(root / "files", "prompts.csv", "\n".join(["prompt,condition,title", *prompts, ""]))
        lines = ["model,prompt,condition,replicate,gender"]
        for model, shares in WOMEN.items():
            for prompt, women in shares.items():
                for condition, share in zip(CONDITIONS, women, strict=True):
                    for number in range(1, PICTURES + 1):
                        name = f"{prompt}_{condition}_{number}.png"
                        luck = random.Random(f"{model}/{name}").random()
                        said = "both" if luck > 0.96 else "female" if luck < share else "male"
                        lines.append(f"{model},{prompt},{condition},{number},{said}")
        saved(root / "files", "labels.csv", "\n".join([*lines, ""]))
        import_study(store, file, root / "files")
