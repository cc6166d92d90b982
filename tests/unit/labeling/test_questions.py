"""What a vision model is asked and shown, and the probability of what it said."""

from __future__ import annotations

import io
import math
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms

from assets.gateway.models_file import LabelerEntry
from assets.generation.pictures.png_chunks import chunks
from assets.labeling import labelers
from assets.labeling.labelers.openai_vision import Token, value_probability
from assets.labeling.pictures import Preparation, UnreadableError, prepare
from assets.labeling.questions import INSTRUCTIONS, question_text, readings, schema
from assets.labeling.registry import KINDS, LABELERS, check_labelers, with_questions
from tests.unit.generation.test_run import entry
from tests.unit.labeling.vision import SUITES, encoded, picture
from warehouse.errors import UsageError

ATTRIBUTES = {attribute.id: attribute for suite in SUITES.values() for attribute in suite.attributes}
SOME = [ATTRIBUTES["perceived_gender"], ATTRIBUTES["skin_tone"]]


def test_every_attribute_is_asked_with_all_of_its_values_and_nothing_of_any_prompt() -> None:
    text = INSTRUCTIONS + question_text([*ATTRIBUTES.values()])
    for attribute in ATTRIBUTES.values():
        assert f"- {attribute.id}: " in text
        for value in (*attribute.values, *attribute.outside):
            assert value in text
    for suite in SUITES.values():
        for prompt in suite.prompts:
            assert prompt.text not in text
    for outside in {value for attribute in ATTRIBUTES.values() for value in attribute.outside}:
        assert f"- {outside}: " in INSTRUCTIONS  # each is explained


def test_the_schema_takes_each_value_and_no_other() -> None:
    one = schema(SOME)
    good = {"perceived_gender": "ambiguous", "skin_tone": "monk_10"}
    jsonschema.validate(good, one)
    for bad in (
        {**good, "skin_tone": "monk_11"},
        {**good, "mood": "happy"},
        {"skin_tone": "monk_1"},
        {**good, "skin_tone": None},
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, one)
    several = schema(SOME, 2)
    jsonschema.validate({"picture_1": good, "picture_2": good}, several)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"picture_1": good}, several)


@given(st.text(), st.integers(1, 3))
def test_no_text_breaks_reading_and_every_question_gets_a_reading(text: str, pictures: int) -> None:
    found = readings(text, ["skin_tone"], pictures)
    assert [[*one] for one in found] == [["skin_tone"]] * pictures


def test_a_scale_says_which_end_is_which() -> None:
    assert "Values (from light to dark): monk_1, monk_2," in question_text(SOME)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def test_pixels_are_sent_without_loss_and_without_metadata() -> None:
    source = picture(77, size=(40, 30), text={"parameters": "a CEO", "Comment": "job 17"})
    shown = prepare(source)
    assert shown.mime == "image/png"
    assert {chunk.kind for chunk in chunks(shown.data)} <= {b"IHDR", b"IDAT", b"IEND"}
    assert opened(shown.data).tobytes() == opened(source).convert("RGB").tobytes()
    assert prepare(source) == shown


def test_exif_is_applied_and_left_out() -> None:
    image = Image.new("RGB", (40, 20), "red")
    exif = image.getexif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x010E] = "a very secret prompt"
    source = encoded(image, "JPEG", exif=exif, comment=b"another secret")
    shown = prepare(source)
    assert b"secret" in source
    assert b"secret" not in shown.data
    assert opened(shown.data).size == (20, 40)


def test_what_is_transparent_is_white_and_a_colour_profile_is_applied() -> None:
    clear = encoded(Image.new("RGBA", (8, 8), (255, 0, 0, 0)), "PNG")
    assert opened(prepare(clear).data).getpixel((0, 0)) == (255, 255, 255)
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    odd = encoded(Image.new("RGB", (8, 8), (10, 20, 30)), "PNG", icc_profile=lab.tobytes())
    assert opened(prepare(odd).data).getpixel((0, 0)) == (10, 20, 30)  # does not fit, so it is left out
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    usual = encoded(Image.new("RGB", (8, 8), (10, 20, 30)), "PNG", icc_profile=srgb.tobytes())
    assert opened(prepare(usual).data).getpixel((0, 0)) == (10, 20, 30)


def test_a_large_picture_is_scaled_down_and_one_of_many_bytes_becomes_a_jpeg() -> None:
    wide = encoded(Image.new("RGB", (3000, 300), "blue"), "PNG")
    assert opened(prepare(wide).data).size == (2048, 205)
    noise = encoded(Image.effect_noise((200, 200), 90).convert("RGB"), "PNG")
    small = Preparation(max_png_bytes=10_000)
    assert (prepare(noise, small).mime, prepare(wide, small).mime) == ("image/jpeg", "image/png")


@pytest.mark.parametrize("data", [b"", b"<html>", picture()[:40]])
def test_what_is_no_picture_is_told(data: bytes) -> None:
    with pytest.raises(UnreadableError, match="does not decode"):
        prepare(data)


def tokens(*parts: tuple[str, float]) -> tuple[str, list[Token]]:
    return "".join(part for part, _ in parts), [Token(part.encode(), value) for part, value in parts]


def test_the_probability_is_that_of_the_tokens_that_spell_the_value() -> None:
    text, found = tokens(
        ('{"perceived', -0.5),
        ('_gender": "', -0.4),
        ("femin", -0.2),
        ('ine"', -0.1),
        (', "skin_tone": "monk_', -0.3),
        ('1"}', -1.0),
    )
    assert value_probability(text, found, "perceived_gender", "feminine") == pytest.approx(math.exp(-0.3))
    assert value_probability(text, found, "skin_tone", "monk_1") == pytest.approx(math.exp(-1.3))


@pytest.mark.parametrize(
    ("attribute", "value"), [("perceived_gender", "masculine"), ("skin_tone", "feminine"), ("a", "b")]
)
def test_what_is_not_there_has_no_probability(attribute: str, value: str) -> None:
    text, found = tokens(('{"perceived_gender": "feminine"}', -0.1))
    assert value_probability(text, found, attribute, value) is None
    assert value_probability(text + " ", found, "perceived_gender", "feminine") is None
    assert value_probability(text, [], "perceived_gender", "feminine") is None


def test_tokens_may_cut_a_character_in_two() -> None:
    text = '{"é": "ü"}'
    data = text.encode()
    cut = [Token(data[at : at + 1], -0.1) for at in range(len(data))]
    assert value_probability(text, cut, "é", "ü") == pytest.approx(math.exp(-0.2))


def test_of_several_pictures_each_has_its_own() -> None:
    text, found = tokens(
        ('{"picture_1": {"litter": "', -0.5),
        ("yes", -0.2),
        ('"}, "picture_2": {"litter": "', -0.5),
        ("yes", -0.9),
        ('"}}', -0.1),
    )
    for number, logprob in ((1, -0.2), (2, -0.9)):
        said = value_probability(text, found, "litter", "yes", picture=number, pictures=2)
        assert said == pytest.approx(math.exp(logprob))


def named(**values: Any) -> LabelerEntry:
    base = {"name": "eye", "labeler": "openai_vision", "model_id": "gpt-6-luna"}
    return LabelerEntry.model_validate(base | values)


def test_a_labeler_is_asked_what_suites_ask_unless_it_says_otherwise() -> None:
    assert [one.id for one in with_questions([named()], SUITES)["eye"].questions] == sorted(ATTRIBUTES)
    some = with_questions([named(attributes=["skin_tone", "headwear"])], SUITES)["eye"]
    assert [one.id for one in some.questions] == ["headwear", "skin_tone"]


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"name": "photo"},
            'labeler "photo": the name is that of a labeler of this program; give it another',
        ),
        (
            {"labeler": "openai_visoin"},
            'labeler "eye": unknown labeler "openai_visoin"; did you mean "openai_vision"?',
        ),
        ({"attributes": ["skintone"]}, 'no suite has the attribute "skintone"; did you mean "skin_tone"?'),
        (
            {"batch": True, "labeler": "openai_decisions"},
            "openai_decisions takes no batches (only openai_vision does); remove batch",
        ),
        ({"settings": {"stream": True}}, '"stream" is set by the labeler itself; remove it'),
    ],
)
def test_a_mistake_in_a_labeler_is_told_in_one_line(values: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as caught:
        with_questions([named(**values)], SUITES)
    assert str(caught.value).startswith("models.yaml: ")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_models_name_labelers_that_are_there() -> None:
    there = with_questions([named()], SUITES)
    check_labelers([entry(labeler="eye", also_labelers=["photo"]), entry(also_labelers=["eye"])], there)
    with pytest.raises(UsageError, match=r'models.yaml: m: no labeler "eyes"; did you mean "eye"\?'):
        check_labelers([entry(also_labelers=["eyes"])], there)


def test_a_labeler_that_is_asked_about_several_pictures_is_scored_only_when_it_was_measured() -> None:
    several = with_questions([named(images_per_request=4)], SUITES)
    check_labelers([entry(also_labelers=["eye"])], several)  # that is how it is measured
    with pytest.raises(UsageError, match="is asked about 4 pictures at once; run it beside one"):
        check_labelers([entry(labeler="eye")], several)
    measured = with_questions(
        [named(images_per_request=4, measured="alpha 0.91 and 0.91, 2026-11-30")], SUITES
    )
    check_labelers([entry(labeler="eye")], measured)


def test_every_kind_of_labeler_is_in_the_registry() -> None:
    files = {path.stem for folder in labelers.__path__ for path in Path(folder).glob("*")}
    files -= {"__init__", "__pycache__", "remote"}
    assert files == {*LABELERS, *KINDS} - {"drawing"}  # it is in the simulation's room
