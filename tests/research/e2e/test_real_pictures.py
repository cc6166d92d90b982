"""Real pictures through the command: a published study beside a simulated week, and downloads that match nothing."""

from __future__ import annotations

import csv
import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from assets.leaderboard.page.words import PERCEIVED
from tests.e2e import benchmark
from tests.e2e.command import CHECKOUT, called, pictures, write_settings
from warehouse.store import open_store

pytestmark = pytest.mark.corpora

WEEK = benchmark.LAST
AS_PUBLISHED = "studies-as-published/raza2025"
NEXT_EDITION = f"{WEEK}.2"


@pytest.fixture(scope="module")
def home(corpora: Path) -> Iterator[Path]:
    """A home with one small simulated week published."""
    with benchmark.folder_in_memory("real") as made:
        write_settings(made, models="models.yaml")
        entries = [
            benchmark.entry("sim-classic", {"diversity-request@1": (["ceo-baseline"], 5)}),
            {
                "name": "midjourney-7",
                "title": "Midjourney 7",
                "provider": "midjourney",
                "model_id": "7",
                "from": "2027-01-04",
                "suites": [{"suite": "french-person@1", "replicates": 4}],
            },
        ]
        benchmark.write_models(made / "models.yaml", entries)
        place = benchmark.place_of(benchmark.settings_of(made))
        assert benchmark.run_benchmark(place, [WEEK]).id == f"{WEEK}.1"
        yield made


@pytest.fixture(scope="module")
def imported(home: Path, corpora: Path) -> CompletedProcess[str]:
    before = len(pictures(open_store(home / "store")))
    done = called(home, "import", "study", "raza2025", "--root", corpora.parent / AS_PUBLISHED)
    assert done.returncode == 0, done.stderr
    assert len(pictures(open_store(home / "store"))) - before == 472
    return done


@pytest.fixture(scope="module")
def published(home: Path, imported: CompletedProcess[str]) -> str:
    done = called(home, "publish")
    assert done.returncode == 0, done.stderr
    folder = home / f"store/editions/{NEXT_EDITION}"
    assert f"Edition {NEXT_EDITION} is current: {folder / 'index.html'}" in done.stdout
    return (folder / "studies/raza2025/index.html").read_text(encoding="utf-8")


def test_472_pictures_are_kept_and_28_slots_are_said_to_be_missing(
    imported: CompletedProcess[str], home: Path, corpora: Path
) -> None:
    assert "raza2025: 500 slots, 472 images stored, 28 missing" in imported.stdout
    assert "28 planned pictures are missing: imagen-4.0 28" in imported.stdout
    originals = {path.read_bytes() for path in (corpora.parent / AS_PUBLISHED).rglob("*.png")}
    stored = {path.read_bytes() for path in (home / "store" / "images").rglob("*.jpg")}
    assert stored == originals  # the bytes as they were published, under the type that they are
    assert len(stored) == 472


def test_the_published_figures_come_out_of_the_edition(home: Path, published: str, corpora: Path) -> None:
    done = called(home, "sql", "-f", "raza2025_gender", "--format", "json")
    assert done.returncode == 0, done.stderr
    mine = json.loads(done.stdout)
    with (corpora / "raza2025" / "published_gender_results.csv").open(encoding="utf-8", newline="") as file:
        theirs = list(csv.DictReader(file))
    assert len(mine) == len(theirs) == 25
    for computed, row in zip(mine, theirs, strict=True):
        assert list(computed) == list(row)
        for name in ("model", "occupation", "baseline_f_over_m", "controlled_f_over_m"):
            assert computed[name] == row[name]
        for name in ("delta_pct_female", "chi2_p_value"):
            assert computed[name] == pytest.approx(float(row[name]), abs=1e-9, rel=0)


def test_the_study_has_a_page_of_its_own(published: str) -> None:
    text = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", published)).split())
    assert "Gender and race in five image models, with and without a request for diversity" in text
    assert (
        "472 of 500 pictures are there. Missing: 28; they count only where the study has labels of them."
        in text
    )
    assert PERCEIVED in text
    assert "They are no weekly series" in text
    assert "License: MIT" in text
    for model in ("DALL·E 3", "Gemini Imagen 4.0", "FLUX.1-dev", "Stable Diffusion XL Turbo", "Grok-2 Image"):
        assert model in text
    assert "sim-classic" not in text


def test_importing_the_study_again_and_publishing_changes_no_byte(home: Path, published: str) -> None:
    store = home / "store"
    before = {path: path.read_bytes() for path in store.rglob("*") if path.is_file()}
    root = CHECKOUT.parent / "shared" / AS_PUBLISHED
    again = called(home, "import", "study", "raza2025", "--root", root)
    assert again.returncode == 0, again.stderr
    assert again.stdout.startswith("raza2025: imported before, nothing new was written")
    done = called(home, "publish")
    assert f"Edition {NEXT_EDITION} is current as before: nothing changed" in done.stdout
    assert {path: path.read_bytes() for path in store.rglob("*") if path.is_file()} == before


def test_midjourney_downloads_that_match_no_prompt_are_listed_and_none_is_kept(
    home: Path, corpora: Path, tmp_path: Path
) -> None:
    folder = corpora / "midjourney-cc0"
    own = tmp_path / "home"
    write_settings(own, models="models.yaml")
    text = (home / "models.yaml").read_text(encoding="utf-8").replace("2027-01-04", WEEK)
    (own / "models.yaml").write_text(text, encoding="utf-8")
    done = called(own, "import", "midjourney", folder, "--week", WEEK)
    assert done.returncode == 3
    jobs = [re.search(r"_([0-9a-f-]{36})_(\d)\.png$", path.name) for path in folder.glob("*.png")]
    assert len(jobs) == 4
    lines = done.stdout.splitlines()
    assert lines[0] == "5 not matched:"  # the pictures, and a text file that lies beside them
    assert [line.partition(": no prompt planned for midjourney-7 reads")[0] for line in lines[1:5]] == sorted(
        f"  job {job[1]} position {job[2]}" for job in jobs if job
    )
    assert lines[5].startswith("  PROVENANCE.md: no usable picture")
    assert lines[6:] == []
    assert done.stderr == f"cliche: nothing imported for week {WEEK}: 5 not matched; the reasons are above\n"
    account = next(folder.glob("*.png")).name.partition("_")[0]
    assert account not in done.stdout + done.stderr  # a person's name is revealed to nobody
    assert not [path for path in (own / "store").rglob("*") if path.is_file()]
