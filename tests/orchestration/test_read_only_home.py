"""A home that is read-only, as the containers of `deploy/` have it: what looks works, what writes says one line.

The store and the PostgreSQL lie elsewhere. Workers and `run --submit` have such homes in `tests/cluster`.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer.main

from orchestration.alerts.settings import WEBHOOK
from orchestration.cli import app
from orchestration.settings import CHECKOUT
from tests.e2e.command import called
from tests.orchestration.alerts.watching import ALERTS, Watch, watching
from tests.orchestration.installation import Installation, environment
from tests.read_only import read_only
from tests.services.postgres import Postgres

_OK, _NO = (0, ""), (1, "read-only")
#: Command → its code, and what its line says. `{to}` is a folder that can be written.
COMMANDS: Mapping[str, tuple[int, str]] = {
    "demo": _NO,
    "run": _NO,
    "run --dry-run": _OK,
    "run --submit": (2, "the variable CLICHE_BROKER is not set"),
    "publish": _NO,
    "publish --to {to}/site": _OK,
    "status": _OK,
    "status --json": _OK,
    "doctor": _OK,
    "watch": (1, ""),  # what it finds are errors
    "watch --test": _OK,
    "design": _OK,
    "init": (2, "stays as it is"),
    "rebuild": _NO,
    "backup {to}/copy": _OK,
    "restore {to}/copy": _OK,
    "verify": _OK,
    "verify --store": _NO,
    "sql -f who_is_the_ceo": _NO,
    "explain none": _NO,
    "serve --port 0": (0, ""),
    "unlock": _OK,
    "import midjourney {to}/none --week 2026-11-09": (2, "does not exist"),
    "import study {to}/none.yaml --root {to}": (2, "no study file"),
    "study label none": (2, "no study"),
    "study remove none --reason none": (2, "no study"),
    "retract picture none --reason none": (2, "names no picture"),
    "retract labels --model none --week 2026-11-09 --labeler none --reason none": (2, "no plan of none"),
    "retract week --model none --week 2026-11-09 --reason none": (2, "no plan of none"),
    "remove none --reason none": (2, "names no picture"),
    "anchors freeze mine --from-week 2026-11-09": (2, "8 different pictures"),
    "anchors list": _OK,
    "anchors accept --labeler drawing --attribute hair --week 2026-11-09 --reason none": (2, "did not move"),
    "edition list": _OK,
    "edition diff 2026-11-09.1 2026-11-09.1": _OK,
    "edition fetch 2026-11-09.1 {to}/edition": _OK,
    "edition fetch 2026-11-09.1 {to}/pages --pictures none": _OK,
    "gold sample --week 2026-11-09 --n 8 --set mine": _OK,
    "gold export mine --to {to}/gold": _OK,
    "gold import mine {to}/none.csv": (2, "none.csv"),
    "gold status mine": _OK,
    "doctor --new": (2, "no model"),
}


#: Commands that compute much: tests/research/weekly/test_read_only.py tries them.
MUCH = re.compile(
    r"(publish --to|backup|restore|verify|serve|edition (diff|fetch)|gold|watch --test|demo)( |$)"
)


def commands() -> None:
    """Print how commands of the table end; this runs where the home is read-only."""
    home, to, *lines = sys.argv[1:]
    found = {}
    for line in lines:
        if line.startswith("serve"):
            threading.Timer(5, os.kill, (os.getpid(), signal.SIGINT)).start()
        done = called(Path(home), *line.format(to=to).split())
        found[line] = (done.stderr, done.returncode)
    print(json.dumps(found))


@pytest.fixture
def watch(
    published: Installation, postgres: Postgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Watch]:
    """A home that holds settings and models alone, and what it shares with others."""
    store = tmp_path / "store"
    (published.home / "store").rename(store)
    for path in published.home.iterdir():
        if path.suffix != ".yaml":
            subprocess.run(["rm", "-r", str(path)], check=True)
    published.configure(store=str(store), alerts=ALERTS)
    for name, value in {
        "CLICHE_POSTGRES": postgres.fresh_address().replace("postgresql:", "postgresql+psycopg2:", 1),
        "DAGSTER_HOME": str(CHECKOUT / "deploy"),
    }.items():
        monkeypatch.setenv(name, value)
    with watching(published) as made:
        monkeypatch.setenv(WEBHOOK, made.url)
        yield made


def run(home: Path, *arguments: str) -> dict[str, Any]:
    """Call `commands` where the home is read-only; return what it printed."""
    code = f"from {__name__} import commands; commands()"
    command = read_only(home, [sys.executable, "-W", "ignore", "-c", code, *arguments])
    if command is None:
        pytest.skip(
            "no folder can be mounted read-only here: that needs the program unshare, and root or user namespaces"
        )
    done = subprocess.run(
        command, env=environment(home), cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(json.loads(done.stdout.splitlines()[-1]))


def assert_as_told(watch: Watch, to: Path, lines: Sequence[str]) -> None:
    """Run commands of the table where the home is read-only: each ends as it says, and leaves nothing there."""
    home = watch.installation.home
    to.mkdir()
    wrong = []
    for line, (err, code) in run(home, str(home), str(to), *lines).items():
        expected, words = COMMANDS[line]
        said = [one for one in err.splitlines() if one.startswith("cliche: ")]
        as_told = (code, len(said)) == (expected, bool(words)) and words.lower() in "".join(said).lower()
        wrong += [] if as_told and "Traceback" not in err else [(line, code, err)]
    assert wrong == []
    assert [path.name for path in home.iterdir() if path.suffix != ".yaml"] == []


def test_a_command_works_or_says_one_line(watch: Watch, tmp_path: Path) -> None:
    assert_as_told(watch, tmp_path / "to", [line for line in COMMANDS if not MUCH.match(line)])


def test_the_table_holds_every_command() -> None:
    def names(group: Any, before: str = "") -> set[str]:
        inner = getattr(group, "commands", None)
        if inner is None:
            return {before.strip()}
        return {one for name, command in inner.items() for one in names(command, f"{before} {name}")}

    wanted = names(typer.main.get_command(app))
    found = {name for name in wanted for line in COMMANDS if f"{line} ".startswith(f"{name} ")}
    assert found == wanted


def test_the_docs_say_which_commands_write_into_the_home() -> None:
    lines = (CHECKOUT / "docs/operations/machines.md").read_text(encoding="utf-8").splitlines()
    (said,) = [line for line in lines if "write into the home; elsewhere they end" in line]
    for line in [line for line, ended in COMMANDS.items() if ended == _NO]:
        assert f"`{re.sub(' -f.*| none', '', line)}`" in said
