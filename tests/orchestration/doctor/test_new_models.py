"""`cliche doctor --new`: what services offer and models.yaml lacks, what is switched off in it, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from orchestration.doctor.offers import examples_of
from orchestration.settings import CHECKOUT
from tests.orchestration.installation import Cliche, Installation, entry
from tests.orchestration.paid import PRICE
from tests.services import openrouter
from tests.services.loopback import serving
from tests.services.openai_contract import ContractServer
from tests.services.openrouter import MODEL, OpenRouter

OTHER = "acme/painter-2"


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[openrouter.OpenRouter]:
    monkeypatch.setenv("OPENROUTER_API_KEY", openrouter.KEY)
    with serving(OpenRouter(lambda number: b"")) as memory:
        yield memory


def asks(base_url: str, name: str, model_id: str) -> dict[str, Any]:
    connection = {"base_url": base_url, "allow_private": True}
    values = {"provider": "openrouter", "model_id": model_id, "connection": connection, "price": PRICE}
    return {**entry(name), **values, "params": {}, "cap_usd": 5}


def test_models_that_the_file_lacks_has_switched_off_or_has_and_the_service_has_not(
    fresh: Installation, cliche: Cliche, server: openrouter.OpenRouter
) -> None:
    fresh.write_models(asks(server.base, "old", "acme/gone"), entry("sim-drift"))
    ended = cliche("doctor", "--new")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines() == [
        f"openrouter ({server.base}): 1 model that the file lacks",
        f"  new  {MODEL}",
        "  gone acme/gone  in the file, and the service has it no more",
    ]
    path = fresh.settings.models
    path.write_text(path.read_text() + f"\n#  - name: later\n#    model_id: {MODEL}   # soon\n")
    assert cliche("doctor", "--new").out.splitlines()[:2] == [
        f"openrouter ({server.base}): 0 models that the file lacks",
        f"  off  {MODEL}  in the file, switched off",
    ]
    assert server.asked == []


def test_what_a_list_names_by_no_word_for_drawing_is_not_gone_and_a_service_is_listed_once(
    fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("FIRST_KEY", "SECOND_KEY"):
        monkeypatch.setenv(name, f"sk-{name}")
    with ContractServer(models=("gpt-image-2", "gpt-image-3", "alpha-1")) as server:

        def named(model_id: str, key_env: str) -> dict[str, Any]:
            values = asks(server.base_url, model_id, model_id)
            connection = {**values["connection"], "key_env": key_env}
            return {**values, "provider": "openai_images", "connection": connection}

        fresh.write_models(
            named("alpha-1", "FIRST_KEY"),
            named("gpt-image-2", "SECOND_KEY"),
            named("beta-1", "NO_KEY_IS_SET"),
        )
        head = f"openai_images ({server.base_url}): 1 model that the file lacks"
        expected = [head, "  new  gpt-image-3"]
        ended = cliche("doctor", "--new")  # of beta-1 nothing is known without a key
        assert (ended.code, ended.out.splitlines()) == (0, expected)
        fresh.write_models(
            named("beta-1", "FIRST_KEY"), named("alpha-1", "SECOND_KEY"), named("gpt-image-2", "SECOND_KEY")
        )
        gone = "  gone beta-1  in the file, and the service has it no more"
        assert cliche("doctor", "--new").out.splitlines() == [*expected, gone]
        fresh.write_models(named("beta-1", "NO_KEY_IS_SET"))
        ended = cliche("doctor", "--new")
        assert (ended.code, "NO_KEY_IS_SET" in ended.out) == (1, True)
        assert server.calls == []


def test_a_list_that_cannot_be_read_is_told_with_its_reason(
    fresh: Installation, cliche: Cliche, server: openrouter.OpenRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh.write_models(asks(server.base, "new", MODEL))
    monkeypatch.delenv("OPENROUTER_API_KEY")
    ended = cliche("doctor", "--new")
    assert ended.code == 1
    assert "OPENROUTER_API_KEY" in ended.out


def test_who_has_no_list_and_nobody_to_ask_are_told(fresh: Installation, cliche: Cliche) -> None:
    fresh.write_models(entry("sim-drift"))
    nobody = cliche("doctor", "--new")
    assert nobody.code == 2
    assert "--service" in nobody.err
    for words in (["--service", "openrouter"], ["--new", "--paid"]):
        assert cliche("doctor", *words).code == 2
    wrong = cliche("doctor", "--new", "--service", "diffusers")
    assert wrong.code == 2
    assert '"diffusers" has no list of models; those that have one: ' in wrong.err


def test_an_offered_model_that_has_a_ready_entry_is_told_with_its_file() -> None:
    found = examples_of(["bytedance-seed/seedream-4.5", "acme/unknown"], CHECKOUT / "models")
    assert found == {"bytedance-seed/seedream-4.5": "openrouter.yaml"}
