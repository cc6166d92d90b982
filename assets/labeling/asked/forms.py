"""The form in which a service answered, where it is not the form that was asked for, and the setting that fixes it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping
from typing import Any

from assets.gateway.models_file import LabelerEntry
from assets.gateway.records import RAW_BODY_CHARS, Answer, Outcome
from assets.labeling.records import Sight

#: `error_code` of an answer that came, and is not in the form of the API; `error_type` names the form.
WRONG_FORM = "wrong_form"
#: `error_code` of words where an object was asked for. They are a refusal of a labeler that has answered before.
IN_WORDS = "words"
CHAT, RESPONSE, DECISION, MESSAGE = "chat_completion", "response", "decision", "message"
_SCHEMA = "use a model and a server that keep to a JSON schema (structured outputs)"
_SHOWN = 80  # characters of an answer's own words

#: Of JSON objects, the first that matches: form, what it is called, how it is known.
_OBJECTS: tuple[tuple[str, str, Callable[[Mapping[str, Any]], bool]], ...] = (
    (
        CHAT,
        "a chat completion",
        lambda body: _is(body, "chat.completion") or _has(body, "choices", "message"),
    ),
    ("completion", "a text completion", lambda body: _has(body, "choices", "text")),
    (RESPONSE, "a Responses answer", lambda body: _is(body, "response") or _has(body, "output", "content")),
    (DECISION, "a Decisions answer", lambda body: isinstance(body.get("answers"), list)),
    (MESSAGE, "an Anthropic message", lambda body: body.get("type") == "message"),
    ("candidates", "a Gemini answer", lambda body: isinstance(body.get("candidates"), list)),
    ("ollama", "an answer of Ollama's own API", lambda body: "done" in body and "model" in body),
    ("error", "an error", lambda body: bool(_words(body))),
)
#: Of everything else: form, what it is called, how its text begins.
_TEXTS: tuple[tuple[str, str, str], ...] = (
    ("empty", "empty", r"\s*$"),
    ("html", "an HTML page", r"\s*(<!doctype html|<html|<head|<body)"),
    ("xml", "XML", r"\s*<\?xml|\s*<[a-z]"),
    ("events", "a stream of events", r"\s*((data|event|id|retry):|: )"),
    ("json", "JSON, but no object", r"\s*[\[\"\d]"),
    ("text", "plain text", ""),
)
#: The form of each kind of labeler, by its setting `api`.
_API = {CHAT: "chat", RESPONSE: "responses"}
#: What an answer in the form of each has a list of.
_LISTS = {CHAT: "choices", RESPONSE: "output", DECISION: "answers", MESSAGE: "content"}
_KIND = {CHAT: "openai_vision", RESPONSE: "openai_vision"}
_KIND |= {DECISION: "openai_decisions", MESSAGE: "anthropic_vision"}


def form_of(body: object, text: str = "") -> tuple[str, str]:
    """Return the form of an answer and what it is called."""
    if isinstance(body, Mapping):
        match = next(((form, called) for form, called, knows in _OBJECTS if knows(body)), None)
        return match or ("object", "a JSON object of no known form")
    return next((form, called) for form, called, begins in _TEXTS if re.match(begins, text, re.IGNORECASE))


def wrong_form(
    entry: LabelerEntry, asked: str, body: object, text: str, facts: Mapping[str, Any]
) -> Sight | None:
    """Return what an answer came to whose form is not that which was `asked` for, or None if it is that.

    It may have been billed: it counts as spent with what its usage says, else with the most that a call can cost.
    """
    if isinstance(body, Mapping) and isinstance(body.get(_LISTS[asked]), list):
        return None
    form, called = form_of(body, text)
    if form == asked:
        return None
    raw = json.dumps(body, ensure_ascii=False) if isinstance(body, Mapping) else text
    message = (
        f"the answer is {called}{_quoted(form, body, text)}, not {_CALLED[asked]}; {_fix(entry, asked, form)}"
    )
    return _wrong({**facts, "maybe_billed": True}, form, message, raw)


def wrong_text(text: str, names: Collection[str], facts: Mapping[str, Any]) -> Sight | None:
    """Return what a call came to whose text is not the JSON object that was asked for; None if it may be read.

    Words alone are no matter of form: the labeler declined in its own way. An object that names some of what was asked
    is read, and what it leaves out is `invalid`.
    """
    match = _form_of_text(text, names)
    if match is None:
        return None
    form, called = match
    message = (
        f'the answer\'s text is {called} ("{_cut(text)}"), not the JSON object that was asked for; {_SCHEMA}'
    )
    return _wrong(facts, form, message, text)


def _wrong(facts: Mapping[str, Any], form: str, message: str, raw: str) -> Sight:
    """Return an answer in the wrong form, beginning with what is known of it otherwise."""
    fields = {"error_code": WRONG_FORM, "error_type": form, "error_message": message}
    raw = raw[:RAW_BODY_CHARS]
    return Sight(Answer(**{**facts, **fields, "outcome": Outcome.SERVER_ERROR, "raw_body": raw}))


def declined_in_words(text: str, facts: Mapping[str, Any]) -> Sight:
    """Return what a call came to whose text is words alone: declined, unless the labeler never says anything else."""
    message = f'the answer is words ("{_cut(text)}"), not the JSON object that was asked for; {_SCHEMA}'
    fields = {"refusal_text": text, "error_code": IN_WORDS, "error_message": message}
    return Sight(Answer(**{**facts, **fields, "outcome": Outcome.REFUSED_TEXT}))


def _form_of_text(text: str, names: Collection[str]) -> tuple[str, str] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return ("around", "words around a JSON object") if _holds_object(text) else None
    if not isinstance(value, Mapping):
        return "json", "JSON, but no object"
    return None if value.keys() & {*names} else ("other_keys", "a JSON object with none of the keys")


def _holds_object(text: str) -> bool:
    """Return whether a JSON object begins somewhere after the first words."""
    for match in re.finditer(r"\{", text[:RAW_BODY_CHARS]):
        if match.start() == 0:
            return False
        try:
            value, _ = json.JSONDecoder().raw_decode(text, match.start())
        except ValueError:
            continue
        return bool(value)
    return False


def recognized(entry: LabelerEntry, asked: str, answer: Answer) -> Answer:
    """Return an answer of success that could not be read (a page, text, an error in JSON) as one of a wrong form."""
    came = answer.http_status is not None and 200 <= answer.http_status < 300
    if not (came and answer.outcome is Outcome.SERVER_ERROR and answer.unmapped):
        return answer
    try:
        body = json.loads(answer.raw_body or "")
    except ValueError:
        body = None
    facts = answer.model_dump(exclude={"unmapped"})
    sight = wrong_form(entry, asked, body, answer.raw_body or "", facts)
    return sight.answer if sight is not None else answer


_CALLED = {form: called for form, called, _ in _OBJECTS}


def _fix(entry: LabelerEntry, asked: str, form: str) -> str:
    """Return the setting that fixes it."""
    kind = _KIND.get(form)
    if kind is None:
        return _LOOK.get(form, "look at base_url of its connection: it ends in /v1 for most servers")
    api = f"api: {_API[form]}" if form in _API else ""
    if kind == entry.labeler:
        return f"write settings: {{{api}}} for labeler {entry.name} in models.yaml"
    more = f" and settings: {{{api}}}" if form == CHAT else ""
    return f"write labeler: {kind}{more} for {entry.name} in models.yaml"


_LOOK = {
    "error": "look at what the server says",
    "completion": "look at base_url of its connection: this server answers with the old Completions API",
    "candidates": "look at base_url of its connection: Gemini's OpenAI-compatible address ends in /v1beta/openai",
    "events": "switch streaming off: look at stream in the labeler's settings, or at the server's own",
}


def _quoted(form: str, body: object, text: str) -> str:
    if form == "error" and isinstance(body, Mapping):
        return f' ("{_cut(_words(body))}")'
    if form == "html" and (title := re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)):
        return f' ("{_cut(title[1])}")'
    return f' ("{_cut(text)}")' if form in {"text", "json", "xml"} else ""


def _cut(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def _words(body: Mapping[str, Any]) -> str:
    """Return what an error in JSON says, or an empty string if it is none."""
    error = body.get("error") or body.get("errors") or body.get("detail") or body.get("message")
    if isinstance(error, Mapping):
        error = error.get("message") or error.get("code") or json.dumps(error)
    return error if isinstance(error, str) else json.dumps(error) if error else ""


def _is(body: Mapping[str, Any], name: str) -> bool:
    return body.get("object") == name


def _has(body: Mapping[str, Any], name: str, inner: str) -> bool:
    items = body.get(name)
    return isinstance(items, list) and any(isinstance(one, Mapping) and inner in one for one in items)
