"""Geometry of the drawings."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.gateway import workers
from assets.leaderboard.models.boards import axis_end, ticks
from assets.leaderboard.page import raster
from warehouse.errors import ClicheError

unit = st.floats(0, 1)


@given(st.lists(st.none() | unit, max_size=6))
def test_an_axis_holds_its_values_and_ends_at_a_marked_one(values: list[float | None]) -> None:
    end = axis_end(values)
    assert all(value is None or value <= end + 1e-9 for value in values)
    assert ticks(end)[0] == 0
    assert ticks(end)[-1] == end


def _files() -> Iterator[tuple[str, bytes]]:
    for number in range(6):
        yield f"{number}/index.html", b"<p>"
        yield f"{number}/chart.svg", _svg(number)
        yield f"{number}/chart.png", _svg(number)
    yield "card.png", b"\x89PNG, drawn"
    yield "without.png", b""


def _svg(number: int) -> bytes:
    ground = '<rect width="90" height="30" fill="#fff"/>'
    bar = f'<rect x="{9 * number}" width="40" height="20"/>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30">{ground}{bar}</svg>'.encode()


def test_charts_are_drawn_alike_here_and_by_all_cores_in_the_order_of_their_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = [*raster.painted(_files())]
    monkeypatch.setattr(raster, "_FEW", 2)
    monkeypatch.setattr(raster, "_AHEAD", 7)
    assert [*raster.painted(_files())] == here
    assert [path for path, _ in here] == [path for path, _ in _files()]
    drawn = {path for path, content in here if content.startswith(b"\x89PNG")}
    assert drawn == {"card.png", *(f"{number}/chart.png" for number in range(6))}
    assert dict(here)["0/chart.png"] != dict(here)["5/chart.png"]


def test_a_process_that_is_killed_while_it_draws_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    pools, make = [], workers.make_pool

    def pool(*of: object, **more: object) -> workers.ProcessPoolExecutor:
        pools.append(make(*of, **more))  # type: ignore[arg-type]
        return pools[-1]

    monkeypatch.setattr(workers, "make_pool", pool)
    monkeypatch.setattr(raster, "_FEW", 0)
    monkeypatch.setattr(raster, "_AHEAD", 0)
    files = raster.painted(_files())
    while next(files)[0] != "0/chart.png":
        pass
    for process in pools[0]._processes.values():
        os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(ClicheError, match="a process that made pages was killed; publish again to go on"):
        list(files)
