"""models.yaml: what is valid, what is selected, and the line that each mistake gets."""

from __future__ import annotations

import copy
import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from assets.gateway.models_file import ModelEntry, active, find, load_models_file, params_hash
from assets.gateway.money.costs import price_on
from assets.generation.providers.registry import PROVIDERS as REGISTERED
from assets.generation.providers.registry import make_provider
from assets.labeling.questions import INSTRUCTIONS, question_text, schema, values
from assets.labeling.registry import KINDS, check_labelers, make_labeler, with_questions
from assets.suites.loader import load_suites
from assets.suites.selections import asks, load_selections, planned_prompts
from warehouse.errors import UsageError
from warehouse.weeks import span, utc_now

SHIPPED = Path(__file__).parents[3] / "models.yaml"
SUITES = load_suites()
PROVIDERS = ("simulated", "midjourney")

MISTAKES = yaml.safe_load(Path(__file__).with_name("mistakes.yaml").read_text(encoding="utf-8"))["mistakes"]

PRICE: dict[str, Any] = {"per_image_usd": 0.05, "source": "price list", "date": "2026-11-01"}
LABELER: dict[str, Any] = {"name": "vision", "labeler": "openai_vision", "model_id": "gpt-5", "price": PRICE}

BASE: list[dict[str, Any]] = [
    {
        "name": "sim-retired",
        "title": "Retired",
        "provider": "simulated",
        "model_id": "retired",
        "until": "2026-11-02",
        "suites": [{"suite": "occupations@1", "replicates": 3}],
    },
    {
        "name": "gpt-image-2",
        "title": "GPT Image 2",
        "provider": "simulated",
        "model_id": "gpt-image-2",
        "track": "system",
        "from": "2026-11-09",
        "succeeds": "sim-retired",
        "suites": [{"suite": "startup-ceo@1", "replicates": 3, "conversations": 2}],
        "price": {"per_image_usd": 0.05, "source": "price list", "date": "2026-11-01"},
    },
]


def write(path: Path, models: Any) -> Path:
    file = path / "models.yaml"
    file.write_text(yaml.safe_dump({"models": models}), encoding="utf-8")
    return file


def changed(index: int, **changes: Any) -> list[dict[str, Any]]:
    models = copy.deepcopy(BASE)
    models[index].update(changes)
    return models


def selection(**changes: Any) -> list[dict[str, Any]]:
    return [{"suite": "startup-ceo@1", "replicates": 3, **changes}]


def test_a_valid_file_is_read_with_its_defaults(tmp_path: Path) -> None:
    first, second = load_models_file(write(tmp_path, BASE), SUITES, providers=PROVIDERS).models
    assert first.series_name == "sim-retired"
    fields = first.track, first.labeler, first.completeness_floor, first.pinned
    assert fields == ("model", "photo", 0.9, False)
    assert [price.per_image_usd for price in second.price] == [0.05]


@pytest.mark.parametrize("row", MISTAKES, ids=lambda row: row["said"][:60])
def test_a_mistake_gets_one_line(tmp_path: Path, row: dict[str, Any]) -> None:
    first, second = (
        {**entry, **row.get(place, {})} for place, entry in zip(("first", "second"), BASE, strict=True)
    )
    labelers = [{**LABELER, **labeler} for labeler in row.get("labelers", ())]
    path = tmp_path / "models.yaml"
    path.write_text(yaml.safe_dump({"models": [first, second], "labelers": labelers}), encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        load_models_file(path, SUITES, providers=PROVIDERS)
    assert str(caught.value) == f"models.yaml: {row['said']}"


def test_labelers_are_read_beside_the_models(tmp_path: Path) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(yaml.safe_dump({"models": BASE, "labelers": [LABELER]}), encoding="utf-8")
    (labeler,) = load_models_file(path, SUITES, providers=PROVIDERS).labelers
    assert (labeler.name, labeler.images_per_request, labeler.price[0].per_image_usd) == ("vision", 1, 0.05)


def test_the_price_that_holds_is_the_one_that_began_last(tmp_path: Path) -> None:
    later = {**PRICE, "per_image_usd": 0.07, "per_million_usd": {"image_out": 30}, "from": "2026-12-07"}
    prices = load_models_file(write(tmp_path, changed(1, price=[later, PRICE])), SUITES).models[1].price
    held = {
        day: price_on(prices, dt.date.fromisoformat(day))
        for day in ("2026-11-01", "2026-12-06", "2026-12-07")
    }
    assert {day: price and price.per_image_usd for day, price in held.items()} == {
        "2026-11-01": 0.05,
        "2026-12-06": 0.05,
        "2026-12-07": 0.07,
    }
    assert price_on(prices[:1], dt.date(2026, 12, 6)) is None
    assert [price.bound_usd for price in prices] == [0.14, 0.05]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("models: [\n", r"^models\.yaml, line 2, column 1: [^\n]+$"),
        ("- a\n", r"^models\.yaml: must be a mapping with the key models$"),
        (
            "modells: []\n",
            r'^models\.yaml: unknown key "modells"; did you mean "models"\?$',
        ),
        ("models: []\n", r"^models\.yaml: models: must hold at least 1$"),
        ("models: []\nmodels: []\n", r'^models\.yaml, line 2, column 1: key "models" stands twice$'),
        ("models: *all\n", r"^models\.yaml, line 1, column 9: found undefined alias 'all'$"),
    ],
)
def test_a_file_that_is_no_list_of_models_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=said):
        load_models_file(path, SUITES)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"^models\.yaml: there is no such file \("):
        load_models_file(tmp_path / "models.yaml", SUITES)


def test_an_unknown_model_is_answered_with_the_nearest(tmp_path: Path) -> None:
    models = load_models_file(write(tmp_path, BASE), SUITES).models
    assert find(models, "gpt-image-2").title == "GPT Image 2"
    with pytest.raises(UsageError) as caught:
        find(models, "gpt-image-3")
    assert str(caught.value) == 'no model "gpt-image-3" in models.yaml; did you mean "gpt-image-2"?'
    with pytest.raises(UsageError) as caught:
        find(models, "zzz")
    assert str(caught.value) == 'no model "zzz" in models.yaml; known: gpt-image-2, sim-retired'


def test_an_entry_is_active_from_its_first_to_its_last_week(tmp_path: Path) -> None:
    models = load_models_file(write(tmp_path, BASE), SUITES).models
    assert [e.name for e in active(models, "2026-11-02")] == ["sim-retired"]
    assert [e.name for e in active(models, "2026-11-09")] == ["gpt-image-2"]


def test_a_prompt_with_turns_is_planned_only_with_conversations(tmp_path: Path) -> None:
    suite = SUITES["startup-ceo@1"]
    with_conversations = load_models_file(write(tmp_path, BASE), SUITES).models[1].suites[0]
    assert [p.id for p in planned_prompts(with_conversations, suite)] == [p.id for p in suite.prompts]
    without = load_models_file(write(tmp_path, changed(1, suites=selection())), SUITES).models[1].suites[0]
    assert [p.id for p in planned_prompts(without, suite)] == ["ceo-his", "ceo-their", "ceo-visionary"]


def test_patterns_select_prompts_in_the_order_of_the_suite(tmp_path: Path) -> None:
    suites = [{"suite": "rest-of-world@1", "replicates": 1, "prompts": ["house-n*", "person-china"]}]
    picked = load_models_file(write(tmp_path, changed(0, suites=suites)), SUITES).models[0].suites[0]
    assert [p.id for p in planned_prompts(picked, SUITES["rest-of-world@1"])] == [
        "person-china",
        "house-nigeria",
    ]


def test_the_hash_of_parameters_depends_on_their_content_only() -> None:
    assert params_hash({"size": 256, "quality": "low"}) == params_hash({"quality": "low", "size": 256})
    assert params_hash({"size": 256}) == "73fc7272"


class TestShipped:
    models = load_models_file(SHIPPED, SUITES, providers=PROVIDERS).models

    def test_the_simulated_models_are_switched_on(self) -> None:
        assert all(entry.name == f"sim-{entry.model_id}" for entry in self.models)
        assert {(entry.provider, entry.labeler) for entry in self.models} == {("simulated", "drawing")}
        assert not any(entry.params for entry in self.models)  # all draw in one size

    def test_five_models_are_asked_in_each_of_the_twelve_weeks_of_the_demo_one_of_them_replaced(self) -> None:
        weeks = span("2026-09-07", "2026-11-23")
        asked = [{entry.name for entry in active(self.models, week)} for week in weeks]
        assert [len(names) for names in asked] == [5] * 12
        assert ["sim-retired" in names for names in asked] == [True] * 8 + [False] * 4
        assert ["sim-successor" in names for names in asked] == [False] * 8 + [True] * 4
        assert find(self.models, "sim-successor").succeeds == "sim-retired"

    def test_only_the_rewriter_is_a_system_and_is_confronted(self) -> None:
        confronted = {e.name for e in self.models if any(s.conversations for s in e.suites)}
        assert confronted == {e.name for e in self.models if e.track == "system"} == {"sim-rewriter"}


LABELERS = SHIPPED.parent / "models" / "labelers.yaml"
EXAMPLES = sorted({*LABELERS.parent.glob("*.yaml")} - {LABELERS})
#: A name with a dot and something after it: where a price stood.
ADDRESS = re.compile(r"\b[a-z0-9-]+(\.[a-z0-9-]+)+(/\S*)?")


def copied_alone(path: Path) -> list[str]:
    """Each entry of a file of examples as somebody copies it: its lines, and `models:` above them."""
    _, *entries = re.split(r"^(?=  - name: )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [f"models:\n{text}" for text in entries]


@pytest.mark.parametrize("text", [text for path in EXAMPLES for text in copied_alone(path)])
def test_an_example_works_when_it_is_copied_alone(tmp_path: Path, text: str) -> None:
    path = tmp_path / "models.yaml"
    path.write_text(text, encoding="utf-8")
    [entry] = load_models_file(path, SUITES, providers=REGISTERED).models
    check_labelers([entry], {})
    confronted = entry.provider == "openai_responses"
    assert f"suites: headline{'-confronted' if confronted else ''}\n" in text
    assert (confronted, confronted) == (
        any(one.conversations for one in entry.suites),
        bool(getattr(make_provider(entry.provider, entry.connection), "converses", False)),
    )


class TestExamples:
    entries = tuple(
        entry for path in EXAMPLES for entry in load_models_file(path, SUITES, providers=REGISTERED).models
    )

    def test_there_are_enough_of_every_provider_and_their_names_differ(self) -> None:
        assert len(self.entries) >= 40
        assert len({entry.name for entry in self.entries}) == len(self.entries)
        assert sum(len(copied_alone(path)) for path in EXAMPLES) == len(self.entries)
        assert {entry.provider for entry in self.entries} == {*REGISTERED} - {"simulated"}

    @pytest.mark.parametrize("entry", entries, ids=[entry.name for entry in entries])
    def test_its_cap_holds_a_week_and_the_calls_in_flight_and_little_more(self, entry: ModelEntry) -> None:
        calls = sum(
            asks(one, prompt) for one in entry.suites for prompt in planned_prompts(one, SUITES[one.suite])
        )
        price = price_on(entry.price, utc_now().date())
        assert price is not None
        expected, most = calls * price.per_image_usd, price.bound_usd
        if not expected:
            assert entry.cap_usd is None
            return
        in_flight = calls if entry.provider == "openai_batch" else entry.concurrency
        # A batch costs half, so that the week itself needs no room beside what is set aside for it.
        least = max(in_flight * most, 1.25 * expected + entry.concurrency * most)
        assert entry.cap_usd is not None
        assert least <= entry.cap_usd <= least + 1  # whole dollars

    @pytest.mark.parametrize("entry", entries, ids=[entry.name for entry in entries])
    def test_an_example_can_be_asked_and_says_who_makes_it_and_what_it_costs(self, entry: ModelEntry) -> None:
        if entry.provider != "diffusers":  # its check wants the extra
            make_provider(entry.provider, entry.connection).check(entry.model_id, dict(entry.params))
        free = entry.provider in {"midjourney", "diffusers"} or entry.connection.allow_private
        assert (bool(entry.maker), entry.weights in {"open", "closed"}) == (True, True)
        assert entry.price
        for price in entry.price:
            assert ADDRESS.search(price.source), price.source
            assert price.date >= dt.date(2026, 11, 1)
            assert price.per_image_usd or free

    def test_only_prices_that_were_read_at_their_makers_do_not_say_that_they_want_a_look(self) -> None:
        makers = {"docs.bfl.ai", "www.recraft.ai"}
        for entry in self.entries:
            for price in entry.price:
                said = price.source.split("/")[0] in makers or price.source.startswith("our own machine")
                assert said is ("check before use" not in price.source), entry.name


def labelers_alone() -> dict[str, str]:
    """Each labeler to paste from, by name, as somebody copies it: its lines alone."""
    _, *entries = re.split(r"^(?=  - name: )", LABELERS.read_text(encoding="utf-8"), flags=re.MULTILINE)
    return {re.match(r"  - name: (\S+)", text)[1]: text for text in entries}  # type: ignore[index]


@pytest.mark.parametrize("name", labelers_alone())
def test_a_labeler_works_when_it_is_copied_alone_and_says_what_its_words_cost(
    tmp_path: Path, name: str
) -> None:
    text, path = labelers_alone()[name], tmp_path / "models.yaml"
    path.write_text(yaml.safe_dump({"models": BASE}) + "labelers:\n" + text, encoding="utf-8")
    [entry] = load_models_file(path, SUITES).labelers
    made = with_questions([entry], SUITES)
    assert {*make_labeler(name, made).attributes()} == {
        one.id for suite in SUITES.values() for one in suite.attributes
    }
    assert entry.labeler in KINDS
    check_labelers([load_models_file(path, SUITES).models[0].model_copy(update={"labeler": name})], made)
    if entry.connection.allow_private:  # a server of one's own
        assert not entry.price
        assert "$0 per 1,000 pictures" in text
        return
    [price] = entry.price
    assert "check before use" in price.source
    if tokens := TOKENS.search(text):
        picture, words, out = (int(n.replace(",", "")) for n in tokens.groups())
        usd = (
            (picture + words) * price.per_million_usd["text_in"] + out * price.per_million_usd["text_out"]
        ) / 1000
        assert float(re.search(r"\$(\S+)", text[tokens.end() :])[1]) == pytest.approx(usd, abs=0.0051)  # type: ignore[index]
        assert price.per_image_usd * 1000 >= usd - 0.005


#: The tokens of a comment: of a picture, of the words that go in, and out.
TOKENS = re.compile(r"([\d,]+) \+ ([\d,]+) tokens in, (\d+) out")


def test_the_words_of_a_call_are_as_long_as_the_labelers_file_says() -> None:
    of, said, read = 0, 0, 0
    for selection in load_selections(SUITES)["headline"]:
        suite = SUITES[selection.suite]
        known = {attribute.id: attribute for attribute in suite.attributes}
        for prompt in planned_prompts(selection, suite):
            many, asked = asks(selection, prompt), [known[name] for name in prompt.attributes]
            of += many
            said += many * len(INSTRUCTIONS + question_text(asked) + json.dumps(schema(asked)))
            read += many * len(json.dumps({one.id: max(values(one), key=len) for one in asked}))
    assert (round(said / of, -1), round(read / of)) == (3440, 215)
    assert "3,440 characters" in LABELERS.read_text(encoding="utf-8")
