"""A week on workers of Celery: what is published is what one process publishes; `--submit` says what it needs."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cluster.demo import embedded, published, write_models
from tests.cluster.machines import MissingError, running
from warehouse.weeks import current_week

SUITES = [{"suite": "diversity-request@1", "replicates": 2}, {"suite": "canary@1", "replicates": 1}]


def test_a_week_on_two_workers_is_the_week_of_one_process(tmp_path: Path) -> None:
    week, models = current_week(), tmp_path / "models.yaml"
    names = write_models(models, 2, SUITES)
    try:
        with running(tmp_path / "cluster", models) as cluster:
            ran = cluster.run("control", "cliche", "run", "--submit", "--week", week)
            assert ran.returncode == 0, ran.stderr
            for name in names:
                assert f"{name}, week {week}: complete (run " in ran.stderr
            assert "2 of 2 partitions submitted" in ran.stdout
            assert f"Edition {week}.1 is current" in ran.stdout
            hashes = published(cluster)
            # Nothing but the publisher opens a warehouse.
            assert [one.parent.name for one in (tmp_path / "cluster").glob("*/warehouse.duckdb")] == [
                "publisher"
            ]
    except MissingError as error:
        pytest.skip(str(error))
    assert hashes == embedded(tmp_path / "embedded", models, week)
