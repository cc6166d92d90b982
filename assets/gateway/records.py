"""The records of every call: who is called, what came back, the outcomes of an attempt, the columns of a receipt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Outcome(StrEnum):
    """What one attempt ended with; exactly one each (DESIGN: outcomes of an attempt)."""

    OK = "ok"
    BLOCKED_INPUT = "blocked_input"
    BLOCKED_OUTPUT = "blocked_output"
    REFUSED_TEXT = "refused_text"
    NO_IMAGE = "no_image"
    RATE_LIMITED = "rate_limited"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    SERVER_ERROR = "server_error"
    BATCH_EXPIRED = "batch_expired"
    AUTH = "auth"
    QUOTA_EXHAUSTED = "quota_exhausted"
    MODEL_RETIRED = "model_retired"
    INVALID_PARAMS = "invalid_params"
    CORRUPT_IMAGE = "corrupt_image"
    WRONG_TYPE = "wrong_type"
    TOO_LARGE = "too_large"
    EMPTY_ANSWER = "empty_answer"
    BUDGET_STOPPED = "budget_stopped"
    UNKNOWN_CHARGE = "unknown_charge"
    NOT_NEEDED = "not_needed"
    RETRACTED = "retracted"  # of an answer that was taken back, as it is loaded; no receipt has it


Group = Literal["success", "answer", "transient", "stop", "bad_data", "policy"]

_IN_GROUP: Mapping[Group, tuple[Outcome, ...]] = {
    "success": (Outcome.OK,),
    "answer": (Outcome.BLOCKED_INPUT, Outcome.BLOCKED_OUTPUT, Outcome.REFUSED_TEXT, Outcome.NO_IMAGE),
    "transient": (
        Outcome.RATE_LIMITED,
        Outcome.TIMEOUT,
        Outcome.CONNECTION,
        Outcome.SERVER_ERROR,
        Outcome.BATCH_EXPIRED,
    ),
    "stop": (Outcome.AUTH, Outcome.QUOTA_EXHAUSTED, Outcome.MODEL_RETIRED, Outcome.INVALID_PARAMS),
    "bad_data": (Outcome.CORRUPT_IMAGE, Outcome.WRONG_TYPE, Outcome.TOO_LARGE, Outcome.EMPTY_ANSWER),
    "policy": (Outcome.BUDGET_STOPPED, Outcome.UNKNOWN_CHARGE, Outcome.NOT_NEEDED, Outcome.RETRACTED),
}
GROUPS: Mapping[Outcome, Group] = {
    outcome: group for group, outcomes in _IN_GROUP.items() for outcome in outcomes
}

#: Never requested again: success, the model's own answers, turns that had no reason to be asked, what was taken back.
FINAL = frozenset(
    {o for o, group in GROUPS.items() if group in {"success", "answer"}}
    | {Outcome.NOT_NEEDED, Outcome.RETRACTED}
)


@dataclass(frozen=True)
class Call:
    """One call to a service, as pace, breaker and budget know it, whatever is asked for."""

    key: str  # names the call among those that count for its week; one key per attempt
    who: str
    params: Mapping[str, Any] | None = None  # equal ones cost alike; None where every call of `who` does


@dataclass(frozen=True)
class Paid:
    """What a call came to, as pace, breaker and budget know it."""

    outcome: Outcome
    cost_usd: float | None = None  # None: not known
    cost_basis: str | None = None  # `reported`, `computed` or `estimated`
    requested_at: datetime | None = None  # UTC without a zone


class Record(BaseModel):
    """An immutable record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


#: `error_code` of answers that came and cannot be used; the service works, and says the same to the next call.
UNREADABLE = frozenset({"wrong_form", "empty_answer", "cut_off"})
#: Most characters kept of a body that was not understood.
RAW_BODY_CHARS = 20_000


class RateLimit(Record):
    """What an answer's headers say about the limit of requests; what they do not say is None."""

    limit: float | None = None  # requests in a window
    remaining: float | None = None
    reset_s: float | None = None  # seconds until `remaining` is `limit` again


class Answer(Record):
    """What a provider gave back for one call. Fields that a provider does not report stay None."""

    outcome: Outcome
    image: bytes | None = None
    revised_prompt: str | None = None
    refusal_text: str | None = None
    text: str | None = None  # words beside or instead of a picture (an apology)
    model_reported: str | None = None
    seed: int | None = None
    #: Equal for pictures that one job or call drew or refused, or one seed: they are not independent. None: its own.
    cluster: str | None = None
    block_stage: str | None = None
    block_categories: tuple[str, ...] = ()
    error_code: str | None = None
    error_type: str | None = None
    error_message: str | None = None
    http_status: int | None = None
    request_id: str | None = None
    retry_after_s: float | None = None
    usage: dict[str, Any] | None = None
    cost_usd: float | None = None
    cost_basis: Literal["reported", "computed", "estimated"] | None = None
    provider_conversation_id: str | None = None
    #: No row of the provider's error table matched: the outcome is `server_error`, the body is kept.
    unmapped: bool | None = None
    raw_body: str | None = None  # of an answer that was not understood, cut to RAW_BODY_CHARS
    #: What the price table counts, by its names (`images`, `image_out`, `text_in`, …); None: not reported.
    units: dict[str, float] | None = None
    #: The call was sent and its answer did not come whole: it may be billed, and counts as spent.
    maybe_billed: bool = False
    price_factor: float = 1.0  # of the price table: calls in a batch cost less
    rate: RateLimit | None = None
    original_sha256: str | None = None  # before text chunks with an account name were taken out
    original_created_at: str | None = None
