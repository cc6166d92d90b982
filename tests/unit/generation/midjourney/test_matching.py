from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from assets.gateway.models_file import ModelEntry, load_models_file
from assets.generation.midjourney.matching import Import, models_line
from assets.suites.loader import load_suites
from tests.unit.generation.midjourney.downloads import (
    ACCOUNT,
    FRENCH,
    SUITES,
    WEEK,
    Downloads,
    Entry,
    make_slots,
    make_suite,
    plain_png,
    prepare,
)

HOUSES = make_suite("houses", {"ng": "a house in Nigeria", "fr": "a French person"})
LONG = "Photography of an ambitious CEO standing in the middle of"
CEOS = make_suite(
    "ceos", {"his": f"{LONG} his office", "their": f"{LONG} their office", "red": f"A red {'x' * 50} y"}
)
ALL = SUITES | {suite.label: suite for suite in (HOUSES, CEOS)}


MJ_7 = Entry()


def run(folder: Path, *, entries=(MJ_7,), suites=(FRENCH,), replicates=2, **options: object) -> Import:
    slots = {e.name: [s for suite in suites for s in make_slots(suite, e.name, replicates)] for e in entries}
    return prepare(folder, list(entries), ALL, WEEK, slots, **options)


def assigned(found: Import) -> list[tuple[str, str, int]]:
    return [(model, slot.prompt, slot.replicate) for model, slots in found.slots.items() for slot in slots]


def the_reason(found: Import) -> str:
    assert not found.files
    assert len(found.unmatched) == 1
    return found.unmatched[0].reason


def test_files_fill_free_replicates_in_order_of_job_and_position_and_the_rest_is_surplus(
    folder: Path, download: Downloads
) -> None:
    first, second = "00000000-0000-0000-0000-00000000000a", "00000000-0000-0000-0000-00000000000b"
    download(job=second, position=0)
    download(job=first, position=3)
    download(job=first, position=1)
    found = run(folder)
    assert assigned(found) == [("mj-7", "french/en", 0), ("mj-7", "french/en", 1)]
    files = found.provider("mj-7")._assignments
    assert [files[slot.slot_key].request_id for slot in found.slots["mj-7"]] == [f"{first}_1", f"{first}_3"]
    assert [surplus.name for surplus in found.surplus] == [f"job {second} position 0"]
    assert "mj-7 has all its pictures of french/en" in found.surplus[0].reason


def test_slots_with_a_final_outcome_are_not_filled_again(folder: Path, download: Downloads) -> None:
    download()
    first, _ = [s for s in make_slots(FRENCH, "mj-7", 2) if s.prompt == "french/en"]
    assert assigned(run(folder, taken=[first.slot_key])) == [("mj-7", "french/en", 1)]


@pytest.mark.parametrize("what", ["request_id", "original_sha256", "image_sha256"])
def test_a_picture_that_was_imported_before_is_known_and_not_taken_again(
    folder: Path, download: Downloads, what: str
) -> None:
    download()
    file = next(iter(run(folder).provider("mj-7")._assignments.values()))
    again = run(folder, imported=[getattr(file, what)])
    assert not again.files
    assert [known.reason for known in again.known] == ["imported before"]
    assert again.refusal() is None


def test_two_suites_with_one_text_are_filled_in_the_order_of_the_plan(
    folder: Path, download: Downloads
) -> None:
    for _ in range(3):
        download()
    found = run(folder, suites=(HOUSES, FRENCH))
    assert [prompt for _, prompt, _ in assigned(found)] == ["houses/fr", "houses/fr", "french/en"]


@pytest.mark.parametrize("prompt", ["une personne franc\u0327aise", "  une  personne\tfrançaise "])
def test_unicode_forms_and_white_space_do_not_matter(folder: Path, download: Downloads, prompt: str) -> None:
    download(prompt, words="x")
    assert [prompt for _, prompt, _ in assigned(run(folder))] == ["french/fr"]


NAMELESS = {"prompt": None, "author": None}
BEFORE = "Sun, 22 Nov 2026 23:59:59 GMT"
#: What is downloaded, how it is matched, and why it is not.
UNMATCHED: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    *(
        ({"prompt": prompt}, {}, f'no prompt planned for mj-7 reads "{prompt}"')
        for prompt in ("a french person", "a French person.", "French person", "a French person smiling")
    ),
    ({"parameters": "--niji 6"}, {}, "Niji"),
    ({"parameters": "--v 7 --niji"}, {}, "Niji"),
    ({"parameters": "--v 7 --no beard"}, {}, "--no, which adds"),
    ({"parameters": "--v 7 --sref 1234"}, {}, "--sref, which adds"),
    ({"parameters": "--v 7 --p abc123"}, {}, "--profile, which adds"),
    ({"parameters": "--v 7 --style 3xyz"}, {}, "--style, which adds"),
    ({"parameters": "--v 7 in the snow"}, {}, "words stand behind --version"),
    ({"parameters": "--stylize 5"}, {}, "no --v known"),
    ({"parameters": "--v seven"}, {}, "no version number"),
    ({}, {"entries": (Entry("a"), Entry("b"))}, "it can be of a and b alike"),
    (
        {**NAMELESS, "words": LONG.replace(" ", "_")[:51], "account": "ann"},
        {"suites": (CEOS,), "version": "7"},
        "2 prompts planned for mj-7 begin as its name does",
    ),
    (
        {"prompt": None, "words": "a_house"},  # a whole prompt and not the beginning of one
        {"suites": (HOUSES,), "version": "7"},
        'no prompt planned for mj-7 reads "a house", as its name does',
    ),
    (
        {**NAMELESS, "words": "", "account": ""},
        {"version": "7"},
        "no prompt, neither in its chunks nor in its name",
    ),
    *(({"created": created}, {}, "no creation time") for created in (None, "2026-11-24T10:00:00", "soon")),
    ({"prompt": "a cat", "created": BEFORE}, {}, 'reads "a cat"; besides, it was made in week 2026-11-16'),
]


@pytest.mark.parametrize(("made", "options", "why"), UNMATCHED)
def test_what_is_not_certain_is_unmatched_with_its_reason(
    folder: Path, download: Downloads, made: dict[str, Any], options: dict[str, Any], why: str
) -> None:
    download(**made)
    assert why in the_reason(run(folder, **options))


def test_each_version_is_a_model_of_its_own(folder: Path, download: Downloads) -> None:
    download(parameters="--v 7")
    download(parameters="--stylize 250 --v 6.1 --ar 1:1")
    found = run(folder, entries=(Entry(), Entry("mj-6.1", model_id="6.1"), Entry("other", provider="openai")))
    assert sorted(found.files) == ["mj-6.1", "mj-7"]


def test_a_version_without_a_model_gets_the_line_that_adds_it(
    folder: Path, download: Downloads, tmp_path: Path
) -> None:
    download(parameters="--v 8.2")
    reason = the_reason(run(folder))
    assert reason == f"no model for --v 8.2; add to models.yaml: {models_line('8.2', WEEK)}"
    models = tmp_path / "models.yaml"
    models.write_text(f"models:\n  {models_line('8.2', WEEK)}\n")
    [entry] = load_models_file(models, load_suites()).models
    assert isinstance(entry, ModelEntry)
    assert (entry.provider, entry.model_id) == ("midjourney", "8.2")


def test_declared_params_choose_between_models_of_one_version(folder: Path, download: Downloads) -> None:
    low, high = Entry("low", params={"stylize": 50}), Entry("high", params={"stylize": 500, "raw": True})
    download(parameters="--s 50 --v 7")
    download(parameters="--stylize 500 --raw --v 7")
    download(parameters="--stylize 500 --v 7")
    found = run(folder, entries=(low, high))
    assert sorted(found.files) == ["high", "low"]
    assert [one.reason for one in found.unmatched] == ["its settings are not the params of low, high"]


def test_a_name_alone_is_enough_only_with_a_stated_version_and_a_single_prompt(
    folder: Path, download: Downloads
) -> None:
    download(None, words="a_French_person", author=None, account="ann")
    assert "no --v known" in the_reason(run(folder))
    assert assigned(run(folder, version="7")) == [("mj-7", "french/en", 0)]


def test_first_words_that_were_cut_match_the_one_prompt_that_begins_with_them(
    folder: Path, download: Downloads
) -> None:
    download(None, words=f"A_red_{'x' * 45}")
    assert assigned(run(folder, suites=(CEOS,), version="7")) == [("mj-7", "ceos/red", 0)]


@pytest.mark.parametrize(
    ("created", "taken"),
    [
        (BEFORE, False),
        ("Mon, 23 Nov 2026 00:00:00 GMT", True),
        ("Mon, 23 Nov 2026 01:00:00 +0200", False),
        ("Sun, 29 Nov 2026 23:59:59 GMT", True),
        ("Mon, 30 Nov 2026 00:00:00 GMT", False),
    ],
)
def test_a_week_is_from_monday_to_monday_in_utc(
    folder: Path, download: Downloads, created: str, taken: bool
) -> None:
    download(created=created)
    found = run(folder)
    assert bool(found.files) is taken
    assert len(found.refused) == (0 if taken else 1)


def test_pictures_of_another_week_are_refused_and_told_their_own(folder: Path, download: Downloads) -> None:
    download(created=BEFORE)
    found = run(folder)
    assert found.refused[0].reason == (
        "made at 2026-11-22 23:59 UTC, outside week 2026-11-23; it belongs to --week 2026-11-16"
    )
    refusal = found.refusal()
    assert refusal.exit_code == 3
    assert "\n" not in str(refusal)
    download()
    assert run(folder).refusal() is None, "something was taken"


def test_a_picture_twice_is_taken_once(folder: Path, download: Downloads) -> None:
    path = download(position=1)
    path.with_name(f"{path.stem} (1).png").write_bytes(path.read_bytes())
    path.with_name(path.name.replace("_1.png", "_2.png")).write_bytes(path.read_bytes())
    found = run(folder)
    assert len(assigned(found)) == 1
    assert len(found.unmatched) == 2
    assert all("the same picture as job" in one.reason for one in found.unmatched)


def test_different_pictures_of_one_job_and_position_are_both_left(folder: Path, download: Downloads) -> None:
    job = "00000000-0000-0000-0000-00000000000a"
    download(job=job)
    download(job=job, words="x")
    found = run(folder)
    assert not found.files
    assert len(found.unmatched) == 2
    assert all("different pictures" in one.reason for one in found.unmatched)


def test_turns_of_a_conversation_are_not_answered_from_a_folder(folder: Path, download: Downloads) -> None:
    download()
    slots = [s.model_copy(update={"conversation": "c"}) for s in make_slots(FRENCH, "mj-7", 1)]
    found = prepare(folder, [Entry()], SUITES, WEEK, {"mj-7": slots})
    assert "no prompt planned" in the_reason(found)


def test_no_account_is_in_anything_that_is_returned(folder: Path, download: Downloads) -> None:
    download()
    download("a cat by Jo_Doe.99")
    download(position=None)
    download(created=None)
    download(None, author=None)
    download(name="Jo_Doe.99.png", data=plain_png())
    download(name="Jo_Doe.99_cat.png", data=b"")
    download(name="my Jo_Doe.99 cat.png", data=b"<html>")
    for _ in range(3):
        download(created=BEFORE)
    found = run(folder)
    everything = (
        repr(found)
        + "".join(repr(p._assignments) for p in map(found.provider, found.files))
        + str(found.refusal())
    )
    assert len(found.unmatched) == 7
    for part in (ACCOUNT, "Jo_Doe", "Doe"):
        assert part.lower() not in everything.lower()
