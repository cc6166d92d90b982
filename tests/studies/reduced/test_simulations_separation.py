"""What ranks tell apart, at reduced size: nearly what known variances do, and equal models on few boards."""

from __future__ import annotations

import pytest

from tests.studies.simulations.readers import separation


def test_ranks_tell_apart_nearly_what_known_variances_do() -> None:
    found = separation.apart(separation.DESIGNS[2], 2, 6)
    assert found.ranks >= 0.95 * found.known
    assert found.wrong <= separation.MARK + 4 * (separation.MARK / found.boards) ** 0.5


def test_a_model_unlike_all_others_is_told_apart_on_few_boards() -> None:
    odd = separation.falsely("39 U-shaped, one flat, 10 pictures", 120)
    assert max(odd.ranks, odd.known) <= separation.MARK + 2 * (separation.MARK / 120) ** 0.5
    alike = separation.falsely("all .8, 10 pictures", 120)
    assert alike.ranks <= separation.MARK + 2 * (separation.MARK / 120) ** 0.5
    assert alike.plain > 0.1  # each cell's own variance would tell some two apart too often


def test_the_tables_of_separation_have_a_row_and_a_mark_for_each_board(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(separation, "DESIGNS", separation.DESIGNS[-1:])
    monkeypatch.setattr(separation, "EQUAL", dict(list(separation.EQUAL.items())[-1:]))
    apart, equal = separation.tables(0.01)
    assert (len(apart.rows), len(apart.marks), len(equal.rows), len(equal.marks)) == (1, 1, 1, 1)
