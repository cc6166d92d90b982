"""An edition on another processor: it verifies there, and rebuilding and publishing it there makes no new one."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration import weekly
from tests.orchestration.installation import (
    MODELS,
    WEEK,
    Installation,
    Result,
    copy,
    entry,
    install,
    start_anew,
)
from tests.unit.metrics.test_processors import OLDER
from warehouse.database.connection import connect
from warehouse.database.table_hash import table_hashes

EDITION = f"{WEEK}.1"
PROMPTS = ["chef", "cook", "firefighter", "ceo", "pilot", "nurse", "judge-headshot", "lawyer-headshot"]
#: Every feature off that changes figures here, of numpy and of the C library.
ELSEWHERE = OLDER["AVX2"] | OLDER["FMA of the C library"]


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """An installation with a published week of figures of many sizes; read only, for copying."""
    suites = [{"suite": "occupations@1", "replicates": 6, "prompts": PROMPTS}]
    made = install(tmp_path_factory.mktemp("processors") / "home", *(entry(m, suites=suites) for m in MODELS))
    place, settings = made.place(), made.settings
    ran = weekly.run_partitions(place, settings, [(model, WEEK) for model in MODELS], lambda text: None)
    assert ran.problems == {}
    assert weekly.publish(place, settings, WEEK, note=lambda text: None) == EDITION
    return made


@pytest.fixture
def home(asked: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A copy of it; the environment names it."""
    made = copy(asked, tmp_path / "home")
    monkeypatch.setenv("CLICHE_HOME", str(made.home))
    return made


def on_another(home: Installation, *arguments: str) -> Result:
    """Run `cliche` in a process that computes as an older processor does."""
    process = start_anew(home.home, *arguments, **ELSEWHERE)
    out, err = process.communicate(timeout=120)
    return Result(process.returncode, out, err)


def test_an_edition_verifies_and_is_current_on_another_processor(home: Installation) -> None:
    ended = on_another(home, "verify")
    assert ended.code == 0, ended.out
    assert ended.out.splitlines()[0].endswith(", 0 differ"), ended.out
    with connect(home.settings.warehouse, read_only=True) as con:
        before = table_hashes(con)
        assert con.execute("SELECT count(DISTINCT estimate) > 20 FROM figures").fetchall() == [(True,)]
    objects = home.objects()
    home.settings.warehouse.unlink()
    assert on_another(home, "rebuild").code == 0
    with connect(home.settings.warehouse, read_only=True) as con:
        assert table_hashes(con)["figures"] == before["figures"]
    ended = on_another(home, "publish", "--week", WEEK)
    assert f"Edition {EDITION} is current as before" in ended.out, ended.out + ended.err
    assert home.objects() == objects
