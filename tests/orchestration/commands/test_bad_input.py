"""Bad input: one clear line, the exit code that says whose fault it is, and nothing half written."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from assets.generation.partition import plan_partition
from assets.suites import loader
from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation, entry
from tests.orchestration.paid import PRICE
from warehouse import keys
from warehouse.weeks import current_week

RUN = f"run --week {WEEK}"
NOTHING = "nothing is published yet; run cliche publish (or make demo)"
PAID = {"provider": "openai_images", "params": {}, "price": PRICE, "track": "system"}


#: A command where nobody was asked, its exit code, what its one line says.
FRESH = (
    (f"{RUN} --model sim-clasic", 2, 'no model "sim-clasic" in models.yaml; did you mean "sim-classic"?'),
    ("run --week 2026-11-10", 2, "week 2026-11-10 is no Monday; did you mean 2026-11-09?"),
    ("run --dry-run --week soon", 2, f'week "soon" is no date; write its Monday, e.g. {current_week()}'),
    ("publish --week 2026-02-30", 2, 'week "2026-02-30" is no date'),
    ("status --week 2026-11-10", 2, "week 2026-11-10 is no Monday"),
    (f"publish --week {WEEK}", 3, f"week {WEEK} is not published: nobody was asked; cliche {RUN}"),
    ("run --week 2999-12-30", 3, "week 2999-12-30 (3000-W01) has not begun; the present week is 20"),
    ("sql FROM.labels", 2, NOTHING),
    ("verify", 2, NOTHING),
    ("serve --port 0", 2, NOTHING),
    ("import study raza2025 --root /nowhere", 2, "/nowhere"),
    (
        "import study raza2023 --root /",
        2,
        'no study file raza2023; did you mean "raza2025"? (shipped: beauty2025, csds447-',
    ),
    (f"import midjourney /nowhere --week {WEEK}", 2, "/nowhere"),
    ("runn", 2, "runn"),
    ("run --weak x", 2, "--weak"),
    ("run --week", 2, "--week"),
    ("serve --port http", 2, "--port"),
    ("serve --port 99999", 2, "65535"),
    ("import midjourney", 2, "DIR"),
    ("publish 2026-11-09", 2, "2026-11-09"),
)


@pytest.mark.parametrize(("command", "code", "said"), FRESH)
def test_wrong_use_is_one_line_and_writes_nothing(
    fresh: Installation, cliche: Cliche, command: str, code: int, said: str
) -> None:
    before = fresh.files()
    ended = cliche(*command.split())
    assert (ended.code, ended.out) == (code, "")
    assert said in ended.error
    assert "\n" not in ended.error
    assert fresh.files() == before


def test_a_model_outside_its_weeks_is_told(fresh: Installation, cliche: Cliche) -> None:
    first, other = entry("sim-classic", until="2026-11-02"), entry("sim-drift")
    for models, words, said in (
        (
            (first, other),
            ["--model", "sim-classic"],
            f"sim-classic is not active in the week {WEEK}: see from",
        ),
        ((first,), [], f"no model of models.yaml is active in the week {WEEK}"),
    ):
        fresh.write_models(*models)
        ended = cliche(*RUN.split(), *words)
        assert (ended.code, said in ended.only_line) == (2, True), ended.err


def suite(name: str, **more: int) -> dict[str, Any]:
    return {"suites": [{"suite": name, "replicates": 1, **more}]}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (suite("startup-coe@1"), 'unknown suite "startup-coe@1"; did you mean "startup-ceo@1"?'),
        (suite("startup-ceo@7"), 'unknown suite "startup-ceo@7"; did you mean "startup-ceo@2"?'),
        ({"labeler": "drawings"}, 'models.yaml: sim-drift: no labeler "drawings"; did you mean "drawing"?'),
        ({"model_id": "drifft"}, 'no model "drifft"; did you mean "drift"?'),
        ({"params": {"size": 7}}, "size 7 is not a whole number of pixels from 64 to 1024"),
        ({"params": {"sice": 64}}, "unknown parameter 'sice'"),
        (
            suite("startup-ceo@1", conversations=1) | PAID,
            'model "sim-drift": conversations of startup-ceo@1: provider openai_images answers one prompt at a time',
        ),
        ({"requests_per_hour": 3}, 'unknown key "requests_per_hour"'),
    ],
)
def test_a_wrong_entry_of_models_yaml_is_told_before_anybody_is_asked(
    fresh: Installation, cliche: Cliche, changes: dict[str, Any], said: str
) -> None:
    fresh.write_models(entry("sim-classic"), entry("sim-drift", **changes))
    before = fresh.files()
    ended = cliche(*RUN.split())
    assert ended.code == 2
    assert said in ended.only_line
    assert {file for file in fresh.files() - before if not file.startswith("store/.")} == set()


@pytest.mark.parametrize("asked", [False, True])
def test_a_suite_text_that_changed_is_shown(fresh: Installation, cliche: Cliche, asked: bool) -> None:
    """The versions that are shipped are frozen; one that was only asked is by its plans."""
    folder = fresh.home / "suites"
    shutil.copytree(loader.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    fresh.configure(suites="suites")
    data = folder / "data" / "startup-ceo.yaml"
    if asked:
        data.write_text(data.read_text().replace("version: 1.0.0", "version: 1.1.0"))
        plan_partition(fresh.place(), MODELS[0], WEEK)
    assert cliche(*RUN.split(), "--dry-run").code == 0
    before, text = fresh.objects(), data.read_text()
    was = "an ambitious CEO standing in the middle of their"
    assert was in text
    data.write_text(text.replace(was, was.replace("standing", "sitting")))
    ended = cliche("run", "--week", NEXT)
    assert ended.code == 2
    head, old, new = ended.error.splitlines()
    version = "1.1 as asked in " if asked else "1 as published; raise the version to change it"
    assert f'the text of "ceo-their" differs from version {version}' in head
    assert (old.split()[0], new.split()) == ("-", ["+", *old.replace("standing", "sitting").split()[1:]])
    assert fresh.objects() == before


# Objects and files that are not what they should be


OF_WEEK = (RUN, f"status --week {WEEK}", "rebuild")


@pytest.mark.parametrize(
    ("start", "end", "commands"),
    [
        ("plans/", "", OF_WEEK),
        ("attempts/", "/manifest-0001.parquet", OF_WEEK),
        ("labels/", "", OF_WEEK),
        (keys.LATEST_EDITION, "", (f"status --week {WEEK}", "publish", "sql FROM.labels", "verify")),
        ("editions/", ".1/manifest.json", ("publish", "verify")),
        ("tables/labels/", "", ("sql FROM.labels",)),
    ],
)
def test_a_corrupt_object_is_named_and_nothing_is_overwritten(
    published: Installation, cliche: Cliche, start: str, end: str, commands: tuple[str, ...]
) -> None:
    key = next(key for key in published.objects() if key.startswith(start) and key.endswith(end))
    path = Path(published.settings.store) / key
    path.chmod(0o644)
    path.write_bytes(b"\x00not what it was")
    for copies in ("editions", "published"):  # what was fetched or built before
        shutil.rmtree(published.home / copies, ignore_errors=True)
    before = published.objects()
    for command in commands:
        ended = cliche(*command.split())
        assert (ended.code, Path(key).name in ended.error) == (1, True), command
        assert "\n" not in ended.error
        assert published.objects() == before


# A second command beside the first


@pytest.mark.parametrize(
    ("lease", "purpose", "command"),
    [
        (f"generate-{WEEK}-{MODELS[0]}", f"generate {WEEK} / {MODELS[0]}", f"{RUN} --model {MODELS[0]}"),
        ("edition", f"publish {WEEK}", f"publish --week {WEEK}"),
    ],
)
def test_a_second_command_beside_the_first_is_refused_and_changes_nothing(
    published: Installation, cliche: Cliche, lease: str, purpose: str, command: str
) -> None:
    if command.startswith("run"):
        shutil.rmtree(published.home / "store" / "attempts")
    before = published.objects()
    with published.store.lease(lease, purpose=purpose):
        ended = cliche(*command.split())
    assert ended.code == 3
    assert ended.error.startswith(f"another run holds {purpose} since ")
    assert "\n" not in ended.error
    assert published.objects() == before


@pytest.mark.parametrize("words", ["--debug run --model sim-clasic", "run --model sim-clasic --debug"])
def test_debug_shows_the_traceback(words: str, fresh: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    from orchestration.cli import main
    from warehouse.errors import UsageError

    monkeypatch.setattr("sys.argv", ["cliche", *words.split()])
    with pytest.raises(UsageError, match="did you mean"):
        main()
