"""No name in a study's picture files is stored, as none in a Midjourney download is."""

import io
import re

import pytest
from PIL import Image

from tests.studies.conftest import Study, picture
from tests.unit.generation.pictures.named_files import HIDDEN, HOSTILE, NAME, exif, names_left, pixels
from warehouse.canonical import sha256_hex
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.loading.load import load_study

CEO = "pics/One/ceo_1.png"


@pytest.mark.parametrize("case", HIDDEN)
def test_a_name_in_a_picture_is_not_stored(tiny: Study, case: str) -> None:
    original = HIDDEN[case]()
    (tiny.root / CEO).write_bytes(original)

    tiny.run()

    stored = tiny.written()
    assert [key for key, data in stored.items() if names_left(data)] == []
    with connect(None) as con:
        make_tables(con)
        load_study(con, tiny.store, "tiny")
        ((image, ext, came_as),) = con.execute(
            "SELECT image_sha256, image_ext, original_sha256 FROM study_slots "
            "WHERE model = 'm-one' AND prompt = 'ceo' AND replicate = 1"
        ).fetchall()
        assert con.execute(
            "SELECT count(*) FROM study_labels JOIN study_slots USING (study, slot_key) "
            "WHERE study_labels.image_sha256 IS DISTINCT FROM study_slots.image_sha256"
        ).fetchone() == (0,)
    kept = stored[f"images/{image[:2]}/{image}.{ext}"]
    assert sha256_hex(kept) == image
    assert pixels(kept) == pixels(original)
    assert came_as == sha256_hex(original) != image


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


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_picture_is_one_line_and_nothing_is_written(tiny: Study, case: str) -> None:
    (tiny.root / CEO).write_bytes(HOSTILE[case]())

    with pytest.raises(
        UsageError, match=rf"^tiny: {re.escape(CEO)}: .* \((corrupt_image|wrong_type)\); replace the file"
    ) as error:
        tiny.run()

    assert "\n" not in str(error.value)
    assert tiny.written() == {}
