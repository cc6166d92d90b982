"""What the services of models.yaml offer and the file lacks; with free calls alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.gateway.models_file import ModelEntry
from assets.gateway.network.connection import Connection
from assets.generation.providers.base import offers
from assets.generation.providers.registry import PROVIDERS, make_provider
from warehouse.errors import ClicheError

_LIST_S = 20.0  # seconds for one list


@dataclass(frozen=True)
class Offered:
    """What one service lists: models that the file lacks, those in it that are switched off, entries not in the list.

    `trouble`: why the list could not be read; the rest is empty then.
    """

    service: str
    new: tuple[str, ...] = ()
    switched_off: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    trouble: str | None = None


def services_of(
    entries: Sequence[ModelEntry], named: Sequence[str]
) -> dict[tuple[str, Connection], list[ModelEntry]]:
    """Return the services to ask with their entries: those of the file, or those that are named.

    A service that is named and that no entry asks is reached in the usual way.
    """
    found: dict[tuple[str, Connection], list[ModelEntry]] = {}
    for entry in entries:
        if not named or entry.provider in named:
            found.setdefault((entry.provider, entry.connection), []).append(entry)
    for name in named:
        if not any(provider == name for provider, _ in found):
            found[name, Connection()] = []
    return found


def look_at_offers(entries: Sequence[ModelEntry], text: str, named: Sequence[str]) -> Iterator[Offered]:
    """Yield what each service lists; services without a list are left out. `text` is that of models.yaml."""
    for (name, connection), asked in services_of(entries, named).items():
        hasty = connection.model_copy(update={"timeout_s": min(connection.timeout_s, _LIST_S)})
        provider = make_provider(name, hasty)
        where = f"{name} ({connection.base_url})" if connection.base_url else name
        try:
            listed = offers(provider)
        except ClicheError as error:
            yield Offered(where, trouble=str(error))
            continue
        if listed is None:
            continue
        if not isinstance(listed, list):
            yield Offered(where, trouble=listed.error_message or listed.error_code or str(listed.outcome))
            continue
        yield _compared(where, listed, {entry.model_id for entry in asked}, text)


def _compared(where: str, listed: Sequence[str], asked: set[str], text: str) -> Offered:
    left = [model for model in dict.fromkeys(listed) if model not in asked]
    off = [model for model in left if _named(model, text)]
    return Offered(
        where,
        new=tuple(model for model in left if model not in off),
        switched_off=tuple(off),
        gone=tuple(sorted(asked - {*listed})),
    )


def examples_of(models: Sequence[str], folder: Path) -> dict[str, str]:
    """Return model → name of the file of examples that has an entry for it."""
    files = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))}
    return {model: name for model in models for name, text in files.items() if _named(model, text)}


def _named(model: str, text: str) -> bool:
    return re.search(rf"model_id: *\"?{re.escape(model)}\"?(\s|$)", text) is not None


def with_lists() -> list[str]:
    """Return the names of the providers that have a list of models."""
    return [name for name in PROVIDERS if hasattr(make_provider(name), "offers")]
