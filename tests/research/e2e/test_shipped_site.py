"""Three entries of models/, asked by servers that speak their makers' APIs: the site of their first week.

Pictures are drawn by two simulated models, in another mixture for each entry; a vision model behind an API reads what
was drawn. As shipped but for addresses, pace, the labeler, and how many pictures are asked for.
"""

from __future__ import annotations

import random
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.generation.partition import ask_partition
from assets.generation.slots import Slot
from assets.labeling.partition import label
from assets.labeling.pictures import prepare
from assets.leaderboard.asset import publish_week
from assets.leaderboard.columns.table import COLUMNS
from assets.metrics.week import score_weeks
from assets.simulation import scenes
from assets.simulation.pool import Pool
from assets.suites.loader import load_suites
from tests.e2e.test_shipped_entry import shipped
from tests.orchestration.installation import CHECKOUT, Installation, install
from tests.services import gemini
from tests.services.loopback import serving
from tests.services.openai_contract import Call, ContractServer, Reply
from tests.services.vision_contract import Asked, Said, vision
from tests.site.leaders.test_leaderboard import rows, said
from tests.site.looks.blank import blanks, overstated
from tests.site.looks.links import dead
from warehouse import keys
from warehouse.weeks import current_week

#: Entry → its file, what its service calls it, and how often it draws as `sim-classic` does.
ENTRIES = {
    "gpt-image-2": ("openai.yaml", "gpt-image-2-2026-04-21", 0.9),
    "gemini-2.5-flash-image": ("google.yaml", "gemini-2.5-flash-image", 0.2),
    "flux-1-schnell-local": ("own-gpu.yaml", "black-forest-labs/FLUX.1-schnell", 0.5),
}
#: Pictures of a prompt, their pixels, and how many different ones each persona draws.
MOST, SIZE, LOOKS = 5, 64, 2
#: Of suites whose prompts are averaged: one occupation, held mostly by men; one subject with and without the request.
SOME = {"occupations@2": ["pilot-*"], "diversity-request@1": ["ceo-*"]}
PROMPTS = {
    one.text: (suite, suite.prompt_id(one)) for suite in load_suites().values() for one in suite.prompts
}


class Painter:
    """Draws for all servers, and knows what it drew."""

    def __init__(self, week: str) -> None:
        self.seen: dict[bytes, dict[str, str]] = {}
        self._week, self._lock, self._pool = week, threading.Lock(), Pool(0)
        self._made: dict[tuple[str, str, int], bytes] = {}
        self._asked: Counter[tuple[str, str]] = Counter()

    def draw(self, model: str, text: str) -> bytes:
        """Return the next picture of a model for a prompt."""
        [(name, often)] = [
            (name, often) for name, (_, is_called, often) in ENTRIES.items() if is_called == model
        ]
        with self._lock:
            number = self._asked[name, text]
            self._asked[name, text] += 1
            chance = random.Random(f"{name}/{text}/{number}")
            persona = "classic" if chance.random() < often else "successor"
            key = persona, text, number % LOOKS
            if key not in self._made:
                self._made[key] = self._drawn(*key)
            return self._made[key]

    def _drawn(self, persona: str, text: str, number: int) -> bytes:
        suite, prompt = PROMPTS[text]
        slot = Slot(
            slot_key=f"{random.Random(f'{persona}/{text}/{number}').getrandbits(256):064x}",
            **{"week": self._week, "model": persona, "replicate": number},
            **{"suite": suite.id, "suite_version": suite.version, "prompt": prompt},
        )
        scene = scenes.scene(persona, slot)
        image = self._pool.render(scene.look, f"{slot.slot_key}/picture", SIZE)
        self.seen[prepare(image).data] = scene.values
        return image

    def openai(self, call: Call) -> Reply:
        """Answer as OpenAI's API does, or a server of one's own that speaks like it."""
        return Reply(image=self.draw(call.body["model"], call.prompt))

    def google(self, model: str, body: dict[str, Any]) -> Any:
        """Answer as the Gemini API does."""
        return gemini.answered(gemini.picture_part(self.draw(model, body["contents"][0]["parts"][0]["text"])))

    def read(self, asked: Asked) -> Said:
        """Say what the pictures show, in the words of the closed lists."""
        shown = [self.seen[picture] for picture in asked.pictures]
        return Said(
            [
                {
                    name: one[name] if one[name] in asked.values[name] else "not_applicable"
                    for name in asked.attributes
                }
                for one in shown
            ]
        )


def few() -> list[dict[str, Any]]:
    """Return the selection `headline`, which each entry names, with fewer pictures and prompts."""
    text = (CHECKOUT / "assets" / "suites" / "selections.yaml").read_text(encoding="utf-8")
    found: list[dict[str, Any]] = yaml.safe_load(text)["selections"]["headline"]
    return [
        {**one, "replicates": MOST, **({"prompts": SOME[one["suite"]]} if one["suite"] in SOME else {})}
        for one in found
    ]


def entry(name: str, connection: dict[str, Any]) -> dict[str, Any]:
    """Return an entry as it is shipped, asked at another address."""
    [one] = yaml.safe_load("models:\n" + shipped(ENTRIES[name][0], name))["models"]
    assert one["suites"] == "headline"
    own = one.get("connection", {})
    return {
        **one,
        **{"suites": few(), "requests_per_minute": 60_000, "labeler": "eye"},
        "connection": {**own, **connection, "allow_private": True},
    }


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, str]]:
    """Return the installation, and the id of the edition of its first week."""
    week, home = current_week(), tmp_path_factory.mktemp("young") / "home"
    painter, eye = Painter(week), {"name": "eye", "labeler": "openai_vision", "model_id": "gpt-6-luna"}
    with ExitStack() as stack, pytest.MonkeyPatch.context() as patch:
        for variable in ("OPENAI_API_KEY", "VLLM_API_KEY"):
            patch.setenv(variable, "sk-contract-0123456789")
        patch.setenv("GEMINI_API_KEY", gemini.KEY)
        addresses = {}
        for name in ("gpt-image-2", "flux-1-schnell-local"):
            called = ENTRIES[name][1]
            more = ("num_inference_steps", "seed") if name == "flux-1-schnell-local" else ()
            server = ContractServer(script=painter.openai, models=(called,), extra_params=more)
            addresses[name] = stack.enter_context(server).base_url
        google = stack.enter_context(serving(gemini.Gemini(painter.google)))
        addresses["gemini-2.5-flash-image"] = google.base
        reader = stack.enter_context(vision(painter.read))
        entries = [entry(name, {"base_url": addresses[name]}) for name in ENTRIES]
        made = install(home, *entries)
        connection = {"base_url": reader.base_url, "allow_private": True}
        price = {"per_image_usd": 0.001, "source": "test", "date": "2026-11-23"}
        asked = {**eye, "requests_per_minute": 60_000, "connection": connection, "price": [price]}
        models = yaml.safe_dump({"models": entries, "labelers": [asked]})
        (home / "models.yaml").write_text(models, encoding="utf-8")
        place = made.place()
        for name in ENTRIES:
            report = ask_partition(place, name, week)
            assert (report.open, report.stopped_by) == (0, None)
            assert label(place, name, week).open == 0
        score_weeks(place, week)
        yield made, publish_week(place, week).id


def test_each_column_has_a_figure_of_each_entry(published: tuple[Installation, str]) -> None:
    made, edition = published
    for path in ("index.html", "fr/index.html"):
        page = made.store.get(keys.edition_prefix(edition) + path).decode()
        found = rows(page)
        assert {*found} == {*ENTRIES}
        for rank, cells in found.values():
            assert len(cells) == len(COLUMNS)
            assert all(re.match(r"(\d+ → )?\d+\s?%", said(cell)) for cell in cells), [*map(said, cells)]
            assert rank == "–"  # in one week nobody knows how much weeks differ
        for head in ("Open weights", "Closed weights") if path == "index.html" else ("Poids ouverts",):
            assert head in page


def test_its_pages_are_whole_and_say_no_more_than_one_week_shows(published: tuple[Installation, str]) -> None:
    made, edition = published
    folder = Path(made.settings.store) / keys.edition_prefix(edition)
    pages = [*folder.rglob("*.html")]
    assert len(pages) > 150
    assert dead(pages) == []
    for page in pages:
        text, path = page.read_text(encoding="utf-8"), page.relative_to(folder).as_posix()
        assert (path, blanks(text)) == (path, [])
        if not path.removeprefix("fr/").startswith(("method/", "data/query/")):
            assert (path, [*overstated(text, date.fromisoformat(edition[:10]), 1)]) == (path, [])
