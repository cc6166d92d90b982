"""The agreement table of a real study: `photo`, a vision model and people, beside implementations that are not ours."""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import krippendorff
import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from assets.gateway.models_file import LabelerEntry
from assets.labeling.registry import make_labeler, with_questions
from assets.metrics.week import score_studies
from assets.studies.importer import import_study
from assets.studies.labeling import label_study
from assets.suites.loader import load_suites
from tests.services.aimock import AIMock
from tests.studies.conftest import RAZA_YAML, Study, slots
from tests.studies.shown import rows
from tests.unit.labeling.vision import PRICE
from tests.warehouse.loading.test_freshness import place_in
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.loading.study_objects import read_study
from warehouse.store import Store, open_store
from warehouse.store.local import LocalStore

EXACT = 1e-9
STEP = 8  # the vision model is shown every eighth picture
GENDERS = ("feminine", "masculine")
PEOPLE_SAY = {"female": "feminine", "male": "masculine"}
Row = dict[str, Any]


def add_vision(store: Store, aimock: AIMock, root: Path, files: Path) -> None:
    """Label some pictures by a vision model: a server that others wrote says what is scripted for each of them."""
    small = open_store(root / "small")
    for path in [*files.rglob("*.csv"), *sorted(files.rglob("*.png"))[::STEP]]:
        to = root / "some" / path.relative_to(files)
        to.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, to)
    import_study(small, RAZA_YAML, root / "some")
    people = {
        row["image_sha256"]: PEOPLE_SAY.get(row["value"], "ambiguous")
        for row in read_study(store, "raza2025")["study_labels"].to_pylist()
        if row["attribute"] == "gender" and row["image_sha256"]
    }
    pictures = sorted({row["image_sha256"] for row in slots(small).values()})
    assert len(pictures) >= 55
    fixtures = []
    for number, sha256 in enumerate(pictures):
        value = people[sha256]
        if number % 6 == 0:
            value = ("cannot_tell", "masculine", "feminine", "a person")[number // 6 % 4]
        fixtures.append(
            {
                "match": {"userMessage": "perceived_gender", "sequenceIndex": number},
                "response": {
                    "content": json.dumps({"perceived_gender": value}),
                    "usage": {"input_tokens": 900, "output_tokens": 12},
                },
            }
        )
    aimock.script(*fixtures)
    entry = LabelerEntry(
        name="vision",
        labeler="openai_vision",
        model_id="gpt-6-luna",
        attributes=("perceived_gender",),
        price=PRICE,  # type: ignore[arg-type]
        concurrency=1,  # so that the n-th answer is of the n-th picture
        connection=aimock.connection(),
    )
    counts = label_study(small, "raza2025", make_labeler("vision", with_questions([entry], load_suites())))
    assert counts.labels == len(slots(small))
    for key in small.list("studies/raza2025/labels/labeler=vision@"):
        assert store.put_if_absent(key, small.get(key))


@pytest.fixture
def con(
    raza_files: Path, photo_store: LocalStore, aimock: AIMock, tmp_path: Path
) -> Iterator[duckdb.DuckDBPyConnection]:
    add_vision(photo_store, aimock, tmp_path, raza_files)
    with connect(None) as made:
        make_tables(made)
        score_studies(made, place_in(tmp_path))
        yield made


def said(con: duckdb.DuckDBPyConnection) -> dict[str, dict[str, tuple[str, str]]]:
    """Return who → picture → (model, what they said in this project's words), by plain rows and nothing of ours."""
    found: dict[str, dict[str, tuple[str, str]]] = {}
    for who, slot, model, attribute, value in con.execute(
        "SELECT l.labeler, l.slot_key, s.model, l.attribute, l.value FROM study_labels AS l "
        "JOIN study_slots AS s USING (study, slot_key)"
    ).fetchall():
        if attribute == "gender":
            found.setdefault("people", {})[slot] = (model, PEOPLE_SAY.get(value, value))
        elif attribute == "perceived_gender":
            found.setdefault(who, {})[slot] = (model, value)
    return found


def coded(values: list[str]) -> np.ndarray:
    return np.array([GENDERS.index(value) if value in GENDERS else np.nan for value in values])


def test_the_table_is_what_independent_implementations_compute(con: duckdb.DuckDBPyConnection) -> None:
    compared, whole = rows(con, "FROM agreement ORDER BY ALL"), said(con)
    models = {model for answers in whole.values() for model, _ in answers.values()}
    pairs = {("photo", "people"), ("photo", "vision"), ("vision", "people")}
    groups = [None, *sorted(models)]
    assert {(row["labeler_a"], row["labeler_b"], row["model"]) for row in compared} == {
        (a, b, model) for a, b in pairs for model in groups
    }
    assert {(row["scope"], row["study"], row["week"], row["attribute"]) for row in compared} == {
        ("study", "raza2025", None, "perceived_gender")
    }
    intervals = 0
    for row in compared:
        first, second = whole[row["labeler_a"]], whole[row["labeler_b"]]
        both = [
            slot for slot in sorted(first.keys() & second.keys()) if row["model"] in {None, first[slot][0]}
        ]
        a, b = coded([first[slot][1] for slot in both]), coded([second[slot][1] for slot in both])
        seen = ~np.isnan(a) & ~np.isnan(b)
        assert (row["pictures"], row["n"]) == (len(both), seen.sum())
        assert row["agreed"] == (a[seen] == b[seen]).sum()
        assert row["both_assessed_share"] == pytest.approx(seen.mean(), abs=EXACT)
        if len(set(a[seen]) | set(b[seen])) < 2:
            assert (row["alpha"], row["kappa"]) == (None, None)
            assert row["reason"]
            continue
        data = np.array([a, b])
        alpha = krippendorff.alpha(data, level_of_measurement="nominal", value_domain=[0, 1])
        assert row["alpha"] == pytest.approx(alpha, abs=EXACT)
        kappa = cohen_kappa_score(a[seen], b[seen], labels=[0, 1])
        assert row["kappa"] == pytest.approx(kappa, abs=EXACT)
        if row["agreed"] == row["n"]:
            continue
        table = np.zeros((2, 2))
        np.add.at(table, (a[seen].astype(int), b[seen].astype(int)), 1)
        theirs = cohens_kappa(table, return_results=True)
        assert row["kappa_low"] == pytest.approx(max(-1, theirs.kappa_low), abs=EXACT)
        assert row["kappa_high"] == pytest.approx(min(1, theirs.kappa_upp), abs=EXACT)
        units = data[:, seen]
        left = np.array(
            [
                krippendorff.alpha(np.delete(units, unit, axis=1), level_of_measurement="nominal")
                if len(set(np.delete(units, unit, axis=1).ravel())) > 1
                else math.nan
                for unit in range(units.shape[1])
            ]
        )
        if np.isnan(left).any():
            assert (row["alpha_low"], row["alpha_high"]) == (None, None)
            continue
        error = math.sqrt((len(left) - 1) / len(left) * ((left - left.mean()) ** 2).sum())
        step = stats.norm.ppf(0.975) * error / (1 - alpha)
        assert row["alpha_low"] == pytest.approx(max(-1, 1 - (1 - alpha) * math.exp(step)), abs=EXACT)
        assert row["alpha_high"] == pytest.approx(1 - (1 - alpha) * math.exp(-step), abs=EXACT)
        intervals += 1
    assert intervals >= 8


WRONG = {
    "an attribute that is not declared": (
        {"attribute": "perceived_age", "values": {"f": "child", "m": "older"}},
        'is compared with "perceived_age", which is not declared',
    ),
    "a value that the study has not": (
        {"attribute": "perceived_gender", "values": {"f": "feminine", "x": "masculine"}},
        '"x" is not a declared value of attribute "gender"',
    ),
    "a value that the other attribute has not": (
        {"attribute": "perceived_gender", "values": {"f": "feminine", "m": "man"}},
        '"man" is not a declared value of attribute "perceived_gender"',
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_comparison_that_cannot_be_is_told(tiny: Study, case: str) -> None:
    tiny.data["attributes"].append(
        {
            "id": "perceived_gender",
            "title": "perceived gender",
            "values": list(GENDERS),
            "outside": ["ambiguous"],
        }
    )
    tiny.data["attributes"][0]["compare_with"], message = WRONG[case]
    with pytest.raises(UsageError, match=message):
        tiny.run()
