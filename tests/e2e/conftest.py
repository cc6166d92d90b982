"""What the end-to-end tests share: one small benchmark, run once where it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from assets.generation.workplace import Workplace
from assets.leaderboard.published import Edition
from tests.e2e import benchmark


@dataclass(frozen=True)
class Benchmark:
    """All simulated models over the demo's weeks, published; tests read it and change nothing."""

    place: Workplace
    edition: Edition


@pytest.fixture(scope="session")
def small_benchmark() -> Iterator[Benchmark]:
    """The small benchmark; keep its users in one file, so that one test process makes it."""
    with benchmark.folder_in_memory("benchmark") as home:
        benchmark.write_models(home / "models.yaml", benchmark.all_personas())
        place = benchmark.place_of(benchmark.settings_of(home))
        yield Benchmark(place, benchmark.run_benchmark(place))
