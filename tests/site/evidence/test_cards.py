"""Share cards: readable, the same each time, and what others wrote is text on them."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import duckdb
import pytest
from PIL import Image

from assets.leaderboard.evidence import card as cards
from assets.leaderboard.evidence.findings import findings
from assets.leaderboard.page.languages import LANGUAGES, tongue
from assets.leaderboard.views.message import title
from assets.leaderboard.views.query import View
from tests.site import world
from tests.site.pages.hostile import MARKUP as HOSTILE
from warehouse.store import Store, open_store

Con = duckdb.DuckDBPyConnection

WEEK = date.fromisoformat(world.WEEK)
LONG = f"{HOSTILE}{'long ' * 20_000}"


def thumbnail(sha256: str) -> bytes | None:
    """Return a picture in the color that its hash begins with; some are missing."""
    if sha256[0] == "0":
        return None
    written = io.BytesIO()
    Image.new("RGB", (160, 80), f"#{sha256[:6]}").save(written, "WEBP", lossless=True)
    return written.getvalue()


@pytest.fixture(scope="module")
def found(filled_store: Store) -> tuple[View, ...]:
    """A few findings, of real and simulated models: a card costs a tenth of a second."""
    with world.load(filled_store) as con:
        every = findings(con, WEEK)
    return every[0], every[-1]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Con:
    """Prompts, revised prompts, refusals and labels that want to be run, one of them of 100 kB."""
    store = open_store(tmp_path_factory.mktemp("hostile"))
    world.fill(
        store,
        weeks=3,
        replicates=8,
        texts={"ceo": HOSTILE, "nurse": LONG},
        hostile=HOSTILE,
        only=("chatdraw", "sim-classic", "imago-2"),
    )
    con = world.load(store, scored=[world.WEEK])
    con.execute("UPDATE prompts SET subject = 'occupation:x' WHERE prompt <> 'occupations/pilot'")
    return con


def test_a_card_has_its_size_and_the_same_bytes_each_time(found: tuple[View, ...]) -> None:
    drawn = {
        (one.slug, language): cards.card(one, language, thumbnail, {})
        for one in found
        for language in LANGUAGES
    }
    assert len({*drawn.values()}) == len(drawn)
    for (slug, language), data in list(drawn.items())[:2]:
        one = next(one for one in found if one.slug == slug)
        assert cards.card(one, language, thumbnail, {}) == data
        with Image.open(io.BytesIO(data)) as image:
            assert (image.format, image.size) == ("PNG", (1200, 630))
    assert max(len(data) for data in drawn.values()) < 200_000


def test_a_card_has_sentence_figure_n_and_interval_in_its_language(found: tuple[View, ...]) -> None:
    for one in found:
        for language in LANGUAGES:
            own = tongue(language)
            texts = _texts(one, language)
            whole = " ".join(texts)
            assert own.say(one.sentence).replace("\N{NO-BREAK SPACE}", " ") in whole.replace(
                "\N{NO-BREAK SPACE}", " "
            )
            assert f"{one.k} {'of' if language == 'en' else 'sur'} {one.n}" in texts
            assert any(own.percent_range(one.low, one.high) in text for text in texts)
            assert ("simul" in texts[-1].lower()) == one.simulated


def test_pictures_are_on_a_card_in_frames_and_those_of_sensitive_suites_are_not(
    found: tuple[View, ...],
) -> None:
    one = found[0]
    picture = next(
        (place, picture)
        for place, picture in enumerate(one.grid)
        if picture.framed and picture.sha256[0] != "0"
    )
    place, shown = picture
    x = cards._GRID_X + place % 3 * (cards._SIDE + cards._GAP) + cards._SIDE // 2
    y = 10 + place // 3 * (cards._SIDE + cards._GAP) + cards._SIDE // 2
    with Image.open(io.BytesIO(cards.card(one, "en", thumbnail, {}))) as image:
        pixels = image.convert("RGB")
        wanted = tuple(int(shown.sha256[at : at + 2], 16) for at in (0, 2, 4))
        assert all(abs(a - b) < 24 for a, b in zip(pixels.getpixel((x, y)), wanted, strict=True))
        edge = pixels.getpixel((x, y - cards._SIDE // 2 + 1))
        assert max(edge) < 60
    asked: list[str] = []
    cards.card(View(**vars(one) | {"sensitive": True}), "en", asked.append, {})
    assert asked == []


def test_what_others_wrote_is_text_of_a_card_and_cut_to_its_room(hostile: Con) -> None:
    found = findings(hostile, WEEK)[:2]
    assert any("<script>" in tongue("en").say(one.sentence) for one in found)
    for one in found:
        for language in LANGUAGES:
            assert len(cards.card(one, language, thumbnail, {})) < 200_000
            root = ElementTree.fromstring(cards._svg(one, tongue(language)))
            tags = {element.tag.rpartition("}")[2] for element in root.iter()}
            assert tags == {"svg", "rect", "text"}
            names = {name.rpartition("}")[2] for element in root.iter() for name in element.attrib}
            assert not any(name.startswith("on") or name in {"href", "style"} for name in names)
    wide = found[0]
    for text in ("x" * 100_000, "\ufffe\uffff ]]> &amp; <b>\u202egnp.exe", "漢字かな交じり文 " * 400, ""):
        changed = {"sentence": title(text), "model": text, "simulated": False}
        data = cards.card(View(**vars(wide) | changed), "en", thumbnail, {})
        with Image.open(io.BytesIO(data)) as image:
            assert image.size == (1200, 630)


def test_accents_stand_on_their_letters(found: tuple[View, ...]) -> None:
    composed, apart = (
        cards.card(View(**vars(found[0]) | {"sentence": title(text)}), "fr", thumbnail, {})
        for text in ("Un café, une année", "Un cafe\u0301, une anne\u0301e")
    )
    assert composed == apart


def test_no_line_of_a_card_is_wider_than_its_room(hostile: Con) -> None:
    for one in findings(hostile, WEEK):
        size, lines = cards._fitted(tongue("en").say(one.sentence))
        assert len(lines) * size * 1.18 <= 290 + size
        assert all(cards._width(line, size) <= 620 for line in lines)


def _texts(one: View, language: str) -> list[str]:
    root = ElementTree.fromstring(cards._svg(one, tongue(language)))
    return [element.text or "" for element in root.iter() if element.tag.endswith("text")]


def test_the_fonts_of_cards_are_here_with_their_license() -> None:
    folder = Path(cards.__file__).parent / "fonts"
    assert {path.name for path in folder.iterdir()} == {
        "SourceSans3-Bold.ttf",
        "SourceSans3-Regular.ttf",
        "OFL.txt",
    }
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "OFL.txt").read_text(encoding="utf-8")
