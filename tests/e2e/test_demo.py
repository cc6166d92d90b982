"""`cliche demo`, twice: a page at the end, and the second time not a call and not a byte."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.e2e import benchmark
from tests.e2e.command import called, write_settings

STORIES = {
    "diversity-request@1": (["ceo-baseline"], 5),
    "occupations@1": (["chef"], 5),
}  # people rate the latter
MODEL = "sim-classic"
# A real model that is switched on: the demo neither asks it nor waits for it.
LIVE = {
    "name": "midjourney-v7",
    "title": "Midjourney 7",
    "provider": "midjourney",
    "model_id": "7",
    "suites": [{"suite": "canary@1", "replicates": 1}],
}
WEEKS = benchmark.WEEKS[-4:]
DEMO = ("demo", "--weeks", str(len(WEEKS)))
BEFORE = WEEKS[1:-1]  # asked before, by the core: a demo that was stopped, and tests that are quicker


def _bytes(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with benchmark.folder_in_memory("demo") as made:
        write_settings(made, models="models.yaml", runs_at_once=1)
        benchmark.write_models(made / "models.yaml", [benchmark.entry(MODEL, STORIES), LIVE])
        place = benchmark.place_of(benchmark.settings_of(made))
        for week in BEFORE:
            benchmark.ask_and_label(place, (MODEL, week))
        yield made


@pytest.fixture(scope="module")
def first(home: Path) -> CompletedProcess[str]:
    before = _bytes(home / "store")
    done = called(home, *DEMO)
    assert before.items() <= _bytes(home / "store").items()  # it goes on, and asks nobody again
    return done


def test_the_demo_ends_with_the_path_of_a_page_that_exists(home: Path, first: CompletedProcess[str]) -> None:
    assert first.returncode == 0, first.stderr
    assert first.stdout.startswith("1 simulated models, 4 weeks, 4 partitions\n")
    found = re.search(r"^Page:  (.+)$", first.stdout, re.MULTILINE)
    assert found
    assert (
        f"Page of the first week, to look at meanwhile:  {home}/store/editions/{WEEKS[0]}.1/" in first.stdout
    )
    page = Path(found[1])
    assert page == home / f"store/editions/{benchmark.LAST}.1/index.html"
    text = page.read_text(encoding="utf-8")
    assert "sim-classic" in text
    assert "They say nothing about any real model." in text
    assert first.stdout.index("Page:") < first.stdout.index("Look:  make serve")
    assert re.search(
        r"^  (All|None|Of|\d+) .*pictures .*that the simulated model sim-classic drew .*in the last four weeks",
        first.stdout,
        re.MULTILINE,
    )
    assert "No change was detected this month." in first.stdout
    assert re.search(
        rf"^Gold set simulated-{benchmark.LAST}: 5 pictures of sim-classic, rated by two simulated people "
        r"and, where they differ \(\d\), by a third$",
        first.stdout,
        re.MULTILINE,
    )
    asked = {path.parent.parent.parent.name for path in (home / "store/attempts").glob("*/*/*/1.json")}
    assert asked == {f"week={week}" for week in WEEKS}
    assert {path.name for path in (home / "store/attempts").glob("*/*")} == {"model=sim-classic"}


def test_invariant_01_a_second_demo_asks_nobody_and_changes_no_byte(
    home: Path, first: CompletedProcess[str]
) -> None:
    before = _bytes(home / "store")
    assert len([name for name in before if re.fullmatch(r"attempts/.+/\d+\.json", name)]) >= 20
    second = called(home, *DEMO)
    assert second.returncode == 0, second.stderr
    assert (
        f"Nothing to ask: 4 of 4 partitions are complete. Edition {benchmark.LAST}.1 is current."
        in second.stdout
    )
    assert _bytes(home / "store") == before
    assert re.findall(r"^Page: .+$", second.stdout, re.MULTILINE) == re.findall(
        r"^Page: .+$", first.stdout, re.MULTILINE
    )
