"""Clean editions of other shapes give no false alarm: few models, no pictures, a study, a correction, late labels."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.edition import publish
from assets.metrics.declared import load_declared
from orchestration.verifying import places
from orchestration.verifying.run import verify_place
from tests.orchestration.installation import WEEK, Cliche, Installation
from tests.site import world
from warehouse.loading.load import forget
from warehouse.store import open_store

AGREE = "hashes, tables, views and pages agree · "


@pytest.mark.parametrize(
    ("only", "studies", "weeks"),
    [
        (("imago-2",), False, 3),
        (("sim-silent",), False, 3),
        (("imago-2", "sim-classic", "sim-retired", "sim-next"), True, 3),
        (("chatdraw", "sim-cautious"), False, 4),
    ],
    ids=["one model", "no pictures", "a study", "rewritten prompts"],
)
def test_pages_and_tables_of_other_shapes_agree(
    tmp_path: Path, only: tuple[str, ...], studies: bool, weeks: int
) -> None:
    store = open_store(tmp_path / "store")
    world.fill(store, weeks=weeks, replicates=6, only=only)
    con = world.load(store, studies=studies)
    load_declared(con)
    if len(only) > 2:
        world.withhold(con, "sim-classic", "held back by a test")
    publish(con, store, week=world.WEEK, code_version=metadata.version("cliche"))
    root = tmp_path / "store"
    report = verify_place(places.in_folder(root, f"{world.WEEK}.1"))
    # this small world computes scores and ranks alone; its other results are not those of the product
    figures = (
        "of figures differ when made again",
        "hash of table figures",
        ": check ",
        "held back by a test",
    )
    assert [line for line in report.differences if not any(part in line for part in figures)] == []
    assert report.unchecked == []


def test_an_edition_and_its_correction_agree(tmp_path: Path, cliche: Cliche, published: Installation) -> None:
    place = published.place()
    with duckdb.connect(str(published.settings.warehouse)) as con:
        con.execute("UPDATE check_results SET message = 'looked at again'")
        forget(con, ["check_results"])
        assert publish(con, place.store, week=WEEK, code_version=place.code_version).id == f"{WEEK}.2"
    for edition in (f"{WEEK}.1", f"{WEEK}.2"):
        ended = cliche("verify", edition)
        assert (ended.code, AGREE in ended.out) == (0, True), ended.out
