"""No name in a study's picture files is stored, as none in a Midjourney download is."""

import io
import re

import pytest
from PIL import Image

from assets.studies.importer import check
from tests.studies.conftest import Study, picture
from tests.unit.generation.pictures.named_files import HIDDEN, HOSTILE, NAME, exif, names_left, pixels
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.loading.load import load_study

CEO = "pics/One/ceo_1.png"


def test_names_in_pictures_are_not_stored(tiny: Study) -> None:
    """A picture of each way to hide a name that eight pictures have room for; all of them are tried where pictures are
    cleaned (tests/unit/generation/pictures).
    """
    files = sorted((tiny.root / "pics").rglob("*.png"))
    originals = [make() for make in [*HIDDEN.values()][:: len(HIDDEN) // len(files)]]
    for path, original in zip(files, originals, strict=False):
        path.write_bytes(original)

    tiny.run()

    stored = tiny.written()
    assert [key for key, data in stored.items() if names_left(data)] == []
    with connect(None) as con:
        make_tables(con)
        load_study(con, tiny.store, "tiny")
        came = con.execute("SELECT original_sha256, image_sha256, image_ext FROM study_slots").fetchall()
        assert con.execute(
            "SELECT count(*) FROM study_labels JOIN study_slots USING (study, slot_key) "
            "WHERE study_labels.image_sha256 IS DISTINCT FROM study_slots.image_sha256"
        ).fetchone() == (0,)
    kept = {before: stored[f"images/{sha256[:2]}/{sha256}.{ext}"] for before, sha256, ext in came}
    assert kept.keys() == {sha256_hex(path.read_bytes()) for path in files}
    for path in files:
        original = path.read_bytes()
        clean = kept[sha256_hex(original)]
        assert clean != original
        assert pixels(clean) == pixels(original)


def test_a_picture_without_names_is_stored_as_it_came(tiny: Study) -> None:
    tiny.run()

    stored = {key for key in tiny.written() if key.startswith("images/")}
    files = [path.read_bytes() for path in (tiny.root / "pics").rglob("*.png")]
    assert stored == {f"images/{sha256_hex(data)[:2]}/{sha256_hex(data)}.png" for data in files}


def test_importing_pictures_with_names_again_writes_nothing(tiny: Study) -> None:
    out = io.BytesIO()
    Image.open(io.BytesIO(picture(1))).save(out, "PNG", exif=exif(6))
    (tiny.root / CEO).write_bytes(out.getvalue())
    assert NAME.encode() in out.getvalue()
    tiny.run()
    before = tiny.written()

    again = tiny.run()

    assert not again.changed
    assert tiny.written() == before


def test_a_hostile_picture_is_one_line_and_nothing_is_written(tiny: Study) -> None:
    files = sorted((tiny.root / "pics").rglob("*.png"))
    assert len(HOSTILE) >= len(files)
    for path, make in zip(files, HOSTILE.values(), strict=False):
        path.write_bytes(make())
    mistakes, would_come_in = check(tiny.save(), tiny.root)
    assert would_come_in == []
    for path in files:
        (line,) = (one for one in mistakes if f": {path.relative_to(tiny.root)}: " in one)
        assert re.fullmatch(r"tiny: .* \((corrupt_image|wrong_type)\); replace the file.*", line)
    with pytest.raises(UsageError, match=r"replace the file.*\(and \d more"):
        tiny.run()
    assert tiny.written() == {}
