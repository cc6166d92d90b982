"""What raters are given: pictures and questions, and nothing of where a picture comes from."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from jsonschema import Draft6Validator
from PIL import Image, PngImagePlugin

from assets.labeling.gold import label_studio, sheet
from assets.labeling.gold.blind import without_metadata
from assets.labeling.gold.exporter import export, in_order
from assets.labeling.gold.records import Sample
from assets.suites.schema import Attribute
from tests.unit.labeling.gold.people import MIXED, ONE, TWO, build, drawn
from tests.warehouse import builder
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import CorruptObjectError, StoreError, UsageError
from warehouse.store import Store

SECRET = "a secret prompt of sim-one"
SCHEMA = Path(__file__).resolve().parents[3] / "services" / "label_studio_config.schema.json"


def png(number: int, text: str = SECRET) -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("parameters", text)
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), (number % 256, number // 256 % 256, 99)).save(buffer, "PNG", pnginfo=said)
    return buffer.getvalue()


def with_pictures(store: Store, sample: Sample) -> Sample:
    """The sample with pictures that exist, each with the prompt in its metadata."""
    pictures = []
    for number, picture in enumerate(sample.pictures):
        data = png(number)
        store.put_if_absent(keys.image(sha256_hex(data), "png"), data)
        pictures.append(picture.model_copy(update={"image_sha256": sha256_hex(data)}))
    return sample.model_copy(update={"pictures": tuple(pictures)})


@pytest.fixture
def sample(store: Store) -> Sample:
    build(store)
    return with_pictures(store, drawn(store))


def as_json(element: ElementTree.Element) -> dict[str, Any]:
    """An element as Label Studio's validator reads it: attributes with an @, children by tag, several as a list."""
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(child.tag, []).append(as_json(child))
    return {
        **{f"@{name}": value for name, value in element.attrib.items()},
        **{tag: found if len(found) > 1 else found[0] for tag, found in children.items()},
    }


HOSTILE = Attribute(
    id="hat",
    title='A "hat" & <more>',
    question='=HYPERLINK("http://x") <b>Hat</b> & "cap"?',
    values=("yes", "no", "3+"),
    outside=("cannot_tell",),
)


def test_the_configuration_is_one_that_label_studio_accepts() -> None:
    text = label_studio.config([builder.GENDER, builder.SKIN_TONE, HOSTILE])
    view = ElementTree.fromstring(text)
    validator = Draft6Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    validator.validate({"View": as_json(view)})
    broken = as_json(view)
    del broken["Choices"][0]["@toName"]
    assert not validator.is_valid({"View": broken})


def test_the_configuration_asks_each_question_once_with_its_whole_list() -> None:
    view = ElementTree.fromstring(label_studio.config([builder.GENDER, HOSTILE]))
    image = view.find("Image")
    assert image is not None
    assert (image.get("name"), image.get("value")) == ("image", "$image")
    found = {
        choices.get("name"): [choice.get("value") for choice in choices] for choices in view.iter("Choices")
    }
    assert found == {
        "perceived_gender": ["feminine", "masculine", "ambiguous", "cannot_tell", "not_applicable"],
        "hat": ["yes", "no", "3+", "cannot_tell"],
    }
    for choices in view.iter("Choices"):
        assert choices.get("toName") == "image"
        assert choices.get("choice") == "single-radio"
        assert choices.get("required") == "true"
    assert [header.get("value") for header in view.iter("Header")] == [
        "How is the main person perceived?",
        '=HYPERLINK("http://x") <b>Hat</b> & "cap"?',
    ]


@pytest.mark.parametrize("form", ["label-studio", "csv"])
def test_the_folder_reveals_no_origin(store: Store, sample: Sample, tmp_path: Path, form: str) -> None:
    folder = tmp_path / "to raters"
    done = export(store, sample, folder, form)
    assert done.pictures == 24
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len([path for path in files if path.suffix == ".png"]) == 24
    secrets = {SECRET, ONE, TWO, "occupations", "nurse", "ceo", "drawing", "stratum", "predicted", "sim-"}
    secrets |= {p.slot_key for p in sample.pictures} | {p.image_sha256 for p in sample.pictures}
    for path in files:
        content = path.read_bytes()
        assert [s for s in secrets if s.encode() in content or s in path.name] == [], path
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_each_rater_has_an_order(store: Store, sample: Sample, tmp_path: Path) -> None:
    folder = tmp_path / "ls"
    done = export(store, sample, folder, "label-studio")
    assert done.projects == 1
    orders = {}
    for rater in ("a", "b"):
        tasks = json.loads((folder / "project-1" / f"tasks-{rater}.json").read_text())
        assert done.tasks[rater] == len(tasks)
        orders[rater] = [task["data"]["task"] for task in tasks]
        assert sorted(orders[rater]) == sorted(p.task for p in sample.pictures)
        for task in tasks:
            name = task["data"]["task"]
            image = f"/data/local-files/?d=ls/images/{name}.png"
            assert task == {"data": {"task": name, "gold_set": "gold", "image": image}}
            assert (folder / "images" / f"{name}.png").is_file()
    assert orders["a"] != orders["b"]
    assert str(folder / "images") in (folder / "README.txt").read_text()


def test_pictures_are_the_same_pixels(store: Store, sample: Sample, tmp_path: Path) -> None:
    export(store, sample, tmp_path / "ls", "label-studio")
    for number, picture in enumerate(sample.pictures):
        with Image.open(tmp_path / "ls" / "images" / f"{picture.task}.png") as shown:
            assert shown.tobytes() == Image.open(io.BytesIO(png(number))).tobytes()


def test_pictures_with_other_questions_are_a_project_of_their_own(store: Store, tmp_path: Path) -> None:
    build(store, (ONE,), suites=(MIXED, builder.OCCUPATIONS), replicates=5)
    sample = with_pictures(store, drawn(store, 20))
    done = export(store, sample, tmp_path / "ls", "label-studio")
    assert done.projects == 2
    asked = {p.task: p.attributes for p in sample.pictures}
    for project in ("project-1", "project-2"):
        view = ElementTree.parse(tmp_path / "ls" / project / "config.xml").getroot()
        names = tuple(choices.get("name") for choices in view.iter("Choices"))
        tasks = [
            task["data"]["task"]
            for rater in "ab"
            for task in json.loads((tmp_path / "ls" / project / f"tasks-{rater}.json").read_text())
        ]
        assert tasks
        assert {asked[task] for task in tasks} == {names}
    table = sheet.write_rater(sample, in_order(sample, "a"), "a")
    rows = [*csv.DictReader(io.StringIO(table))]
    assert {row["skin_tone"] for row in rows if asked[row["task"]] == ("perceived_gender",)} == {"not asked"}
    assert {row["skin_tone"] for row in rows if len(asked[row["task"]]) == 2} == {""}


def test_no_cell_of_a_table_is_a_formula(store: Store, sample: Sample, tmp_path: Path) -> None:
    suite = sample.suites[0].model_copy(update={"attributes": (*sample.suites[0].attributes, HOSTILE)})
    hostile = sample.model_copy(update={"suites": (suite,)})
    export(store, hostile, tmp_path / "csv", "csv")
    cells = 0
    for name in ("a.csv", "b.csv", "values.csv"):
        text = (tmp_path / "csv" / name).read_text(encoding="utf-8-sig")
        for row in csv.reader(io.StringIO(text)):
            cells += len(row)
            assert [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))] == []
    assert cells > 100
    assert "'=HYPERLINK" in (tmp_path / "csv" / "values.csv").read_text(encoding="utf-8-sig")


def test_full_folders_are_refused(store: Store, sample: Sample, tmp_path: Path) -> None:
    full = tmp_path / "full"
    full.mkdir()
    (full / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="full is not an empty folder"):
        export(store, sample, full, "csv")
    with pytest.raises(UsageError, match=r"mine\.txt is not an empty folder"):
        export(store, sample, full / "mine.txt", "csv")
    with pytest.raises(UsageError, match='no format "xml"; known: label-studio, csv'):
        export(store, sample, tmp_path / "new", "xml")
    with pytest.raises(StoreError, match="cannot write to"):
        export(store, sample, full / "mine.txt" / "deep", "csv")
    assert [path.name for path in full.iterdir()] == ["mine.txt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    export(store, sample, empty, "csv")
    assert (empty / "a.csv").is_file()


def test_a_missing_picture_is_told_and_no_half_folder_is_left(store: Store, tmp_path: Path) -> None:
    build(store, (ONE,))
    with pytest.raises(CorruptObjectError, match="is not in the store, but a receipt names it"):
        export(store, drawn(store, 8), tmp_path / "ls", "label-studio")
    assert [path.name for path in tmp_path.iterdir()] == ["store"]


def saved(kind: str, **more: Any) -> bytes:
    buffer = io.BytesIO()
    picture = Image.effect_noise((32, 32), 50).convert("RGB")
    picture.save(buffer, kind, **more)
    return buffer.getvalue()


def jpeg() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    made = saved("JPEG", exif=exif, comment=SECRET.encode(), icc_profile=b"p" * 200)
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x>" + SECRET.encode()
    c2pa = b"JP\0\1" + SECRET.encode()
    more = b"".join(
        b"\xff" + bytes([marker]) + (len(said) + 2).to_bytes(2, "big") + said
        for marker, said in ((0xE1, xmp), (0xEB, c2pa), (0xED, b"Photoshop 3.0\0" + SECRET.encode()))
    )
    return made[:2] + more + made[2:]


def webp() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET
    return saved("WEBP", lossless=True, exif=exif, xmp=SECRET.encode(), icc_profile=b"p" * 199)


@pytest.mark.parametrize(
    ("data", "ext"), [(png(3), "png"), (jpeg(), "jpg"), (webp(), "webp")], ids=["png", "jpg", "webp"]
)
def test_what_is_written_beside_the_pixels_is_left_out_and_the_pixels_stay(data: bytes, ext: str) -> None:
    assert SECRET.encode() in data
    shown = without_metadata(data, ext)
    assert SECRET.encode() not in shown
    with Image.open(io.BytesIO(data)) as before, Image.open(io.BytesIO(shown)) as after:
        after.load()
        assert before.format == after.format
        assert before.tobytes() == after.tobytes()
        assert not after.getexif()
        if ext != "png":
            assert after.info.get("icc_profile") == before.info.get("icc_profile") is not None


def test_a_plain_webp_and_a_picture_without_metadata_stay_as_they_are() -> None:
    for data, ext in ((saved("WEBP"), "webp"), (saved("PNG"), "png"), (saved("JPEG"), "jpg")):
        assert without_metadata(data, ext) == data
