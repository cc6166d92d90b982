"""What a contract server is set to answer: a call as it sees it, a reply, rules as data, a limit of requests.

Belongs here: the vocabulary of scripts. Does not belong here: endpoints (`openai.endpoints`), HTTP (`openai_contract`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Call:
    """One request as the server sees it; `number` counts all calls of this server from 1."""

    number: int
    path: str
    body: dict[str, Any]
    headers: dict[str, str]
    prompt: str
    forced: bool  # a picture is asked for: always by images.generate, by tool_choice in a response
    turn: int  # of a conversation by previous_response_id, from 1


@dataclass(frozen=True)
class Reply:
    """What one call is answered with. Everything has a default; JSON of the same names makes one too."""

    images: int | None = None  # pictures; None: one if a picture is asked for
    image: bytes | None = None  # the picture's bytes; None: a small one of the call's own
    as_url: bool = False  # an address on this server instead of base64
    revised_prompt: str | None = None  # a response always has one: "revised: …" unless it is given
    text: str | None = None
    refusal: str | None = None
    call_error: dict[str, Any] | None = (
        None  # of an image_generation_call: code, type, message, moderation_details
    )
    status: str = "completed"  # of a response
    incomplete_reason: str | None = None
    response_error: dict[str, Any] | None = None  # of a failed response
    error: dict[str, Any] | None = None  # HTTP error: status, code, type, message, moderation_details
    raw: str | None = None  # this body as it is, with `raw_status` and `raw_type`
    raw_status: int = 200
    raw_type: str = "application/json"
    usage: bool = True  # False: none is reported
    extra: dict[str, Any] = field(default_factory=dict)  # fields that another vendor adds to the answer's top
    extra_item: dict[str, Any] = field(default_factory=dict)  # … and to each picture
    headers: dict[str, str] = field(default_factory=dict)
    latency_s: float | None = None  # None: the server's
    fault: str | None = None  # reset | cut


@dataclass(frozen=True)
class Rule:
    """A row of a script that is data: the first rule whose turn it is answers a call."""

    reply: Reply
    every: int = 1  # each so-manyth call

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> Rule:
        return cls(**{**data, "reply": Reply(**data.get("reply", {}))})


@dataclass(frozen=True)
class Answered:
    """What a handler gives back; `reply` holds the headers and the fault that are put on top."""

    body: bytes
    status: int = 200
    kind: str = "application/json"
    reply: Reply = Reply()


class RefusedError(Exception):
    """The call ends with an HTTP error, of which `reply` holds headers and fault."""

    def __init__(self, status: int, error: Mapping[str, Any], reply: Reply = Reply()) -> None:
        super().__init__(str(error.get("message")))
        self.status = status
        self.error = {"type": "invalid_request_error", **error}
        self.reply = reply
