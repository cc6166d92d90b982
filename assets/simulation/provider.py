"""The provider `simulated`: models that we make ourselves, whose habits are known because they are planted."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from importlib.metadata import version

from assets.gateway.records import Answer, Outcome
from assets.generation.slots import Request
from assets.simulation import scenes, truth
from assets.simulation.pool import Pool, RenderError
from warehouse import keys
from warehouse.errors import UsageError

SIZES = (64, 1024)  # pixels, both ends included
DEFAULT_SIZE = keys.THUMBNAIL_PX  # pages show no larger one
_PERSONS: Mapping[str, tuple[str, str]] = {
    "feminine": ("a woman", "her"),
    "masculine": ("a man", "his"),
    "ambiguous": ("a person", "their"),
}


def _size(params: Mapping[str, object]) -> int:
    unknown = sorted(set(params) - {"size"})
    if unknown:
        raise UsageError(f"simulated: unknown parameter {unknown[0]!r}; the only one is size")
    size = params.get("size", DEFAULT_SIZE)
    low, high = SIZES
    if isinstance(size, bool) or not isinstance(size, int) or not low <= size <= high:
        raise UsageError(f"simulated: size {size!r} is not a whole number of pixels from {low} to {high}")
    return size


def _persona(model_id: str) -> truth.Persona:
    known = truth.personas()
    if model_id in known:
        return known[model_id]
    close = difflib.get_close_matches(model_id, known, n=1)
    hint = f'did you mean "{close[0]}"?' if close else f"there are {', '.join(known)}"
    raise UsageError(f'simulated: no model "{model_id}"; {hint}')


def _words(says: Mapping[str, object], outcome: str, turn: int) -> str | None:
    text = says.get(outcome)
    if isinstance(text, Mapping):
        text = text.get(turn)
    return text if isinstance(text, str) else None


def _revised(template: str | None, prompt: str, look: Mapping[str, str]) -> str | None:
    if template is None:
        return None
    person, their = _PERSONS[look["perceived_gender"]]
    descent = look.get("descent", "")
    return (
        template.replace("{person}", person)
        .replace("{their}", their)
        .replace("{descent}", descent)
        .replace("{prompt}", prompt)  # last: a prompt's own braces stay as they are
    )


class Simulated:
    """Answers as the personas of `truth.yaml`; the same slot gets the same answer whenever it is asked."""

    name = "simulated"
    adapter_version = "1"
    replayable = True
    paid = False
    idempotent = True
    simulated = True
    converses = True
    endpoint = "in process"

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self.sdk_version = (
            f"dicebear-core {version('dicebear-core')}, dicebear-styles {version('dicebear-styles')}, "
            f"resvg-py {version('resvg-py')}"
        )

    def check(self, model_id: str, params: Mapping[str, object]) -> None:
        """Raise `UsageError` for a persona or a parameter that there is not."""
        _persona(model_id)
        _size(params)

    def ask(self, request: Request) -> Answer:
        """Return the persona's answer to one slot."""
        try:
            persona, size = _persona(request.model_id), _size(request.params)
        except UsageError as error:
            return Answer(outcome=Outcome.INVALID_PARAMS, error_message=str(error))
        slot = request.slot
        if persona.last_week is not None and slot.week > persona.last_week:
            return Answer(
                outcome=Outcome.MODEL_RETIRED,
                error_code="model_retired",
                http_status=404,
                error_message=f"the model {request.model_id} was retired after the week of {persona.last_week}",
            )
        trouble = self._trouble(persona, request)
        if trouble == "server_error":
            return Answer(
                outcome=Outcome.SERVER_ERROR,
                http_status=503,
                error_code="overloaded",
                error_message="simulated: the server is overloaded",
            )
        scene = scenes.scene(request.model_id, slot, request.language)
        outcome = Outcome(scene.outcome)
        if request.force_image and outcome is Outcome.NO_IMAGE:
            outcome = Outcome.OK
        words = _words(persona.says, outcome.value, slot.turn)
        if outcome is Outcome.OK:
            return self._picture(request, scene, size, words, truncate=trouble == "corrupt_image")
        if outcome is Outcome.BLOCKED_INPUT:
            return Answer(
                outcome=outcome,
                http_status=400,
                error_code="content_policy_violation",
                error_message="simulated: the prompt was blocked",
                block_stage="input",
                block_categories=("stereotype",),
                model_reported=request.model_id,
            )
        refusal = words if outcome is Outcome.REFUSED_TEXT else None
        return Answer(
            outcome=outcome,
            refusal_text=refusal,
            text=None if refusal else words,
            model_reported=request.model_id,
        )

    def _trouble(self, persona: truth.Persona, request: Request) -> str | None:
        """Return what goes wrong with this attempt, if anything does; only `lasting_error` outlives the first."""
        mark = scenes.lots(request.slot.slot_key, "trouble").random()
        for kind, rate in persona.trouble.items():
            mark -= rate
            if mark < 0:
                if kind == "lasting_error":
                    return "server_error"
                return kind if request.attempt == 1 else None
        return None

    def _picture(
        self, request: Request, scene: scenes.Scene, size: int, words: str | None, *, truncate: bool
    ) -> Answer:
        try:
            image = self._pool.render(scene.look, f"{request.slot.slot_key}/picture", size)
        except RenderError as error:
            return Answer(outcome=Outcome.SERVER_ERROR, error_type="RenderError", error_message=str(error))
        return Answer(
            outcome=Outcome.OK,
            image=image[: len(image) // 2] if truncate else image,
            revised_prompt=_revised(scene.revise, request.prompt_text, scene.look),
            text=words,
            model_reported=request.model_id,
            seed=int(request.slot.slot_key[:8], 16),
        )
