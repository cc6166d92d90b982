"""A small installation for tests: a home with settings and models, and the command run in it.

Belongs here: writing the files of an installation, running `cliche` in this process or in one of its own. Does not
belong here: any test.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import yaml

from assets.generation.workplace import Workplace
from orchestration.resources import make_workplace
from orchestration.settings import Settings, load_settings
from tests.forking import Command
from warehouse import keys
from warehouse.loading.columns import columns
from warehouse.store import Store, open_store
from warehouse.weeks import parse_week

CHECKOUT = Path(__file__).resolve().parents[2]
#: A week whose deadline has passed, and the one after it.
WEEK = "2026-11-09"
NEXT = "2026-11-16"
MODELS = ("sim-classic", "sim-drift")
SLOTS = 4  # of one model and week

PUBLISHER = {"name": "Jane Doe", "contact": "jane@example.org"}
#: Settings that keep everything in this process.
SMALL: Mapping[str, Any] = {
    "models": "models.yaml",
    "workers": 0,
    "runs_at_once": 1,
    "publisher": PUBLISHER,
}


def entry(name: str, **changes: Any) -> dict[str, Any]:
    """An entry of models.yaml with four slots a week; `sim-<persona>` is asked of that persona."""
    return {
        "name": name,
        "title": name,
        "provider": "simulated",
        "model_id": name.removeprefix("sim-"),
        "suites": [{"suite": "startup-ceo@1", "replicates": 2, "prompts": ["ceo-his", "ceo-their"]}],
        "params": {"size": 64},
        "labeler": "drawing",
        **changes,
    }


@dataclass(frozen=True)
class Installation:
    """One `CLICHE_HOME` with its settings and models."""

    home: Path

    @property
    def settings(self) -> Settings:
        """The settings as the command reads them, without an environment."""
        return load_settings({"CLICHE_HOME": str(self.home)})

    @property
    def store(self) -> Store:
        return open_store(self.settings.store)

    def place(self) -> Workplace:
        """Surroundings of a run, made anew."""
        return make_workplace(self.settings)

    def configure(self, **values: Any) -> None:
        """Write cliche.yaml: the small settings, changed."""
        self.home.mkdir(parents=True, exist_ok=True)
        settings = {name: value for name, value in {**SMALL, **values}.items() if value is not None}
        (self.home / "cliche.yaml").write_text(yaml.safe_dump(settings))

    def write_models(self, *entries: Mapping[str, Any]) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / "models.yaml").write_text(yaml.safe_dump({"models": [dict(e) for e in entries]}))

    def objects(self) -> dict[str, bytes]:
        """Every object of the store by key, leases left out."""
        store = self.store
        return {key: store.get(key) for key in store.list("") if not key.startswith("locks/")}

    def state(self, table: str, *rows: Mapping[str, Any]) -> None:
        """Let the edition of WEEK hold these rows of that week in a table, whatever led to them."""
        loose = pa.schema([field.with_nullable(True) for field in columns(table)])
        written, key = BytesIO(), keys.table_part(table, WEEK, "0" * 64)
        pq.write_table(
            pa.Table.from_pylist([{"week": parse_week(WEEK), **r} for r in rows], schema=loose), written
        )
        self.store.put_if_absent(key, written.getvalue())
        path = Path(self.settings.store) / f"editions/{WEEK}.1/manifest.json"
        manifest = json.loads(path.read_bytes())
        manifest["tables"][table] = {"columns": [], "parts": [{"key": key, "week": WEEK}], "rows": len(rows)}
        path.chmod(0o644)
        path.write_text(json.dumps(manifest))

    def files(self) -> set[str]:
        """Every file of the home by path, Dagster's own left out."""
        found = (path.relative_to(self.home) for path in self.home.rglob("*") if path.is_file())
        return {str(path) for path in found if path.parts[0] != "dagster"}


def install(home: Path, *models: Mapping[str, Any] | str, **settings: Any) -> Installation:
    """Make an installation in `home`; a model may be given by name alone."""
    made = Installation(home)
    made.configure(**settings)
    made.write_models(*(entry(m) if isinstance(m, str) else m for m in models or MODELS))
    return made


def copy(of: Installation, home: Path) -> Installation:
    """A copy that a test may change."""
    shutil.copytree(of.home, home)
    return Installation(home)


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def error(self) -> str:
        """The error as it was reported: everything from `cliche: ` on; fails if there is none, or a traceback."""
        assert "Traceback" not in self.err + self.out, self.err
        assert self.err.count("cliche: ") == 1, self.err
        return self.err[self.err.index("cliche: ") + len("cliche: ") :].rstrip("\n")

    @property
    def only_line(self) -> str:
        """The error where it is the one line on stderr."""
        assert self.err == f"cliche: {self.error}\n"
        assert "\n" not in self.error, self.error
        return self.error


Cliche = Callable[..., Result]


def environment(home: Path, **more: str) -> dict[str, str]:
    return {**os.environ, "CLICHE_HOME": str(home), "PYTHONPATH": str(CHECKOUT), "COLUMNS": "200", **more}


def start(home: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start `cliche` in a process (and process group) of its own, which has imported what it needs."""
    return Command(arguments, environment(home, **more))


def start_anew(home: Path, *arguments: str, **more: str) -> subprocess.Popen[str]:
    """Start `cliche` in a new interpreter: where what is imported, and how, is tested.

    It heeds Ctrl-C even where the tests run in the background of a shell, which has their processes ignore it.
    """
    code = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from orchestration.cli import main; main()"
    )
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=CHECKOUT,
        env=environment(home, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
