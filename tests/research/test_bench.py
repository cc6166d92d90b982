"""Every benchmark runs, at a tiny size; how fast is nobody's business here."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.__main__ import BENCHMARKS, main
from tests.bench.measure import QUICK


@pytest.mark.parametrize("name", BENCHMARKS)
def test_a_benchmark_times_something_and_its_baseline(name: str, tmp_path: Path) -> None:
    rows = BENCHMARKS[name](tmp_path, QUICK)
    assert rows
    for row in rows:
        assert row.amount > 0
        assert row.rate > 0
        assert row.ratio > 0


def test_an_unknown_benchmark_is_told_and_nothing_runs(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["lode"])
    assert f"there are {', '.join(sorted(BENCHMARKS))}" in capsys.readouterr().err


def test_the_data_folder_is_empty_afterwards(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["labels", "--quick", "--folder", str(tmp_path)]) == 0
    assert "label pictures" in capsys.readouterr().out
    assert not [*tmp_path.iterdir()]
