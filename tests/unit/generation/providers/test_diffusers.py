"""Open-weight models: a tiny pipeline with random weights, built here, drawn with for real.

`torch` is no part of the development environment. Where it is missing only the refusal is tested; the rest runs in an
environment with the extra (requirements-diffusers.lock).
"""

from __future__ import annotations

import importlib.util
import io
import json
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image

from assets.gateway.records import Outcome
from assets.generation.providers.diffusers import CALL, Diffusers, _draw, _failed, _Loaded
from tests.unit.generation.providers.others import partition, request
from warehouse.errors import UsageError

os.environ["HF_HUB_OFFLINE"] = "1"  # read once, when the hub's client is imported

INSTALLED = all(importlib.util.find_spec(name) for name in ("torch", "diffusers", "transformers"))
needs_extra = pytest.mark.skipif(
    not INSTALLED, reason="the extra diffusers is not installed (torch, several GB)"
)
SMALL: dict[str, Any] = {"steps": 2, "width": 32, "height": 32, "device": "cpu", "dtype": "float32"}


def test_without_the_extra_one_line_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assets.generation.providers.diffusers.find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"torch is not installed; run: pip install -e \"\.\[diffusers\]\""):
        Diffusers().check("black-forest-labs/FLUX.2-klein-4B", {})


@pytest.mark.parametrize(
    ("mro", "outcome", "unmapped"),
    [
        (("OutOfMemoryError", "RuntimeError"), Outcome.INVALID_PARAMS, None),
        (("GatedRepoError", "RepositoryNotFoundError", "HTTPError", "OSError"), Outcome.AUTH, None),
        (("RepositoryNotFoundError", "HTTPError", "OSError"), Outcome.MODEL_RETIRED, None),
        (("RevisionNotFoundError", "HTTPError", "OSError"), Outcome.MODEL_RETIRED, None),
        (("LocalEntryNotFoundError", "EntryNotFoundError", "OSError"), Outcome.CONNECTION, None),
        (("EntryNotFoundError", "HTTPError"), Outcome.MODEL_RETIRED, None),
        (("OfflineModeIsEnabled", "ConnectionError"), Outcome.CONNECTION, None),
        (("ConnectError", "ConnectionError"), Outcome.CONNECTION, None),
        (("HfHubHTTPError", "HTTPError", "OSError"), Outcome.CONNECTION, None),
        (("OSError",), Outcome.INVALID_PARAMS, None),
        (("ValueError",), Outcome.INVALID_PARAMS, None),
        (("TypeError",), Outcome.INVALID_PARAMS, None),
        (("ModuleNotFoundError", "ImportError"), Outcome.INVALID_PARAMS, None),
        (("AcceleratorError", "RuntimeError"), Outcome.SERVER_ERROR, True),
    ],
)
def test_exceptions_are_told_by_their_class(
    mro: tuple[str, ...], outcome: Outcome, unmapped: bool | None
) -> None:
    kind: type[Exception] = Exception
    for name in reversed(mro):
        kind = type(name, (kind,), {})
    answer = _failed(kind("it broke\nsecond line"), 5)
    assert (answer.outcome, answer.unmapped, answer.seed) == (outcome, unmapped, 5)
    assert answer.error_message == f"{mro[0]}: it broke"


def test_a_cause_says_more_than_what_was_made_of_it() -> None:
    offline = type("OfflineModeIsEnabled", (ConnectionError,), {})("no network")
    with pytest.raises(OSError, match="Cannot load model") as told:
        raise OSError("Cannot load model") from offline
    assert _failed(told.value, 5).outcome is Outcome.CONNECTION


def test_no_picture_and_no_word_is_an_empty_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline that returns nothing; torch (several GB) is needed for its generator of random numbers alone."""

    class Generator:
        def __init__(self, device: str) -> None:
            self.device = device

        def manual_seed(self, seed: int) -> Generator:
            return self

    def pipeline(**given: Any) -> Any:
        return SimpleNamespace(images=[])

    if importlib.util.find_spec("torch") is None:
        monkeypatch.setitem(sys.modules, "torch", SimpleNamespace(Generator=Generator))
    loaded = _Loaded(("m",), pipeline, "Nothing", "cpu", "float32")
    answer = _draw(loaded, request("a/b").model_copy(update={"params": {}}), 5)
    assert (answer.outcome, answer.seed) == (Outcome.EMPTY_ANSWER, 5)


def tiny(folder: Path, *, checked: bool = False) -> Path:
    """Save a whole Stable Diffusion pipeline of a few thousand random numbers; `checked`: every picture is flagged."""
    import torch
    from diffusers import AutoencoderKL, DDIMScheduler, StableDiffusionPipeline, UNet2DConditionModel
    from diffusers.pipelines.stable_diffusion.safety_checker import StableDiffusionSafetyChecker
    from transformers import (
        CLIPConfig,
        CLIPImageProcessor,
        CLIPTextConfig,
        CLIPTextModel,
        CLIPTokenizer,
        CLIPVisionConfig,
    )

    torch.manual_seed(0)
    words = [*(chr(n) for n in range(33, 127)), *(f"{chr(n)}</w>" for n in range(33, 127))]
    vocabulary = {word: n for n, word in enumerate([*words, "<|startoftext|>", "<|endoftext|>"])}
    source = folder.parent / f"{folder.name}-words"
    source.mkdir()
    (source / "vocab.json").write_text(json.dumps(vocabulary))
    (source / "merges.txt").write_text("#version: 0.2\n")
    small = {"hidden_size": 16, "intermediate_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    text = CLIPTextConfig(
        **small,
        vocab_size=len(vocabulary),
        bos_token_id=vocabulary["<|startoftext|>"],
        eos_token_id=vocabulary["<|endoftext|>"],
        pad_token_id=vocabulary["<|endoftext|>"],
    )
    extra: dict[str, Any] = {
        "safety_checker": None,
        "feature_extractor": None,
        "requires_safety_checker": False,
    }
    if checked:
        vision = CLIPVisionConfig(**small, image_size=32, patch_size=16)
        checker = StableDiffusionSafetyChecker(
            CLIPConfig(text_config=text.to_dict(), vision_config=vision.to_dict(), projection_dim=16)
        )
        checker.concept_embeds_weights.data.fill_(-2.0)  # a cosine is never that low: all is flagged
        sizes = {"shortest_edge": 32}
        extra = {
            "safety_checker": checker,
            "feature_extractor": CLIPImageProcessor(size=sizes, crop_size={"height": 32, "width": 32}),
        }
    StableDiffusionPipeline(
        vae=AutoencoderKL(
            block_out_channels=[8, 8],
            down_block_types=["DownEncoderBlock2D"] * 2,
            up_block_types=["UpDecoderBlock2D"] * 2,
            latent_channels=4,
            norm_num_groups=4,
        ),
        text_encoder=CLIPTextModel(text),
        tokenizer=CLIPTokenizer.from_pretrained(str(source), model_max_length=77),
        unet=UNet2DConditionModel(
            sample_size=16,
            block_out_channels=(8, 16),
            layers_per_block=1,
            down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
            up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"),
            cross_attention_dim=16,
            attention_head_dim=4,
            norm_num_groups=4,
        ),
        scheduler=DDIMScheduler(steps_offset=1, clip_sample=False),
        **extra,
    ).save_pretrained(str(folder))
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny(tmp_path_factory.mktemp("weights") / "plain")


@needs_extra
def test_a_slot_draws_the_same_picture_whenever_it_is_asked(folder: Path) -> None:
    provider = Diffusers()
    first = provider.ask(request(str(folder), **SMALL))
    assert (first.outcome, first.unmapped) == (Outcome.OK, None), first.error_message
    assert first.image is not None
    picture = Image.open(io.BytesIO(first.image))
    assert (picture.format, picture.size, picture.info) == ("PNG", (32, 32), {})
    again, elsewhere = (one.ask(request(str(folder), **SMALL)) for one in (provider, Diffusers()))
    assert again == first == elsewhere
    other = provider.ask(request(str(folder), key="cd" * 32, **SMALL))
    assert other.seed != first.seed
    assert other.image != first.image
    assert first.usage == {"device": "cpu", "dtype": "float32"}


@needs_extra
def test_the_report_names_the_weights(folder: Path, tmp_path: Path) -> None:
    import shutil

    named = Diffusers().ask(request(str(folder), **SMALL)).model_reported
    copy = Path(shutil.copytree(folder, tmp_path / "copy"))
    assert named.startswith("StableDiffusionPipeline sha256:")
    assert Diffusers().ask(request(str(copy), **SMALL)).model_reported == named
    config = copy / "scheduler" / "scheduler_config.json"
    config.write_text(config.read_text().replace('"beta_start": 0.0001', '"beta_start": 0.0002'))
    assert Diffusers().ask(request(str(copy), **SMALL)).model_reported != named


@needs_extra
def test_what_is_asked_reaches_the_pipeline(folder: Path) -> None:
    provider = Diffusers()
    plain = provider.ask(request(str(folder), **SMALL))
    for change in ({"steps": 3}, {"guidance": 1.0}, {"negative_prompt": "hats"}):
        assert provider.ask(request(str(folder), **(SMALL | change))).image != plain.image, change
    wide = provider.ask(request(str(folder), **(SMALL | {"width": 48})))
    assert wide.image is not None
    assert Image.open(io.BytesIO(wide.image)).size == (48, 32)
    assert provider.ask(request(str(folder), text="a French person", **SMALL)).image != plain.image


@needs_extra
def test_a_flagged_picture_is_blocked(tmp_path: Path) -> None:
    answer = Diffusers().ask(request(str(tiny(tmp_path / "checked", checked=True)), **SMALL))
    assert (answer.outcome, answer.block_stage, answer.block_categories, answer.image) == (
        Outcome.BLOCKED_OUTPUT,
        "output",
        ("nsfw",),
        None,
    ), answer.error_message


@needs_extra
def test_weights_that_are_not_there_or_could_hold_code_stop_the_run(folder: Path, tmp_path: Path) -> None:
    import shutil

    broken = Path(shutil.copytree(folder, tmp_path / "broken"))
    weights = broken / "unet" / "diffusion_pytorch_model.safetensors"
    weights.rename(weights.with_suffix(".bin"))
    answer = Diffusers().ask(request(str(broken), **SMALL))
    assert (answer.outcome, answer.unmapped) == (Outcome.INVALID_PARAMS, None), answer.error_message
    answer = Diffusers().ask(request("nobody/nothing", **SMALL))
    assert answer.outcome in {Outcome.CONNECTION, Outcome.MODEL_RETIRED}, answer.error_message
    assert answer.unmapped is None


@needs_extra
def test_a_parameter_that_the_pipeline_does_not_take(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CALL, "guidance", "true_cfg_scale")  # Flux has it, Stable Diffusion has not
    answer = Diffusers().ask(request(str(folder), guidance=4.0, **SMALL))
    assert answer.outcome is Outcome.INVALID_PARAMS
    assert "StableDiffusionPipeline takes no guidance" in str(answer.error_message)


@needs_extra
def test_what_a_plan_may_not_ask(folder: Path, tmp_path: Path) -> None:
    provider = Diffusers()
    for model_id, params, words in [
        (str(tmp_path / "nothing"), {}, "neither a folder"),
        (str(folder), {"size": 32}, 'no parameter "size"'),
        (str(folder), {"seed": 1}, "seed 1 would make all pictures of a prompt the same"),
        (str(folder), {"dtype": "int8"}, "dtype is one of"),
    ]:
        with pytest.raises(UsageError, match=words):
            provider.check(model_id, dict(params))
    provider.check(str(folder), {"seed": "slot"})  # as it is without
    provider.check("black-forest-labs/FLUX.2-klein-4B", {"steps": 4, "revision": "abc", "dtype": "bfloat16"})
    assert provider.probe(str(folder)).model_ok is True
    assert provider.probe(str(tmp_path)).model_ok is False
    assert provider.probe("black-forest-labs/FLUX.2-klein-4B").model_ok is None


@needs_extra
def test_a_partition_is_the_same_whoever_asks_and_how_many_at_once(folder: Path, tmp_path: Path) -> None:
    found = []
    for name, concurrency in (("one", 1), ("four", 4)):
        provider = Diffusers()
        report, receipts, _, plan = partition(
            tmp_path / name, provider, str(folder), concurrency=concurrency, **SMALL
        )
        assert report.outcomes["ok"] == report.planned == len(plan.slots) > 1
        found.append({receipt.slot_key: (receipt.image_sha256, receipt.seed) for receipt in receipts})
    assert found[0] == found[1]
    assert len({seed for _, seed in found[0].values()}) == len(found[0])
