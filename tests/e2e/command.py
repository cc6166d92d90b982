"""The `cliche` command as a person runs it, with a home of its own: a process with a time limit, or a call.

Belongs here: starting it, reading what it says. Does not belong here: what must come of it.
"""

from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from contextvars import copy_context
from hashlib import sha256
from pathlib import Path
from unittest.mock import patch

import yaml

from orchestration.cli import main
from orchestration.settings import CHECKOUT
from tests.forking import Command
from warehouse.database.connection import connect
from warehouse.database.table_hash import table_hashes
from warehouse.store import Store

CLICHE = Path(sys.executable).with_name("cliche")
TIME_LIMIT_S = 90


def environment(home: Path, more: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment with another CLICHE_HOME."""
    wide = {"COLUMNS": "200", "NO_COLOR": "1", "TERM": "dumb"}
    return {**os.environ, **wide, "CLICHE_HOME": str(home), **(more or {})}


def cliche(
    home: Path, *arguments: str | Path, more: Mapping[str, str] | None = None, limit: float = TIME_LIMIT_S
) -> subprocess.CompletedProcess[str]:
    """Run the installed `cliche` to its end; a run that hangs is ended with all its processes and fails the test."""
    process = subprocess.Popen(
        [CLICHE, *arguments],
        cwd=CHECKOUT,
        env=environment(home, more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        out, err = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        raise
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def called(
    home: Path, *arguments: str | Path, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `cliche` to its end in this process: where one of its own would prove nothing, and load everything anew."""
    words = ["cliche", *map(str, arguments)]
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        patch.dict(os.environ, environment(home, more), clear=True),
        patch.object(sys, "argv", words),
        redirect_stdout(out),
        redirect_stderr(err),
        warnings.catch_warnings(),
    ):
        try:
            # In a context of its own: Dagster sets there what it asks again, of a folder that may be gone by then.
            copy_context().run(main)
        except SystemExit as ended:
            code = ended.code
    assert isinstance(code, int)
    said = [stream.buffer.getvalue().decode() for stream in (out, err)]
    return subprocess.CompletedProcess(words, code, *said)


def start(home: Path, *arguments: str | Path, more: Mapping[str, str] | None = None) -> subprocess.Popen[str]:
    """Start `cliche` as the leader of a process group of its own, so that it can be sent Ctrl-C with its children."""
    return Command([str(argument) for argument in arguments], environment(home, more))


def write_settings(home: Path, **values: object) -> None:
    """Write `cliche.yaml` into a home."""
    home.mkdir(parents=True, exist_ok=True)
    (home / "cliche.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")


def hashes(warehouse: Path) -> dict[str, str]:
    """Return the hash of every table of a warehouse file."""
    with connect(warehouse, read_only=True) as con:
        return table_hashes(con)


def pictures(store: Store) -> dict[str, str]:
    """Return the SHA-256 of the bytes of every image by its key."""
    return {key: sha256(store.get(key)).hexdigest() for key in store.list("images/")}
