"""Labelers in the command: those that are asked, from models.yaml on, what they cost, and anchors."""

from __future__ import annotations

import copy
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.gateway.money.charges import entry_scope
from assets.generation.workplace import Listener
from assets.labeling.anchors.sets import label_anchor_sets
from assets.labeling.anchors.shipped import NAME, frozen_hashes
from assets.labeling.asked.spending import label_charges
from assets.labeling.partition import label
from assets.labeling.registry import make_labeler
from orchestration.commands.forecasts import with_ledger
from tests.orchestration.commands.test_money import Terminal, ask, ceo, home, paid
from tests.orchestration.commands.test_money import rows as words_of
from tests.orchestration.installation import WEEK as PUBLISHED
from tests.orchestration.installation import Cliche, Installation, entry
from tests.services.vision_contract import Said, Vision, first_value
from tests.studies.conftest import ROWS, TINY, Study, picture
from tests.unit.labeling.conftest import _key, server
from tests.unit.labeling.vision import KEY_ENV, PRICE
from warehouse import keys
from warehouse.database.connection import connect
from warehouse.weeks import current_week

MODEL = "sim-classic"
WEEK = current_week()  # its gate is closed while a picture has no label
__all__ = ["_key", "home", "server"]  # fixtures


def labeler(server: Vision, name: str, **more: Any) -> dict[str, Any]:
    connection = {"base_url": server.base_url, "key_env": KEY_ENV, "allow_private": True}
    base = {"name": name, "labeler": "openai_vision", "model_id": "gpt-6-luna", "price": PRICE}
    return {**base, "connection": connection, **more}


def write(made: Installation, labelers: list[dict[str, Any]], **model: Any) -> None:
    values = {"models": [entry(MODEL, **model)], "labelers": labelers}
    text = yaml.safe_dump(values, default_flow_style=False)
    (made.home / "models.yaml").write_text(text)


def rows(made: Installation, query: str) -> list[tuple[Any, ...]]:
    with connect(made.settings.warehouse, read_only=True) as con:
        return con.execute(query).fetchall()


def test_what_is_wrong_is_told_before_any_call(fresh: Installation, server: Vision, cliche: Cliche) -> None:
    cases: list[tuple[list[dict[str, Any]], dict[str, Any], str]] = [
        ([], {"labeler": "eye"}, 'models.yaml: sim-classic: no labeler "eye"'),
        ([labeler(server, "drawing")], {}, "the name is that of a labeler of this program"),
        ([labeler(server, "eye", labeler="openai")], {}, 'unknown labeler "openai"'),
        ([labeler(server, "eye", settings={"api": "grpc"})], {}, "api is one of responses, chat"),
    ]
    for labelers, model, said in cases:
        write(fresh, labelers, **model)
        ran = cliche("run", "--week", WEEK, "--yes")
        assert ran.code == 2
        assert said in ran.only_line
    assert server.asked == []


def test_a_study_is_labelled_to_compare_a_labeler_with_its_people(
    fresh: Installation, server: Vision, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = copy.deepcopy(TINY)
    values = {"values": ["feminine", "masculine"], "outside": ["ambiguous", "cannot_tell"]}
    data["attributes"].append({"id": "perceived_gender", "title": "perceived gender", **values})
    alike = {"attribute": "perceived_gender", "values": {"f": "feminine", "m": "masculine"}}
    data["attributes"][0]["compare_with"] = alike
    study = Study(fresh.home, tmp_path / "root", data)
    for number, folder in enumerate(("One", "m-two")):
        (study.root / "pics" / folder).mkdir(parents=True)
        (study.root / "labels").mkdir(exist_ok=True)
        (study.root / "labels" / f"{folder}.csv").write_text("\n".join(ROWS[:4]) + "\n")
        for part, name in enumerate(("ceo_1", "ceo_2", "nurse_1")):
            (study.root / "pics" / folder / f"{name}.png").write_bytes(picture(3 * number + part))
    study.run()
    price = {**PRICE, "per_image_usd": 0.004}
    write(fresh, [labeler(server, "watcher", concurrency=1, price=price, cap_usd=0.02)])
    server.says = lambda asked: Said(refusal="No.") if asked.number == 2 else first_value(asked)
    label_it = ("study", "label", "tiny", "--labeler", "watcher")
    ran = cliche(*label_it)
    most = "$0.0200"  # six calls of $0.008 at most, within the cap
    assert ran.out == f"tiny: 6 pictures in 6 calls by watcher, about $0.0200, at most {most}\n"
    assert (ran.code, ran.only_line) == (
        3,
        f"this would spend up to {most}; no terminal to confirm, so pass --yes",
    )
    assert not server.asked
    monkeypatch.setattr(sys, "stdin", Terminal("y\n"))
    ran = cliche(*label_it)
    assert f"This will spend up to {most}; go on? [y/N]:" in ran.err
    assert ran.code == 0, ran.err
    assert "tiny: 5 labels by watcher@1-" in ran.out
    assert "6 calls, $" in ran.out
    assert "it declined 1 pictures" in ran.out
    found = rows(fresh, "SELECT value, count(*) FROM study_labels WHERE labeler = 'watcher' GROUP BY 1")
    assert found == [("feminine", 5)]
    place = fresh.place()
    charges = [*label_charges(place.labelers)(place.store, current_week())]
    assert len(charges) == 6, "calls about a study count for the week in which they were made"
    ours = "FROM study_labels WHERE labeler = 'watcher'"
    people = "FROM study_labels WHERE labeler = 'tiny-people' AND value IN ('f', 'm')"
    counted = rows(
        fresh,
        "SELECT coalesce(m.title, 'all'), count(*), count(*) FILTER (WHERE p.value = 'f') "
        f"FROM (SELECT slot_key {ours}) JOIN (SELECT slot_key, value {people}) AS p USING (slot_key) "
        "JOIN study_slots USING (slot_key) JOIN study_models AS m USING (model) GROUP BY GROUPING SETS ((), (m.title)) "
        "ORDER BY m.title NULLS FIRST",
    )
    table = ran.out.partition("people of tiny:\n")[2]
    said = re.findall(r"^perceived_gender +(.+?) +\d+ +(\d+) +(\d+) +(\d+) % +(\S+)", table, re.MULTILINE)
    assert [(model, int(n), int(same)) for model, n, same, *_ in said] == counted, table
    assert [share for *_, share, _ in said] == [f"{100 * same / n:.0f}" for _, n, same in counted]
    scores = rows(fresh, "SELECT alpha FROM agreement WHERE labeler_a = 'watcher' ORDER BY model NULLS FIRST")
    assert [alpha for *_, alpha in said] == [f"{alpha:.2f}" for (alpha,) in scores]
    again = cliche(*label_it)  # what is not asked is not asked about, and the agreement is said again
    assert "0 labels by watcher@1-" in again.out
    assert again.out.partition("Agreement")[2] == ran.out.partition("Agreement")[2] != ""
    assert len(server.asked) == 6
    write(fresh, [labeler(server, "watcher", concurrency=1, number=2)])
    server.says = lambda asked: Said(first_value(asked).values, speaks="/v1/chat/completions")
    ran = cliche(*label_it, "--yes")
    assert ran.code == 1
    assert "labeler watcher: the first answer could not be read: the answer is a chat completion" in ran.err
    assert re.search(r"cliche: \d+ pictures got no label: .*the answer is a chat completion", ran.err), (
        ran.err
    )
    gone = cliche("study", "label", "tiny", "--labeler", "watchers")
    assert (gone.code, gone.only_line) == (2, 'no labeler "watchers"; known: drawing, photo, watcher')
    shipped = cliche("study", "label", "tiny", "--labeler", "luna")
    assert "luna" in shipped.only_line
    assert "its entry is in models/labelers.yaml: copy it into labelers of models.yaml" in shipped.only_line


# what they cost


def watched(home: Installation, server: Vision, *entries: dict[str, Any], **more: Any) -> None:
    """Write entries, and the labeler `eyes` that costs $0.01 per picture."""
    price = {"per_image_usd": 0.01, "source": "test", "date": "2026-11-01"}
    home.write_models(*entries)
    with (home.home / "models.yaml").open("a") as file:
        file.write(yaml.safe_dump({"labelers": [labeler(server, "eyes", **{"price": price, **more})]}))


def test_a_dry_run_says_what_is_then_spent(home: Installation, server: Vision, cliche: Cliche) -> None:
    only = {"attributes": ["perceived_gender", "litter"], "images_per_request": 2, "measured": "test"}
    canary = {"suite": "canary@1", "replicates": 1}  # bicycles and books, of which neither is asked
    watched(home, server, paid(labeler="eyes", suites=[*ceo(2), canary]), **only)
    before = cliche("run", "--dry-run", "--week", WEEK).out
    # 2 pictures of people in one call; 48 people, 6 houses and 4 streets of the anchors in 24, 3 and 2.
    assert words_of(before)[2] == ["eyes", "(labels)", "2", "+", "58", "anchors", "30", "1", "0.60", "none"]
    assert "about" not in before
    ask(home)
    label(home.place(), "real", WEEK)
    label_anchor_sets(home.place(), WEEK)  # as publishing does
    assert len(server.asked) == 30
    spent = with_ledger(home.place(), WEEK).ledger
    assert spent.total(entry_scope(WEEK, "eyes", "labeler")).usd == pytest.approx(0.60)
    assert words_of(cliche("run", "--dry-run", "--week", WEEK).out)[2] == [
        *("eyes", "(labels)", "2", "0", "0", "0.00", "none"),
    ]


def test_where_tokens_decide_a_dry_run_estimates(home: Installation, server: Vision, cliche: Cliche) -> None:
    price = {"per_image_usd": 0.01, "per_million_usd": {"text_in": 1}, "source": "test", "date": "2026-11-01"}
    watched(home, server, paid(also_labelers=["eyes"]), price=price)
    said = cliche("run", "--dry-run", "--week", WEEK).out
    assert words_of(said)[1][-2:] == ["1.00", "none"]
    assert words_of(said)[2][-3:] == ["about", "0.64", "none"]
    assert "\nabout: an estimate, because tokens decide what these cost;" in said


def test_status_has_a_row_for_each_of_them(home: Installation, server: Vision, cliche: Cliche) -> None:
    watched(home, server, paid(cap_usd=1, labeler="eyes"), paid("other"), cap_usd=2)
    ask(home)
    ask(home, "other")
    label(home.place(), "real", WEEK)
    told = cliche("status", "--week", WEEK).out
    assert re.search(r"^real +4/4 +0 refused +0 +0 +\$1\.00 +of \$1\.00$", told, re.MULTILINE), told
    assert re.search(r"^labeler eyes +4/4 +0 declined +0 +\$0\.04 +of \$2\.00$", told, re.MULTILINE), told
    assert re.search(r"^labeler drawing +0/4 +4 *$", told, re.MULTILINE), told
    assert f"Spent so far: $2.04 for the week {WEEK}" in told


def test_status_says_why_a_labeler_was_stopped(home: Installation, server: Vision, cliche: Cliche) -> None:
    server.says = lambda asked: Said(first_value(asked).values, speaks="/v1/chat/completions")
    watched(home, server, paid(labeler="eyes"), paid("other", labeler="eyes"), concurrency=1)
    for model in ("real", "other"):
        ask(home, model)
        label(home.place(), model, WEEK)
    told = cliche("status", "--week", WEEK).out
    assert re.search(r"^labeler eyes +0/8 +0 declined +8 +\$0\.06 *$", told, re.MULTILINE), told
    assert told.count("write settings: {api: chat} for labeler eyes in models.yaml") == 1
    assert "\nlabeler eyes was stopped: three answers in a row could not be read: the answer is a" in told
    assert "real has 4 pictures without labels (labeler eyes was stopped)" in told


def test_dearer_labels_are_told_once(home: Installation, server: Vision) -> None:
    price = {**PRICE, "per_image_usd": 0.0001, "per_million_usd": {"text_in": 100}}
    watched(home, server, paid(labeler="eyes"), price=price, concurrency=4)
    server.says = lambda asked: Said(first_value(asked).values, wait_s=0.1)
    ask(home)
    told: list[str] = []
    label(replace(home.place(), listener=Listener(told=told.append)), "real", WEEK)
    assert len(server.asked) == 4
    (line,) = told
    assert line.startswith("labeler eyes: a call cost $0.1000, $0.0998 more than was set aside for it")


# anchors


def test_publishing_labels_the_shipped_set_once_and_lists_it(published: Installation, cliche: Cliche) -> None:
    name = "drawing@" + make_labeler("drawing").version
    stored = [key for key in published.store.list("anchors/") if ".parquet." not in key]
    assert stored == [
        f"anchors/{NAME}/anchors.json",
        f"anchors/{NAME}/labels/week={PUBLISHED}/labeler={name}.parquet",
    ]
    assert {keys.image(sha256, "png") for sha256 in frozen_hashes()} <= published.objects().keys()
    ended = cliche("anchors", "list")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[1].split() == [NAME, "60", name, "1", PUBLISHED, PUBLISHED]


def test_a_set_of_ones_own_needs_sixty_pictures_and_a_name(published: Installation, cliche: Cliche) -> None:
    few = cliche("anchors", "freeze", "mine", "--from-week", PUBLISHED)
    assert (few.code, few.only_line) == (
        2,
        f"the week {PUBLISHED} has 8 different pictures with something to label, not 60",
    )
    assert cliche("anchors", "freeze", "mine", "--from-week", PUBLISHED, "--n", "8").code == 2
    assert cliche("anchors", "freeze", NAME, "--from-week", PUBLISHED).code == 3
