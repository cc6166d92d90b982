"""Homes that hold something real, or nothing: what their first pages are made of.

`python -m tests.site.homes DIR [NAME …]` makes them.

Pictures of "real" models are photographs of `../shared/corpora`, which a server on the loopback answers with; a vision
labeler's answers are decided by the bytes of a picture. Belongs here: making homes with the command itself. Does not
belong here: what their pages are to say (`test_homes.py`).
"""

from __future__ import annotations

import hashlib
import itertools
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import yaml

from tests.services.openai_contract import Call, ContractServer, Reply
from tests.services.vision_contract import Asked, Said, vision

CHECKOUT = Path(__file__).resolve().parents[2]
SHARED = CHECKOUT.parent / "shared"
STUDIES = SHARED / "studies-as-published"
#: Studies whose files are here; the fifth home has one more, of counts.
FOUR = ("raza2025", "saac2023", "kauandugi2025", "csds447-2025")
COUNTED = """\
study: counted2026
version: 1.0.0
title: Women and men in two jobs, counted
citation: A test (2026).
license: MIT
source: {address: "https://example.org/counted"}
year: 2026
models: [{id: painter, title: Painter}]
attributes: [{id: gender, title: Gender, values: [female, male]}]
labelers: [{id: counters, kind: person}]
prompts: SELECT job AS prompt, 'occupation:' || job AS subject, 'a photo of a ' || job AS text FROM 'counts.csv'
labels:
  - |
    SELECT 'painter' AS model, job AS prompt, row_number() OVER (PARTITION BY job ORDER BY value) AS replicate,
           'gender' AS attribute, 'counters' AS labeler, value
    FROM (UNPIVOT 'counts.csv' ON female, male INTO NAME value VALUE n), unnest(range(n::INT))
"""
PRICE = 0.065
KEY = "CLICHE_TEST_HOMES_KEY"


def photographs() -> list[Path]:
    """Return real pictures of real models, of all their subjects in turn."""
    found = (SHARED / "corpora" / "raza2025" / "images").rglob("*.png")
    return sorted(found, key=lambda path: hashlib.sha256(path.name.encode()).digest())


def run(home: Path, *arguments: str) -> str:
    """Run `cliche` in a home and return what it said; fails with it."""
    given = {"CLICHE_HOME": str(home), "PYTHONPATH": str(CHECKOUT), KEY: "made-up", "COLUMNS": "160"}
    command = [sys.executable, "-c", "from orchestration.cli import main; main()", *arguments]
    ran = subprocess.run(
        command, cwd=CHECKOUT, env={**os.environ, **given}, capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, f"{arguments}: {ran.stdout}{ran.stderr}"
    return ran.stdout


def settings(
    home: Path, models: Sequence[Mapping[str, Any]], labelers: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Write the two files of a home."""
    home.mkdir(parents=True)
    (home / "cliche.yaml").write_text(yaml.safe_dump({"models": "models.yaml", "runs_at_once": 1}))
    written = {"models": [*models], **({"labelers": [*labelers]} if labelers else {})}
    (home / "models.yaml").write_text(yaml.safe_dump(written, sort_keys=False))


def entry(name: str, base_url: str, **changes: Any) -> dict[str, Any]:
    """Return the entry of a real model, as `models/openai.yaml` has them."""
    return {
        "name": name,
        "title": name.replace("-", " ").upper(),
        "maker": "OpenAI",
        "weights": "closed",
        "provider": "openai_images",
        "model_id": "gpt-image-2",
        "suites": "first-try",
        "requests_per_minute": 60000,
        "concurrency": 4,
        "price": [{"per_image_usd": PRICE, "source": "a test", "date": "2026-12-01"}],
        "connection": {"base_url": base_url, "key_env": KEY, "allow_private": True},
        **changes,
    }


@contextmanager
def service(refuses: Callable[[Call], bool] = lambda call: False) -> Iterator[ContractServer]:
    """Yield an API for pictures that answers with photographs, one after another."""
    there = itertools.cycle(photographs())

    def script(call: Call) -> Reply | None:
        if refuses(call):
            return Reply(
                error={
                    "status": 400,
                    "code": "moderation_blocked",
                    "type": "user_error",
                    "message": "not allowed",
                }
            )
        return Reply(image=next(there).read_bytes())

    with ContractServer(script=script) as server:
        yield server


def looked(asked: Asked) -> Said:
    """Say something of each picture, always the same of equal bytes; never what may not be said of a person."""
    values = []
    for data in asked.pictures:
        seed = int.from_bytes(hashlib.sha256(data).digest()[:4], "big")
        values.append({name: asked.values[name][seed % 2] for name in asked.attributes})
    return Said(values)


def nothing(home: Path) -> None:
    """Make a home whose edition holds nothing: its one study was removed again."""
    studies(home, ["saac2023"])
    run(home, "study", "remove", "saac2023", "--reason", "a test")
    run(home, "publish")


def studies(home: Path, names: Sequence[str]) -> None:
    """Make a home of published studies alone."""
    home.mkdir(parents=True, exist_ok=True)
    for name in names:
        run(home, "import", "study", name, "--root", str(STUDIES / name))
    run(home, "publish")


def five_studies(home: Path) -> None:
    """Make a home of five studies; one of them is of counts, and has no pictures."""
    counted = home.with_name("counted")
    counted.mkdir()
    (counted / "counts.csv").write_text("job,female,male\nceo,1,9\nnurse,10,0\n")
    (counted / "study.yaml").write_text(COUNTED)
    home.mkdir(parents=True)
    run(home, "import", "study", str(counted / "study.yaml"), "--root", str(counted))
    studies(home, FOUR)


def first_try(home: Path, labeler: Mapping[str, Any] | None = None) -> None:
    """Make a home of two real models with thirty pictures each, one of which refuses some prompts."""
    with ExitStack() as running:
        server = running.enter_context(service())
        coy = running.enter_context(service(lambda call: "house" in call.prompt))
        changes: dict[str, Any] = {"labeler": labeler["name"]} if labeler else {}
        models = [
            entry("gpt-image-2", server.base_url, **changes),
            entry("coy-image-1", coy.base_url, maker="Another", **changes),
        ]
        settings(home, models, [labeler] if labeler else ())
        run(home, "run", "--yes")


@contextmanager
def eyes() -> Iterator[dict[str, Any]]:
    """Yield the entry of a vision labeler that reads every attribute."""
    with vision(looked) as server:
        yield {
            "name": "eyes",
            "labeler": "openai_vision",
            "model_id": "gpt-6-luna",
            "requests_per_minute": 60000,
            "price": [{"per_image_usd": 0.0008, "source": "a test", "date": "2026-12-01"}],
            "connection": {"base_url": server.base_url, "key_env": KEY, "allow_private": True},
        }


def headline_week(home: Path) -> None:
    """Make a home of one real model with one week of `headline`, read by a vision labeler."""
    with service() as server, eyes() as labeler:
        settings(home, [entry("gpt-image-2", server.base_url, suites="headline", labeler="eyes")], [labeler])
        run(home, "run", "--yes")


def first_try_seen(home: Path) -> None:
    """Make the home of the first try, read by a vision labeler."""
    with eyes() as labeler:
        first_try(home, labeler)


def demo(home: Path) -> None:
    """Make the home of the demo, of fewer weeks."""
    home.mkdir(parents=True)
    run(home, "demo", "--weeks", "4")


#: Name → what makes it.
HOMES: Mapping[str, Callable[[Path], None]] = {
    "nothing": nothing,
    "study": lambda home: studies(home, FOUR[:1]),
    "studies": five_studies,
    "first-try": first_try,
    "first-try-seen": first_try_seen,
    "headline": headline_week,
    "demo": demo,
}


def main() -> None:
    """Make the homes that are named, or all, in a folder."""
    folder, *names = sys.argv[1:]
    for name in names or HOMES:
        HOMES[name](Path(folder) / name)
        print(name, flush=True)


if __name__ == "__main__":
    main()
