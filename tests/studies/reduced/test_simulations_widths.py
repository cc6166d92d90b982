"""Reduced: intervals narrower than the published ones miss more, by what the study says of each."""

from __future__ import annotations

from tests.studies.simulations.readers import widths
from tests.studies.simulations.tables import Table


def by_way(table: Table) -> dict[str, tuple[float, ...]]:
    return {str(row[0]): tuple(map(float, row[1:])) for row in table.rows}


def test_either_part_of_the_hull_of_one_pair_is_too_narrow() -> None:
    found = widths.pairs()  # exact
    assert found.failed == []
    assert found.marks[0][0] == "as published: 0.93 and more"


def test_parts_of_the_interval_of_distance_miss_more_often() -> None:
    distance = by_way(widths.distances(0.03))
    published = distance[widths.PUBLISHED]
    assert published[0] >= 0.94 - 0.06  # 150 suites, the least of hundreds of points
    for name in ("Wald alone", "score alone", "Wald, unbiased variance alone"):
        held, width = distance[name][1], distance[name][3]
        assert held < published[1] - 0.005, name
        assert width < 0.98, name
    # the same promise for less, and so little less that it was not taken
    assert distance["Wald below, score above"][0] >= distance[widths.PUBLISHED][0] - 0.01
    assert 0.95 < distance["Wald below, score above"][3] < 1
