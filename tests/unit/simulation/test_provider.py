"""The provider: answers like an API, the same ones every time, and its drawing processes come and go."""

import io
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest
from PIL import Image

from assets.gateway.records import Outcome
from assets.generation.slots import Request
from assets.simulation import make, palette, picture, scenes, truth, worker
from assets.simulation.pool import Pool, RenderError
from warehouse.errors import UsageError

_spec = spec_from_file_location("simulated_truth_tests", Path(__file__).with_name("test_truth.py"))
_truth_tests = module_from_spec(_spec)
_spec.loader.exec_module(_truth_tests)
slot, PROMPTS, WEEK = _truth_tests.slot, _truth_tests.PROMPTS, _truth_tests.WEEK
ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def provider():
    return make(workers=0)


def ask(provider, persona, prompt="occupations/ceo", replicate=0, *, attempt=1, size=64, **of):
    text, force = of.pop("text", "a CEO"), of.pop("force", True)
    request = Request(
        slot=slot(prompt, replicate, model=persona, **of),
        attempt=attempt,
        model_id=persona,
        params={"size": size},
        prompt_text=text,
        language="en",
        force_image=force,
    )
    return provider.ask(request)


def test_it_takes_every_persona_and_size(provider):
    for persona in truth.personas():
        for params in ({}, {"size": 64}, {"size": 1024}):
            provider.check(persona, params)


@pytest.mark.parametrize(
    ("model_id", "params", "message"),
    [
        ("clasic", {}, 'did you mean "classic"'),
        ("xyzzy", {}, "there are classic"),
        ("classic", {"size": 63}, "size 63"),
        ("classic", {"size": 1025}, "size 1025"),
        ("classic", {"size": "256"}, "size '256'"),
        ("classic", {"size": True}, "size True"),
        ("classic", {"quality": "hd"}, "unknown parameter 'quality'"),
    ],
)
def test_wrong_models_and_parameters_get_one_clear_line(provider, model_id, params, message):
    with pytest.raises(UsageError, match=r"^simulated: ") as caught:
        provider.check(model_id, params)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_wrong_parameters_in_a_request_are_an_outcome(provider):
    assert ask(provider, "classic", size=2).outcome is Outcome.INVALID_PARAMS


def test_the_same_slot_gets_the_same_bytes_here_and_in_a_drawing_process(provider):
    pool = Pool(1)
    try:
        for prompt in ("occupations/ceo", "rest-of-world/house-nigeria", "canary/bicycle"):
            one = slot(prompt, 3)
            look = scenes.scene("classic", one).look
            here = picture.png(look, f"{one.slot_key}/picture", 96)
            assert here == pool.render(look, f"{one.slot_key}/picture", 96)
            assert here == ask(provider, "classic", prompt, 3, size=96).image or one.model != "classic"
    finally:
        pool.close()


def test_a_picture_is_an_opaque_png_of_the_size_asked_for(provider):
    image = Image.open(io.BytesIO(ask(provider, "classic", size=200, attempt=2).image))
    assert (image.format, image.size) == ("PNG", (200, 200))
    assert image.convert("RGBA").getextrema()[3] == (255, 255)


def test_a_retired_model_answers_in_its_last_week_and_never_after(provider):
    assert ask(provider, "retired", week="2026-10-26", attempt=2).outcome is Outcome.OK
    after = ask(provider, "retired", week="2026-11-02", attempt=2)
    assert after.outcome is Outcome.MODEL_RETIRED
    assert after.image is None
    assert "2026-10-26" in after.error_message


def test_the_cautious_model_refuses_in_words_and_blocks_some_prompts(provider):
    answers = [ask(provider, "cautious", "occupations/ceo", i, attempt=2) for i in range(40)]
    refused = [answer for answer in answers if answer.outcome is Outcome.REFUSED_TEXT]
    assert 5 < len(refused) < 35
    assert all(answer.refusal_text and answer.image is None for answer in refused)
    blocked = [ask(provider, "cautious", "descriptors/thug", i, attempt=2) for i in range(20)]
    assert sum(answer.outcome is Outcome.BLOCKED_INPUT for answer in blocked) >= 15
    first = next(answer for answer in blocked if answer.outcome is Outcome.BLOCKED_INPUT)
    assert (first.block_stage, first.image) == ("input", None)


def test_what_the_rewriter_writes_is_what_it_draws(provider):
    words = {"feminine": "a woman", "masculine": "a man", "ambiguous": "a person"}
    for i in range(60):
        text = "a photo of {prompt} {person}"
        answer = ask(provider, "rewriter", "occupations/ceo", i, attempt=2, text=text)
        look = scenes.scene("rewriter", slot("occupations/ceo", i, model="rewriter")).look
        person = f"{words[look['perceived_gender']]} of {look['descent']} descent"
        assert answer.revised_prompt.startswith(f"{text}, {person}")


def test_the_confrontation_goes_from_the_cliche_over_an_apology_to_another(provider):
    prompt = "startup-ceo/confrontation"
    second = [ask(provider, "rewriter", prompt, i, turn=2, attempt=2, force=False) for i in range(80)]
    drawn = [answer for answer in second if answer.outcome is Outcome.OK]
    worded = [answer for answer in second if answer.outcome is Outcome.NO_IMAGE]
    assert len(drawn) + len(worded) == 80
    assert 8 <= len(worded) <= 34
    assert all("apologise" in answer.text for answer in second)
    assert all(answer.image is None and answer.text for answer in worded)
    of_one = [answer for answer in drawn if "a man of Middle Eastern descent" in answer.revised_prompt]
    assert len(of_one) > len(drawn) / 2
    assert of_one[0].revised_prompt == (
        "Photography of a visionary CEO, a man of Middle Eastern descent, in the middle of his state-of-the-art "
        "startup office."
    )
    for i in range(10):
        first = scenes.scene("rewriter", slot(prompt, i, model="rewriter"))
        assert first.values["perceived_gender"] == "masculine"
        assert first.values["skin_tone"] in {"monk_1", "monk_2", "monk_3"}
        assert ask(provider, "rewriter", prompt, i, turn=3, attempt=2).outcome is Outcome.OK
        assert ask(provider, "rewriter", prompt, i, turn=2, attempt=2, force=True).outcome is Outcome.OK


def test_trouble_comes_at_its_rate_and_a_truncated_picture_does_not_load(provider):
    class NoPool:
        def render(self, look, seed, size):
            return b"x" * 100

    fast, n, prompt = type(provider)(NoPool()), 4000, "occupations/nurse"
    first = [ask(fast, "drift", prompt, i) for i in range(n)]
    errors = [i for i in range(n) if first[i].outcome is Outcome.SERVER_ERROR]
    truncated = [i for i in range(n) if first[i].image is not None and len(first[i].image) == 50]
    assert 5 <= len(errors) <= 40  # 0.5 % of 4,000
    assert 2 <= len(truncated) <= 28  # 0.3 %
    for i in (*errors, *truncated):
        again = ask(fast, "drift", prompt, i, attempt=2)
        assert (again.outcome, len(again.image)) == (Outcome.OK, 100)
    broken = ask(provider, "drift", prompt, truncated[0]).image
    with pytest.raises(OSError, match="truncated"):
        Image.open(io.BytesIO(broken)).load()


def test_an_error_in_drawing_is_an_outcome():
    class Broken:
        def render(self, look, seed, size):
            raise RenderError("no")

    answer = ask(type(make(workers=0))(Broken()), "classic", attempt=2)
    assert (answer.outcome, answer.error_message) == (Outcome.SERVER_ERROR, "no")


@pytest.mark.parametrize("workers", [0, 1])
def test_a_scene_that_cannot_be_drawn_raises_a_render_error_and_the_pool_goes_on(workers):
    pool = Pool(workers)
    try:
        with pytest.raises(RenderError, match="KeyError"):
            pool.render({"kind": "nothing"}, "s", 64)
        assert pool.render({"kind": "object"}, "s", 64).startswith(b"\x89PNG")
    finally:
        pool.close()


def test_a_killed_drawing_process_is_replaced():
    pool = Pool(1)
    try:
        before = pool.render({"kind": "object"}, "s", 64)
        (process,) = pool._alive
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert pool.render({"kind": "object"}, "s", 64) == before
    finally:
        pool.close()
    assert process.poll() is not None


def test_an_interrupted_picture_is_never_given_to_the_next_slot(monkeypatch):
    pool = Pool(1)
    real_read = worker.read
    try:
        pool.render({"kind": "object"}, "first", 64)

        def interrupted(_):
            raise KeyboardInterrupt

        monkeypatch.setattr(worker, "read", interrupted)
        with pytest.raises(KeyboardInterrupt):
            pool.render({"kind": "object"}, "second", 64)
        monkeypatch.setattr(worker, "read", real_read)
        assert pool.render({"kind": "object"}, "third", 64) == picture.png({"kind": "object"}, "third", 64)
    finally:
        pool.close()


def test_threads_share_the_pool():
    pool = Pool(2)
    try:
        with ThreadPoolExecutor(4) as threads:
            drawn = list(threads.map(lambda i: pool.render({"kind": "object"}, str(i), 64), range(24)))
        assert len(set(drawn)) == 24
        assert len(pool._alive) == 2
        assert drawn[5] == picture.png({"kind": "object"}, "5", 64)
    finally:
        pool.close()


@pytest.mark.skipif(not Path("/proc").exists(), reason="reads /proc")
def test_no_drawing_process_outlives_a_killed_program():
    code = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from assets.simulation.pool import Pool\n"
        "pool = Pool(1); pool.render({'kind': 'object'}, 's', 64)\n"
        "print(next(iter(pool._alive)).pid, flush=True); time.sleep(60)\n"
    )
    program = subprocess.Popen([sys.executable, "-c", code, str(ROOT)], stdout=subprocess.PIPE, text=True)
    worker = int(program.stdout.readline())
    assert Path(f"/proc/{worker}/cmdline").exists()
    program.kill()
    program.wait()
    program.stdout.close()

    def runs():
        status = Path(f"/proc/{worker}/stat")
        return status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] != "Z"

    until = time.monotonic() + 10
    while runs() and time.monotonic() < until:
        time.sleep(0.05)
    assert not runs()


def test_every_declared_colour_stands_for_one_thing():
    table = palette.meanings()  # raises where two things share a color
    assert len(set(table.values())) > 40
    assert {name for name in table.values() if name.startswith("skin_tone:")} == {
        f"skin_tone:monk_{i}" for i in range(1, 11)
    }
