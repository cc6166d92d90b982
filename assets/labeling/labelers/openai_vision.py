"""The labeler `openai_vision`: a vision model of OpenAI, or of any server that speaks like it, with structured outputs.

Sources: the SDK's types of `responses.create` and `chat.completions.create`; OpenAI's guides to structured outputs and
to images. vLLM, LocalAI and Ollama serve `chat/completions` with `response_format: json_schema`, pictures and log
probabilities; their Responses API is younger and takes less, so `api: chat` is the setting for them.

Settings of ours: `api` (responses | chat), `detail` (auto | low | high | original), `logprobs` (true asks for them: a
reasoning model refuses), `max_side` in pixels. All others are sent as they are.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any, NamedTuple

import openai
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from openai.types.responses.response_create_params import ResponseCreateParamsNonStreaming

from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.base import Probe
from assets.generation.providers.openai.batches import BatchAccount
from assets.generation.providers.openai.common import KEY_ENV, Account, Received, count
from assets.labeling.asked.forms import CHAT, RESPONSE, recognized, wrong_form
from assets.labeling.labelers.remote import Remote, answered, cut_off, failed
from assets.labeling.pictures import ShownPicture
from assets.labeling.questions import (
    INSTRUCTIONS,
    SCHEMA_NAME,
    picture_names,
    question_text,
    schema,
    version_of,
)
from assets.labeling.records import Reading, Sight

_DECLARED_NUMBER = 1
_OURS = ("api", "detail", "logprobs")
#: Set by us: one whole answer about what we show, kept by nobody.
_NOT_FOR_SETTINGS = frozenset(
    (
        *("model", "input", "messages", "instructions", "text", "response_format", "stream"),
        *("stream_options", "include", "n", "background", "conversation", "previous_response_id"),
        *("prompt", "tools", "functions", "metadata", "user", "modalities", "audio"),
    )
)
#: Others go into the body as they are.
_CHAT_NAMES = frozenset(CompletionCreateParamsNonStreaming.__annotations__)


class OpenAIVision(Remote):
    """Asks one model about pictures; the answer's values are bound to the closed lists by the schema."""

    sdk_version = f"openai {openai.__version__}"
    key_names = (KEY_ENV,)

    def __init__(self, entry: LabelerEntry) -> None:
        super().__init__(entry)
        self._account = Account(entry.connection)
        self._api = self.choice("api", "responses", "chat")
        self._detail = self.choice("detail", "auto", "low", "high", "original")
        self._logprobs = self.flag("logprobs")
        self._sent = self.sent(_OURS)
        of_responses = self._api == "responses"
        kind: Any = ResponseCreateParamsNonStreaming if of_responses else CompletionCreateParamsNonStreaming
        self.check_settings(
            self._sent,
            kind,
            _NOT_FOR_SETTINGS,
            only_known=self._account.is_openai,
            fixed={"model": entry.model_id, "messages": [], "input": ""},
        )
        self.endpoint = f"{self._account.base_url}/{'responses' if of_responses else 'chat/completions'}"
        self._form = RESPONSE if of_responses else CHAT

    @cached_property
    def version(self) -> str:
        """Return `<declared number>-<hash of model, words, schema, settings and preparation>`."""
        return version_of(self.entry, number=_DECLARED_NUMBER, preparation=self.preparation)

    def probe(self, model_id: str) -> Probe:
        """Ask for the model by its name, which costs nothing."""
        return self._account.probe(model_id)

    def ask(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> Sight:
        """Make one call and read its answer; see `look`."""
        request = self.request(pictures, attributes)
        if self._api == "responses":
            reply = self._account.receive(lambda client: client.responses.with_raw_response.create(**request))
        else:
            extra = {name: request.pop(name) for name in [*request] if name not in _CHAT_NAMES}
            reply = self._account.receive(
                lambda client: client.chat.completions.with_raw_response.create(
                    **request, extra_body=extra or None
                )
            )
        return self.read_answer(reply, attributes, len(pictures))

    @property
    def batches(self) -> BatchAccount | None:
        """Return the batches of the endpoint that is asked, where the entry wants labels in batches."""
        if not self.entry.batch:
            return None
        return BatchAccount(
            self._account, "/v1/responses" if self._form == RESPONSE else "/v1/chat/completions"
        )

    def request(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> dict[str, Any]:
        """Return the body of a call."""
        asked = self.in_full(attributes)
        words = question_text(asked, len(pictures))
        form = {"name": SCHEMA_NAME, "strict": True, "schema": schema(asked, len(pictures))}
        return (self._responses if self._api == "responses" else self._chat)(words, form, pictures)

    def read_answer(self, received: Received | Answer, attributes: Sequence[str], pictures: int) -> Sight:
        """Return what the answer to a call came to."""
        if isinstance(received, Answer):
            return failed(recognized(self.entry, self._form, self._hinted(received)))
        used, model = received.body.get("usage"), received.body.get("model")
        facts = {
            **received.facts,
            "model_reported": model if isinstance(model, str) else None,
            "units": units(used, "input", "output") or units(used, "prompt", "completion"),
        }
        if (wrong := wrong_form(self.entry, self._form, received.body, "", facts)) is not None:
            return wrong
        read = _read_response if self._api == "responses" else _read_chat
        content = read(self._account, received.body, facts)
        if isinstance(content, Sight):
            return content
        text, tokens = content
        sight = answered(text, attributes, pictures, facts)
        return replace(sight, readings=_with_confidence(sight.readings, text, tokens))

    def _responses(
        self, words: str, form: Mapping[str, Any], pictures: Sequence[ShownPicture]
    ) -> dict[str, Any]:
        shown = [
            {"type": "input_image", "image_url": picture.data_url, "detail": self._detail}
            for picture in pictures
        ]
        request: dict[str, Any] = {
            "store": False,
            **self._sent,
            "model": self.entry.model_id,
            "instructions": INSTRUCTIONS,
            "input": [{"role": "user", "content": [*shown, {"type": "input_text", "text": words}]}],
            "text": {"format": {"type": "json_schema", **form}},
        }
        if self._logprobs:
            request["include"] = ["message.output_text.logprobs"]
        return request

    def _chat(self, words: str, form: Mapping[str, Any], pictures: Sequence[ShownPicture]) -> dict[str, Any]:
        detail = {} if self._detail == "original" else {"detail": self._detail}
        shown = [
            {"type": "image_url", "image_url": {"url": picture.data_url, **detail}} for picture in pictures
        ]
        request: dict[str, Any] = {
            **self._sent,
            "model": self.entry.model_id,
            "messages": [
                {"role": "system", "content": INSTRUCTIONS},
                {"role": "user", "content": [*shown, {"type": "text", "text": words}]},
            ],
            "response_format": {"type": "json_schema", "json_schema": dict(form)},
        }
        if self._logprobs:
            request["logprobs"] = True
        return request

    def _hinted(self, answer: Answer) -> Answer:
        """Say what to do where a compatible server has no Responses API."""
        if answer.http_status not in {404, 405} or self._api == "chat" or self._account.is_openai:
            return answer
        hint = "if the server has no Responses API, write api: chat in the labeler's settings"
        return answer.model_copy(update={"error_message": f"{answer.error_message or 'not found'}; {hint}"})


class Token(NamedTuple):
    """One token of an answer: its bytes and its log probability (natural)."""

    text: bytes
    logprob: float


#: What kept an answer from being read, or its text with its tokens.
_Said = Sight | tuple[str, list[Token]]


def _read_response(account: Account, body: Mapping[str, Any], facts: Mapping[str, Any]) -> _Said:
    """Return what an object of the Responses API says."""
    status = body.get("status")
    if body.get("error") or status in {"failed", "cancelled"}:
        return failed(account.failed(body, facts))
    messages = [item for item in _list(body.get("output")) if item.get("type") == "message"]
    parts = [part for item in messages for part in _list(item.get("content"))]
    if refusals := [part for part in parts if part.get("type") == "refusal"]:
        return _refused(str(refusals[0].get("refusal") or ""), facts)
    reason = (body.get("incomplete_details") or {}).get("reason") if status == "incomplete" else None
    if reason:
        return _filtered(facts) if reason == "content_filter" else cut_off("max_output_tokens", facts)
    texts = [part for part in parts if part.get("type") == "output_text"]
    text = "".join(str(part.get("text") or "") for part in texts)
    return text, [token for part in texts for token in tokens_of(_list(part.get("logprobs")))]


def _read_chat(account: Account, body: Mapping[str, Any], facts: Mapping[str, Any]) -> _Said:
    """Return what an object of the Chat Completions API says."""
    del account  # an error in the body is no object of this API
    choice = (_list(body.get("choices")) or [{}])[0]
    message = choice.get("message") or {}
    if message.get("refusal"):
        return _refused(str(message["refusal"]), facts)
    if choice.get("finish_reason") == "content_filter":
        return _filtered(facts)
    if choice.get("finish_reason") == "length":
        return cut_off("max_completion_tokens", facts)
    tokens = tokens_of(_list((choice.get("logprobs") or {}).get("content")))
    return str(message.get("content") or ""), tokens


def _refused(words: str, facts: Mapping[str, Any]) -> Sight:
    return Sight(Answer(outcome=Outcome.REFUSED_TEXT, refusal_text=words or None, **facts))


def _filtered(facts: Mapping[str, Any]) -> Sight:
    return Sight(Answer(outcome=Outcome.BLOCKED_OUTPUT, block_stage="output", **facts))


def units(usage: object, into: str, out: str) -> dict[str, float] | None:
    """Return tokens by the names of the price table; pictures are counted among the input by these APIs."""
    total, written = count(usage, f"{into}_tokens"), count(usage, f"{out}_tokens")
    if total is None and written is None:
        return None
    cached = count(usage, f"{into}_tokens_details", "cached_tokens") or 0.0
    return {
        "text_in": max(0.0, (total or 0.0) - cached),
        "cached_text_in": cached,
        "text_out": written or 0.0,
    }


def _list(value: object) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _with_confidence(
    read: Sequence[Mapping[str, Reading]], text: str, tokens: Sequence[Token]
) -> tuple[Mapping[str, Reading], ...]:
    """Return readings with the probability of their tokens as confidence, where the API gave tokens."""
    if not tokens:
        return tuple(read)
    return tuple(
        {
            name: replace(
                reading,
                confidence=value_probability(
                    text, tokens, name, reading.value, picture=number, pictures=len(read)
                ),
            )
            for name, reading in readings.items()
        }
        for number, readings in enumerate(read, start=1)
    )


def tokens_of(logprobs: Iterable[Mapping[str, Any]]) -> list[Token]:
    """Return tokens as the OpenAI API reports them (`token`, `bytes`, `logprob`)."""
    return [
        Token(
            bytes(one["bytes"]) if one.get("bytes") else str(one.get("token", "")).encode(),
            float(one.get("logprob", math.nan)),
        )
        for one in logprobs
    ]


def value_probability(
    text: str, tokens: Sequence[Token], attribute: str, value: str, *, picture: int = 1, pictures: int = 1
) -> float | None:
    """Return the probability in [0, 1] of the tokens that spell `value` as the answer to `attribute`.

    That is the product over the tokens that overlap the value between its quotes. None if the tokens do not spell the
    text, or the value is not found exactly once.
    """
    if not tokens or b"".join(token.text for token in tokens) != text.encode():
        return None
    start, end = _part_of(text, picture, pictures)
    pattern = re.compile(rf"{re.escape(_json(attribute))}\s*:\s*\"({re.escape(_json(value)[1:-1])})\"")
    matches = list(pattern.finditer(text, start, end))
    if len(matches) != 1:
        return None
    first, last = (len(text[:at].encode()) for at in matches[0].span(1))
    at, total = 0, 0.0
    for token in tokens:
        after = at + len(token.text)
        if at < last and after > first:
            total += token.logprob
        at = after
    probability = math.exp(min(total, 0.0))
    return None if math.isnan(probability) else probability


def _part_of(text: str, picture: int, pictures: int) -> tuple[int, int]:
    """Return where in the text the answer about one of several pictures stands."""
    if pictures == 1:
        return 0, len(text)
    marks = [text.find(_json(name)) for name in picture_names(pictures)]
    start = marks[picture - 1]
    later = [mark for mark in marks if mark > start]
    return (start, min(later, default=len(text))) if start >= 0 else (0, 0)


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
