"""`cliche verify --store --relabel`: what a person sees of labels that are read again."""

from __future__ import annotations

import re
from pathlib import Path

import pyarrow as pa
import pytest

from tests.orchestration.installation import MODELS, WEEK, Cliche, Installation
from warehouse import keys
from warehouse.loading.beside import parquet, put_named
from warehouse.loading.objects import read_parquet


def test_labels_are_read_again_beside_those_of_the_store(published: Installation, cliche: Cliche) -> None:
    ended = cliche("verify", "--store", "--relabel", "3")
    assert ended.code == 0, ended.out
    head, first, *_, said = ended.out.splitlines()[1:]
    assert head.split() == ["picture", "slot", "attribute", "stated", "read"]
    assert re.match(rf"images/../[0-9a-f]{{64}}\.png +sim-\w+, {WEEK}, startup-ceo/ceo-", first)
    seed = re.fullmatch(
        r"3 of \d pictures read again: \d+ labels, 0 differ   the same again: --relabel 3 --seed (\d+)", said
    )
    assert seed
    again = cliche("verify", "--store", "--relabel", "3", "--seed", seed[1])
    assert again.out.splitlines()[1:] == ended.out.splitlines()[1:]


def test_a_label_that_does_not_follow_from_its_picture_is_marked(
    published: Installation, cliche: Cliche
) -> None:
    """Somebody turns women into men and writes all that records it: the store agrees with itself."""
    prefix = keys.labels_prefix(WEEK, MODELS[0])
    for key in [key for key in published.store.list(prefix) if "/part-" in key]:
        table = read_parquet(published.store, key)
        turned = {"masculine": "feminine", "feminine": "masculine"}
        rows = [row | {"value": turned.get(row["value"], row["value"])} for row in table.to_pylist()]
        labeler = key.removeprefix(f"{prefix}labeler=").partition("/")[0]
        for path in (Path(published.settings.store) / key).parent.iterdir():
            path.unlink()
        put_named(
            published.store,
            lambda sha256, labeler=labeler: keys.label_part(WEEK, MODELS[0], labeler, sha256),
            parquet(pa.Table.from_pylist(rows, schema=table.schema)),
        )
    ended = cliche("verify", "--store", "--relabel", "100")
    assert ended.code == 1
    marked = [line.split() for line in ended.out.splitlines() if line.endswith("differs")]
    assert {(*words[-4:-1],) for words in marked} <= {
        ("perceived_gender", "feminine", "masculine"),
        ("perceived_gender", "masculine", "feminine"),
    }
    assert marked
    assert f" labels, {len(marked)} differ   " in ended.out


def test_labels_of_another_version_are_not_checked(
    published: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.simulation.drawing.labeler.Drawing.version", "2-abc")
    ended = cliche("verify", "--store", "--relabel", "3", "--seed", "1")
    assert ended.code == 4, ended.out
    assert "0 of 0 pictures read again" in ended.out
    assert re.search(
        r"\n  not checked: \d+ labels: drawing@1-\w+ read them, and this is drawing@2-abc\n", ended.out
    )


def test_options_that_need_each_other_are_asked_for(published: Installation, cliche: Cliche) -> None:
    for wrong in (("--relabel", "3"), ("--store", "--seed", "3")):
        ended = cliche("verify", *wrong)
        assert (ended.code, ended.error) == (
            2,
            "write cliche verify --store --relabel N, and --seed after it",
        )
    for wrong in (("--relabel", "0"), ("--expect", "0" * 64)):
        assert cliche("verify", "--store", *wrong).code == 2
