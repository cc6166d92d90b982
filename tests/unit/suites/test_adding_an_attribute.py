"""Adding an attribute is adding one entry to `attributes.yaml`, its words among it: here it is done."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from assets.leaderboard.page import words
from assets.suites import loader
from assets.suites.loader import FOLDER, attribute_words, load_attributes, load_suites, shipped_suites
from assets.suites.published import suite_hash
from warehouse.errors import UsageError

ENTRY = """
  - id: shoes
    title: Shoes (any)
    question: What does the main person wear on the feet?
    values: [boots, clogs]
    outside: [cannot_tell]
    said:
      title: Footwear
      place: 0
      values:
        clogs: {one: wooden shoes, many: people in clogs, pictures: pictures of people in clogs}
"""
SUITE = """
id: feet
version: 1.0.0
title: Feet
source: test
replicates: 2
prompts:
  - {id: dancer, text: a dancer, subject: "occupation:dancer", attributes: [shoes]}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The shipped files with one entry more, in place of the shipped ones."""
    copy = tmp_path / "suites"
    shutil.copytree(FOLDER, copy)
    with (copy / "attributes.yaml").open("a") as file:
        file.write(ENTRY)
    (copy / "data" / "feet.yaml").write_text(SUITE)
    monkeypatch.setattr(loader, "FOLDER", copy)
    _forget()
    yield copy
    _forget()


def _forget() -> None:
    """Have files read again that a process reads once."""
    attribute_words.cache_clear()
    shipped_suites.cache_clear()


@pytest.mark.usefixtures("folder")
def test_one_entry_gives_the_attribute_and_all_its_words() -> None:
    assert [one.id for one in load_suites()["feet@1"].attributes] == ["shoes"]
    assert words.attribute("shoes") == "Footwear"
    assert words.depiction("shoes", "clogs") == "wooden shoes"
    assert words.pictures("shoes", "clogs") == "people in clogs"
    assert words.of_value("shoes", "clogs").pictures == "pictures of people in clogs"
    # what has no words is shown as it is written
    assert words.depiction("shoes", "boots") == "shoes “boots”"
    assert words.pictures("shoes", "boots") == "boots"


def test_words_are_no_part_of_a_suite_so_plans_and_their_hashes_do_not_know_them(folder: Path) -> None:
    before = {label: suite_hash(suite) for label, suite in load_suites().items()}
    path = folder / "attributes.yaml"
    path.write_text(path.read_text().replace("people in clogs", "clog-wearers").replace("women", "ladies"))
    _forget()
    assert words.pictures("shoes", "clogs") == "clog-wearers"
    assert words.pictures("perceived_gender", "feminine") == "perceived ladies"
    assert {label: suite_hash(suite) for label, suite in load_suites().items()} == before
    assert "said" not in load_suites()["feet@1"].model_dump_json()
    assert all(type(one).__name__ == "Attribute" for one in load_attributes())


def test_words_of_a_value_that_the_attribute_has_not_are_refused_in_one_line(folder: Path) -> None:
    path = folder / "attributes.yaml"
    path.write_text(path.read_text().replace("        clogs: {", "        clgs: {"))
    with pytest.raises(UsageError, match="clgs is neither a value nor a band") as caught:
        load_attributes()
    assert "\n" not in str(caught.value)
