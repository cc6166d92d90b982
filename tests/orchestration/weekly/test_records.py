"""Dagster's records: made by one process at a time, and what is damaged is one line that says what to delete."""

from __future__ import annotations

import json
import multiprocessing
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from orchestration.instance import open_instance
from orchestration.unwritable import told_in_one_line
from tests.orchestration.installation import WEEK, Cliche, Installation
from warehouse.errors import ClicheError

HOMES, AT_ONCE = 3, 4
RUNS, SCHEDULES, EVENTS = "history/runs.db", "schedules/schedules.db", "history/runs/index.db"


def _open(homes: list[Path], barrier: Any, said: Any) -> None:
    for home in homes:
        barrier.wait(60)
        try:
            with open_instance(home / "dagster"):
                pass
        except BaseException as error:  # noqa: BLE001 - whatever it is, the test shows it
            said.put(f"{home.name}: {type(error).__name__}: {error}")


def heads(home: Path) -> dict[str, list[str]]:
    """The revisions that each file of the records says it has."""
    found = {}
    for name in (RUNS, SCHEDULES, EVENTS):
        with closing(sqlite3.connect(home / "dagster" / name)) as file:
            found[name] = [head for (head,) in file.execute("SELECT version_num FROM alembic_version")]
    return found


def test_processes_that_begin_together_make_records_once(tmp_path: Path) -> None:
    with open_instance(tmp_path / "alone" / "dagster"):
        pass
    alone = heads(tmp_path / "alone")
    assert {len(revisions) for revisions in alone.values()} == {1}
    homes = [tmp_path / str(number) for number in range(HOMES)]
    context = multiprocessing.get_context("fork")
    barrier, said = context.Barrier(AT_ONCE), context.SimpleQueue()
    processes = [context.Process(target=_open, args=(homes, barrier, said)) for _ in range(AT_ONCE)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    problems = []
    while not said.empty():
        problems.append(said.get())
    assert problems == []
    assert [process.exitcode for process in processes] == [0] * AT_ONCE
    assert [home.name for home in homes if heads(home) != alone] == []


def test_records_that_are_deleted_while_they_are_open_are_one_line(tmp_path: Path) -> None:
    with open_instance(tmp_path / "dagster") as instance:
        shutil.rmtree(tmp_path / "dagster")
        says = "were deleted meanwhile; what was answered is kept: run again"
        with pytest.raises(ClicheError, match=says), told_in_one_line(tmp_path):
            instance.get_runs()


def _second_head(file: Path) -> None:
    with closing(sqlite3.connect(file)) as con, con:
        con.execute("INSERT INTO alembic_version VALUES ('5771160a95ad')")


def _garbage(file: Path) -> None:
    file.write_bytes(b"no database" * 1000)


def _no_table(file: Path) -> None:
    with closing(sqlite3.connect(file)) as con, con:
        con.execute("DROP TABLE runs")


DAMAGES = {
    "two heads": (_second_head, SCHEDULES, "more than one head"),
    "a table is missing": (_no_table, RUNS, "runs"),
    "garbage among the events": (_garbage, EVENTS, "not a database"),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_a_line_that_says_what_to_delete(fresh: Installation, cliche: Cliche, damage: str) -> None:
    break_it, file, says = DAMAGES[damage]
    folder = fresh.settings.dagster_home
    with open_instance(folder):
        pass
    break_it(folder / file)

    found = [line for line in cliche("doctor").out.splitlines() if line.startswith("fail ")]
    line = " ".join(found[0].split()[2:])
    assert [one.split()[1] for one in found] == ["records"]
    assert line.startswith(f"Dagster's records in {folder} are damaged (")
    assert says in line
    assert line.endswith(
        "; delete its folders history and schedules: nothing of a week is in them, and schedules and sensors are off "
        "afterwards"
    )

    ran = cliche("run", "--week", WEEK)
    assert (ran.code, ran.error) == (1, line)  # before anybody is asked
    if damage == "a table is missing":
        return  # noticed when it is read, and this process keeps the files open
    assert cliche("unlock").only_line == line
    watched = cliche("watch")  # it looks at everything else, and sends this
    assert (watched.code, watched.err) == (1, "")
    assert line in watched.out
    shown = cliche("status", "--json")
    assert (shown.code, shown.only_line) == (0, line)
    assert json.loads(shown.out)["queue"] is None
    for name in ("history", "schedules"):
        shutil.rmtree(folder / name)
    assert cliche("doctor").code == 0
    assert cliche("unlock").out == "Nothing is locked.\n"
