"""No false alarm: stores of eighteen shapes, each loaded, scored, published and then read by both verifiers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from assets.leaderboard.edition import publish
from assets.metrics.week import score_all
from orchestration.resources import bare_workplace
from tests.orchestration.conftest import Cliche
from tests.orchestration.installation import Installation, install
from tests.warehouse.integrity import shapes
from warehouse.database.connection import connect
from warehouse.database.rebuild import rebuild
from warehouse.store import Store
from warehouse.weeks import shift

WEEK, NEXT = shapes.WEEK, shift(shapes.WEEK, 1)
Shape = Callable[[Store, Path], object]


def _of(*names: str, week: str = WEEK) -> Shape:
    """Return a shape of several models in one store."""

    def made(store: Store, folder: Path) -> None:
        for name in names:
            shapes.SHAPES[name](store, **({} if name == "anchored" else {"week": week}))  # type: ignore[call-arg]

    return made


def _one_after_another(*parts: Shape) -> Shape:
    def made(store: Store, folder: Path) -> None:
        for part in parts:
            part(store, folder)

    return made


def _killed(name: str, writes: int) -> Shape:
    """Return a shape whose first run died after some writes, and was not run again."""

    def made(store: Store, folder: Path) -> None:
        with pytest.raises(shapes.KilledError):
            shapes.SHAPES[name](shapes.Dying(store, writes))  # type: ignore[arg-type]

    return made


def _study(store: Store, folder: Path) -> None:
    shapes.study(store, folder / "study")


STORES: Mapping[str, Shape] = {
    "free": _of("free"),
    "paid": _of("paid"),
    "conversations": _of("conversations"),
    "batches": _of("batched"),
    "paid labels": _of("paid_labels"),
    "labels in batches": _of("labels_in_batches"),
    "anchors": _one_after_another(_of("anchored"), _of("free")),
    "a study": _one_after_another(_study, _of("free")),
    "a study alone": _study,
    "two models": _of("free", "paid"),
    "models of both tracks": _of("free", "conversations"),
    "batches beside paid labels": _of("batched", "paid_labels"),
    "two weeks": _one_after_another(_of("free", "paid"), _of("free", "paid", week=NEXT)),
    "a gap of a week": _one_after_another(_of("free", week=shift(WEEK, -2)), _of("free")),
    "everything": _one_after_another(_of(*shapes.SHAPES), _study),
    "killed early": _one_after_another(_of("free"), _killed("paid", 4)),
    "killed late": _one_after_another(_of("free"), _killed("conversations", 12)),
    "killed and run again": _one_after_another(_of("free"), _killed("paid", 9), _of("paid")),
}


def published(made: Installation) -> str:
    """Load, score and publish what a store holds, as of its newest week; return the edition."""
    place = bare_workplace(made.settings)
    rebuild(place.store, made.settings.warehouse, finish=lambda con: score_all(con, place))
    with connect(made.settings.warehouse) as con:
        ((week,),) = con.execute("SELECT coalesce(max(week), DATE '2026-11-23') FROM plans").fetchall()
        return publish(con, place.store, week=week.isoformat(), code_version=place.code_version).id


def _clean(cliche: Cliche, edition: str) -> None:
    store, verified = cliche("verify", "--store"), cliche("verify", edition)
    assert (store.code, verified.code) == (0, 0), store.out + verified.out
    assert "all as recorded" in store.out
    assert " agree " in verified.out


@pytest.mark.parametrize("name", STORES)
def test_a_clean_store_gives_no_false_alarm(
    name: str, tmp_path: Path, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    made = install(tmp_path / "home")
    STORES[name](made.store, tmp_path)
    _clean(cliche, published(made))


@pytest.mark.parametrize("names", [("free",), ("paid", "conversations")], ids=" and ".join)
def test_a_clean_store_in_s3_gives_no_false_alarm(
    names: Sequence[str], tmp_path: Path, cliche: Cliche, monkeypatch: pytest.MonkeyPatch, s3_address: str
) -> None:
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CLICHE_STORE", s3_address)
    made = install(tmp_path / "home", store=s3_address)
    _of(*names)(made.store, tmp_path)
    _clean(cliche, published(made))
