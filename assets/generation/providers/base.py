"""What a provider is: one object that answers one request, and says what may be done with it.

A new provider is one file beside this one and one row in `registry`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Protocol, cast

from assets.gateway.records import Answer, Outcome
from assets.generation.slots import Request
from warehouse.errors import UsageError


class Provider(Protocol):
    """Answers requests; holds no state that outlives it. `ask` may be called from several threads at once."""

    name: str
    adapter_version: str
    #: A replayable provider gives the same answer to the same slot whenever it is asked, so it may be asked for
    #: past weeks. Every other one is refused for any week but the current.
    replayable: bool
    #: A paid call is preceded by an intent that is on disk before the call.
    paid: bool
    #: The provider recognizes a repeated call by its key and does not bill it twice.
    idempotent: bool
    #: Pictures are made by us; they are called simulated wherever they are seen and are never ranked with real ones.
    simulated: bool
    endpoint: str
    sdk_version: str

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` if this provider cannot take the model id or the parameters; asks nothing."""

    def ask(self, request: Request) -> Answer:
        """Return the answer to one request; an error of the API is an outcome, never an exception."""


@dataclass(frozen=True)
class Probe:
    """What a free call said: whether the key works and the model exists (None: there is no free way to know)."""

    key_ok: bool | None
    model_ok: bool | None
    line: str  # one line for people; never a key
    certain: bool = False  # a run would meet the same: the address is refused, the host has no name, …
    shutdown_date: dt.date | None = None  # as the service announces it


#: `error_code` of calls that never left: the next one meets the same, until a setting or the network is changed.
NEVER_LEFT = frozenset(
    [
        "refused_address",
        "dns_failure",
        "tls_error",
        "connect_failed",
        "request_not_sent",
        "no_key",
        "not_ready",
    ]
)


class Service:
    """What most providers have in common: they are paid, and no API recognizes a repeated call."""

    adapter_version = "1"
    replayable = False
    paid = True
    idempotent = False
    simulated = False


def installed(name: str) -> str:
    """Return the version of an installed package, else the word `missing`."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"


def check_names(who: str, params: Collection[str], known: Collection[str], more: str = "") -> None:
    """Raise `UsageError` for the first parameter that is not known."""
    if unknown := sorted(set(params) - set(known)):
        raise UsageError(f'{who} "{unknown[0]}"; known: {", ".join(sorted(known))}{more}')


def no_key(error: UsageError) -> Answer:
    """Return the answer to a call without its key."""
    return Answer(outcome=Outcome.AUTH, error_code="no_key", error_message=str(error))


def probe_of(name: str, answer: Answer, *, missing: bool = False) -> Probe:
    """Return what trouble with a free call says: the key is wrong, the model is `missing`, or neither is known."""
    key_ok = False if answer.outcome is Outcome.AUTH else True if missing else None
    line = f"{name}: {answer.error_message or answer.error_code or answer.outcome}"
    return Probe(key_ok, False if missing else None, line, certain=answer.error_code in NEVER_LEFT)


def day_of(value: object) -> dt.date | None:
    """Return the day that a service writes as a date, as a moment in ISO form, or in seconds since 1970; else None."""
    try:
        if isinstance(value, int | float) and not isinstance(value, bool):
            return dt.datetime.fromtimestamp(value, dt.UTC).date()
        return dt.date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except (ValueError, OverflowError, OSError):
        return None


def probe(provider: Provider, model_id: str) -> Probe | None:
    """Return what a provider's free call says about its key and a model, or None if it has nobody to ask.

    A provider may have a method `probe(model_id) -> Probe`; a key that is not set is an answer, not an exception.
    """
    asks: Callable[[str], Probe] | None = getattr(provider, "probe", None)
    return asks(model_id) if asks else None


def offers(provider: Provider) -> list[str] | Answer | None:
    """Return the ids of the models that draw pictures, as a service lists them for free; None: it has no list.

    A provider may have a method `offers() -> list[str] | Answer`; trouble is an answer, a missing key too.
    """
    asks: Callable[[], list[str] | Answer] | None = getattr(provider, "offers", None)
    return asks() if asks else None


def answerable(provider: Provider) -> frozenset[str] | None:
    """Return the keys of the slots that a provider has answers for (a folder import), or None: it can be asked any."""
    return cast("frozenset[str] | None", getattr(provider, "slot_keys", None))


def refused_turn(provider: str, request: Request) -> Answer | None:
    """Return the answer to a later turn of a conversation, which stops the run, or None: the request stands alone."""
    if not request.history:
        return None
    message = f"{provider} holds no conversations; remove conversations from this model's suites"
    return Answer(outcome=Outcome.INVALID_PARAMS, error_code="no_conversation", error_message=message)


def slot_seed(slot_key: str, below: int = 2**31) -> int:
    """Return the seed of a slot: at least 1 (0 is "random" for some APIs) and less than `below`."""
    return 1 + int(slot_key[:12], 16) % (below - 1)


def seed_of(params: Mapping[str, Any], slot_key: str) -> int | None:
    """Return the seed to send for a slot, None if its model is asked without one."""
    return slot_seed(slot_key) if "seed" in params else None


def check_seed(provider: str, params: Mapping[str, Any], *, taken: bool = True) -> None:
    """Raise `UsageError` for a seed that is the same for all slots, or that the model does not take."""
    if "seed" not in params:
        return
    if not taken:
        raise UsageError(f"{provider}: this model takes no seed; remove seed")
    if params["seed"] != "slot":
        raise UsageError(
            f"{provider}: seed {params['seed']!r} would make all pictures of a prompt the same; "
            'write "seed: slot" (each slot its own) or remove it'
        )
