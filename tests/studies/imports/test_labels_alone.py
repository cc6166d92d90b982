"""A study of labels alone misses no picture: the command, the tables and the page say the same."""

import re

from tests.studies.conftest import Study
from tests.studies.shown import rows, scored, section, view


def labels_alone(study: Study) -> Study:
    """Take the pictures out of a study."""
    del study.data["pictures"]
    return study


def test_it_misses_nothing_wherever_that_is_said(tiny: Study) -> None:
    report = labels_alone(tiny).run()
    assert (report.slots, report.missing) == (8, 0)
    (line,) = report.lines()
    assert line.startswith("tiny: 8 slots, labels alone, 8 labels by tiny-people@")
    with scored(tiny.store, "tiny") as con:
        assert rows(con, "SELECT DISTINCT status FROM study_slots") == [{"status": "unpublished"}]
        assert rows(con, "SELECT sum(not_asked) AS n FROM answers") == [{"n": 0}]
        shown, page = view(con), section(con)
    assert (shown.planned, shown.pictures, shown.missing) == (8, 0, 0)
    text = re.sub(r"<[^>]+>|\s+", " ", page)
    assert "The study has labels of 8 pictures and no pictures" in text
    assert "Missing:" not in text


def test_a_study_of_pictures_misses_them_as_before(tiny: Study) -> None:
    (tiny.root / "pics/One/ceo_1.png").unlink()
    tiny.data["pictures"] += " UNION ALL SELECT 'One', 'ceo', '1', NULL"
    assert tiny.run().missing == 1
    with scored(tiny.store, "tiny") as con:
        shown, page = view(con), section(con)
    assert (shown.planned, shown.pictures, shown.missing, shown.labels_alone) == (8, 7, 1, False)
    assert "7 of 8 pictures are there. Missing: 1;" in re.sub(r"<[^>]+>|\s+", " ", page)
