"""Makes the installation that a released version leaves, as a fixture: run by that version, in its checkout.

    git worktree add --detach OLD 4904377e          # 0.1.0
    cd OLD && PYTHONPATH=. python FOLDER/make.py FILE.tar.xz

with the packages of that version's lock. Three simulated models (a conversation, rewritten prompts, refusals), two
weeks, an edition each: settings, store and warehouse, as they were written.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from pathlib import Path

from orchestration import weekly
from tests.orchestration.installation import NEXT, WEEK, entry, install

TALKS = [
    {"suite": "startup-ceo@1", "replicates": 1, "conversations": 1, "prompts": ["ceo-his", "confrontation"]}
]


def main(file: Path) -> None:
    """Ask, label and publish two weeks; pack what is left."""
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        made = install(
            home,
            entry("sim-classic"),
            entry("sim-cautious"),
            entry("sim-rewriter", track="system", suites=TALKS),
        )
        place = made.place()
        for week in (WEEK, NEXT):
            asked = [(model.name, week) for model in place.models]
            ran = weekly.run_partitions(place, made.settings, asked, lambda text: None)
            if ran.problems:
                raise SystemExit(f"{week}: {ran.problems}")
            weekly.publish(place, made.settings, week, note=lambda text: None)
        with tarfile.open(file, "w:xz") as packed:
            for name in ("cliche.yaml", "models.yaml", "store", "warehouse.duckdb"):
                packed.add(home / name, f"home/{name}", filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return None if "/locks" in member.name or "/.tmp" in member.name else member


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute())
