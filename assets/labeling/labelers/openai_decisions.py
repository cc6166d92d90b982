"""The labeler `openai_decisions`: OpenAI's Decisions API, which chooses from closed lists and says how sure it is.

One question an attribute, its values as choices; the answer holds the choice, its confidence and the probability of
every value, or a refusal of that question alone. The API writes no text, so there is nothing outside the lists.

Sources: the SDK's types (`types/decision.py`, `types/decision_create_params.py`: choices 2 to 255, questions 1 to 400,
pictures as data URLs, only `gpt-6-luna`); it is a public beta. It is billed by input tokens.

Settings of ours: `detail` (auto | low | high | original), `max_side` in pixels. All others are sent as they are.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

import openai
from openai.types.decision_create_params import DecisionCreateParams

from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.base import Probe
from assets.generation.providers.openai.common import KEY_ENV, Account, count
from assets.labeling.asked.forms import DECISION, recognized, wrong_form
from assets.labeling.labelers.openai_vision import units
from assets.labeling.labelers.remote import Remote, failed
from assets.labeling.pictures import ShownPicture
from assets.labeling.questions import INSTRUCTIONS, values, version_of
from assets.labeling.records import Reading, Sight
from assets.suites.schema import Attribute
from warehouse.errors import UsageError

#: The one model that the API serves.
MODELS = ("gpt-6-luna",)
_DECLARED_NUMBER = 1
_NOT_FOR_SETTINGS = frozenset({"model", "input", "questions"})


class OpenAIDecisions(Remote):
    """Asks one question an attribute about one picture; confidence is the API's own."""

    sdk_version = f"openai {openai.__version__}"
    key_names = (KEY_ENV,)

    def __init__(self, entry: LabelerEntry) -> None:
        super().__init__(entry)
        if entry.model_id not in MODELS and entry.connection.base_url is None:
            raise UsageError(
                f'labeler "{entry.name}": the Decisions API has no model "{entry.model_id}"; it has {MODELS[0]}'
            )
        if entry.images_per_request != 1:
            raise UsageError(
                f'labeler "{entry.name}": a decision is about one picture; remove images_per_request'
            )
        self._account = Account(entry.connection)
        self._detail = self.choice("detail", "auto", "low", "high", "original")
        self._sent = self.sent(("detail",))
        self.check_settings(
            self._sent,
            DecisionCreateParams,
            _NOT_FOR_SETTINGS,
            only_known=self._account.is_openai,
            fixed={"model": entry.model_id, "input": "", "questions": []},
        )
        self.endpoint = f"{self._account.base_url}/decisions"

    @cached_property
    def version(self) -> str:
        """Return `<declared number>-<hash of model, words, values, settings and preparation>`."""
        return version_of(
            self.entry,
            number=_DECLARED_NUMBER,
            preparation=self.preparation,
            decisions=[_question(attribute) for attribute in self.entry.questions],
        )

    def probe(self, model_id: str) -> Probe:
        """Ask for the model by its name, which costs nothing."""
        return self._account.probe(model_id)

    def ask(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> Sight:
        """Make one call and read its answer; see `look`."""
        (picture,) = pictures
        shown = {"type": "input_image", "image_url": picture.data_url, "detail": self._detail}
        questions: Any = [_question(attribute) for attribute in self.in_full(attributes)]
        request: Any = [
            {"role": "developer", "content": INSTRUCTIONS},
            {"role": "user", "content": [shown]},
        ]
        reply = self._account.receive(
            lambda client: client.decisions.with_raw_response.create(
                model=self.entry.model_id, input=request, questions=questions, **self._sent
            )
        )
        if isinstance(reply, Answer):
            return failed(recognized(self.entry, DECISION, reply))
        used, model = reply.body.get("usage"), reply.body.get("model")
        facts = {
            **reply.facts,
            "model_reported": model if isinstance(model, str) else None,
            "units": units(used, "input", "output") or units(used, "prompt", "completion"),
        }
        wrong = wrong_form(self.entry, DECISION, reply.body, "", facts)
        return wrong if wrong is not None else _sight(reply.body, attributes, facts)


def _question(attribute: Attribute) -> dict[str, Any]:
    ends = [*attribute.bands] if attribute.ordinal else []
    order = f" The values are steps from {ends[0]} to {ends[-1]}." if ends else ""
    return {
        "type": "choice",
        "name": attribute.id,
        "instructions": " ".join(attribute.question.split()) + order,
        "choices": [{"value": value} for value in values(attribute)],
    }


def _sight(body: Mapping[str, Any], attributes: Sequence[str], facts: Mapping[str, Any]) -> Sight:
    """Return the choices of an answer; a question that has neither choice nor refusal is invalid, with the answer."""
    given = body["answers"]
    by_name = _named(given, attributes)
    declined = tuple(name for name in attributes if by_name.get(name, {}).get("type") == "refusal")
    if len(declined) == len(attributes):
        return Sight(Answer(outcome=Outcome.REFUSED_TEXT, **facts), refused=declined)
    readings = {name: _reading(by_name.get(name)) for name in attributes if name not in declined}
    return Sight(Answer(outcome=Outcome.OK, **facts), (readings,), declined)


def _named(given: Sequence[object], attributes: Sequence[str]) -> dict[str, Mapping[str, Any]]:
    """Return answers by the names of their questions; one without a name is of the question in its place."""
    named: dict[str, Mapping[str, Any]] = {}
    for place, answer in enumerate(given):
        if isinstance(answer, Mapping):
            name = answer.get("name") or (attributes[place] if place < len(attributes) else None)
            if isinstance(name, str):
                named.setdefault(name, answer)
    return named


def _reading(answer: Mapping[str, Any] | None) -> Reading:
    """Return a choice with its confidence; the probabilities of all values are in `raw`."""
    given = answer or {}
    choice = given.get("choice")
    if not isinstance(choice, str):
        return Reading("", raw=json.dumps(given) if answer else "the question has no answer")
    confidence = count(given, "confidence")
    shares = [one for one in given.get("probabilities") or () if isinstance(one, Mapping)]
    chances = {str(one.get("value")): one.get("probability") for one in shares}
    return Reading(
        choice,
        confidence if confidence is not None and 0 <= confidence <= 1 else None,
        json.dumps({"probabilities": chances}, sort_keys=True) if chances else None,
    )
