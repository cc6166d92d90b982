"""`cliche init`: two files that the loader takes, caps that hold a first try, and never a key."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import yaml

from assets.generation.providers.registry import PROVIDERS
from orchestration.commands import init
from orchestration.commands.forecasts import look_ahead, with_ledger
from orchestration.settings import CHECKOUT
from tests.orchestration.installation import Cliche, Installation
from warehouse.weeks import current_week

KEY = "sk-made-up-0123456789abcdef"
LABELER = {
    "name": "eyes",
    "labeler": "openai_vision",
    "model_id": "gpt-6-luna",
    "attributes": ["perceived_gender"],
    "price": [{"per_image_usd": 0.001, "most_usd": 0.004, "source": "test", "date": "2026-11-25"}],
    "cap_usd": 20,
}


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    """A home that is not there yet, and no key in the environment."""
    for one in init.shipped("models", PROVIDERS).values():
        for name in one.keys:
            monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CLICHE_HOME", str(tmp_path / "home"))
    return Installation(tmp_path / "home")


@pytest.fixture
def labeled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Shipped entries with one labeler that is asked."""
    folder = tmp_path / "shipped" / "models"
    folder.mkdir(parents=True)
    for name in ("openai.yaml", "own-gpu.yaml"):
        (folder / name).write_text((CHECKOUT / "models" / name).read_text())
    dumped = yaml.safe_dump([LABELER], sort_keys=False).splitlines()
    (folder / "labelers.yaml").write_text("\n".join(["labelers:", *(f"  {line}" for line in dumped), ""]))
    monkeypatch.setattr(init, "SHIPPED", tmp_path / "shipped")


def test_every_shipped_entry_is_copied_as_it_is_written() -> None:
    found = init.shipped("models", PROVIDERS)
    for path in (CHECKOUT / "models").glob("*.yaml"):
        for data in yaml.safe_load(path.read_text()).get("models", ()):
            if data["provider"] != "midjourney":
                assert yaml.safe_load(found[data["name"]].text) == [data], data["name"]


@pytest.mark.usefixtures("labeled")
def test_with_a_key_a_model_and_a_labeler_are_written_with_caps_that_hold_a_first_try(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    ended = cliche("init", "--model", "gpt-image-2", "--yes")
    assert (ended.code, ended.err) == (0, "")
    files = {path.name: path.read_text() for path in home.home.iterdir()}
    assert {*files} == {"models.yaml", "cliche.yaml"}
    assert all(text in ended.out for text in files.values())
    assert KEY not in ended.out + "".join(files.values())
    assert "OPENAI_API_KEY found" in ended.out
    place = home.place()
    (model,) = place.models
    assert (model.labeler, [*place.labelers], model.cap_usd) == ("eyes", ["eyes"], None)
    forecasts = look_ahead(with_ledger(place, current_week()), current_week(), ["gpt-image-2"])
    assert [one.asks - one.anchors for one in forecasts] == [30, 26]  # gender is asked of people
    assert place.caps.run_usd == place.caps.week_usd
    assert place.caps.run_usd is not None
    assert sum(one.most_usd for one in forecasts) < place.caps.run_usd < 6
    for one in forecasts:
        assert f"{one.name}: about ${one.usd:,.2f}" in ended.out
    assert "cap of" not in cliche("run", "--dry-run").out


@pytest.mark.usefixtures("labeled")
def test_a_person_answers_by_number_or_by_name(
    home: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setattr("sys.stdin", Terminal("5\nphoto\n"))
    assert cliche("init").code == 0
    (model,) = home.place().models
    assert (model.name, model.labeler) == ("gpt-image-2", "photo")


def test_without_a_key_a_model_of_this_machine_is_written(home: Installation, cliche: Cliche) -> None:
    ended = cliche("init")
    assert (ended.code, ended.err) == (0, "")
    (model,) = home.place().models
    assert (model.provider, home.settings.caps.week_usd) == ("diffusers", None)
    for part in ("GB to download", "minutes per picture here: unknown", ".[diffusers]", "at no cost"):
        assert part in ended.out


@pytest.mark.parametrize("name", ["models.yaml", "cliche.yaml"])
def test_a_file_that_is_there_is_not_written_again(home: Installation, cliche: Cliche, name: str) -> None:
    home.home.mkdir()
    (home.home / name).write_text("# mine\n")
    ended = cliche("init", "--yes")
    assert ended.code == 2
    assert ended.err.startswith(f"cliche: {home.home / name} stays as it is; ")
    assert [(path.name, path.read_text()) for path in home.home.iterdir()] == [(name, "# mine\n")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--model", "gpt-imag-2"), 'models/ has no "gpt-imag-2"; did you mean "gpt-image-2"?'),
        (("--labeler", "foto"), 'models/ has no "foto"; did you mean "photo"?'),
        (("--suites", "first-tri"), 'no selection "first-tri"'),
    ],
)
def test_a_wrong_name_writes_nothing(
    home: Installation, cliche: Cliche, arguments: tuple[str, ...], said: str
) -> None:
    ended = cliche("init", *arguments)
    assert ended.code == 2
    assert said in ended.err
    assert not home.home.exists() or not [*home.home.iterdir()]
