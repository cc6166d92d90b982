"""What the services of models.yaml offer and the file lacks; with free calls alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from assets.gateway.models_file import ModelEntry
from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer
from assets.generation.providers.base import offers, probe
from assets.generation.providers.registry import PROVIDERS, make_provider
from orchestration.doctor import services
from warehouse.errors import ClicheError


@dataclass(frozen=True)
class Offered:
    """What one service lists: models that the file lacks, those switched off in it, and entries that it has no more.

    `trouble`: why the list could not be read; the rest is empty then.
    """

    service: str
    new: tuple[str, ...] = ()
    switched_off: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    trouble: str | None = None


def services_of(
    entries: Sequence[ModelEntry], named: Sequence[str]
) -> dict[tuple[str, str | None, str | None], list[ModelEntry]]:
    """Return the services to ask (provider, address, region) with their entries: those of the file, or those named.

    Entries with keys of their own belong to one service; one that no entry asks is reached in the usual way.
    """
    services: dict[tuple[str, str | None, str | None], list[ModelEntry]] = {}
    for entry in entries:
        if not named or entry.provider in named:
            at = entry.connection
            services.setdefault((entry.provider, at.base_url, at.region), []).append(entry)
    missing = [name for name in named if not any(provider == name for provider, *_ in services)]
    return services | {(name, None, None): [] for name in missing}


def look_at_offers(entries: Sequence[ModelEntry], text: str, named: Sequence[str]) -> Iterator[Offered]:
    """Yield what each service lists; services without a list are left out. `text` is that of models.yaml."""
    for (name, *at), asked in services_of(entries, named).items():
        where = f"{name} ({', '.join(filter(None, at))})" if any(at) else name
        # Keys may be of several accounts: the first whose list reads.
        connections = {entry.connection.key_env: entry.connection for entry in asked}
        listed = trouble = None
        for connection in connections.values() or [Connection()]:
            listed, why = _listed(name, connection)
            trouble = trouble or why
            if listed is not None:
                yield _compared(where, listed, asked, text)
                break
        if listed is None and trouble:
            yield Offered(where, trouble=trouble)


def _listed(name: str, connection: Connection) -> tuple[list[str] | None, str | None]:
    """Return the list of a service, or why it could not be read; neither, if it has none."""
    try:
        listed = offers(make_provider(name, services.hasty(connection)))
    except ClicheError as error:
        return None, str(error)
    if isinstance(listed, Answer):
        return None, listed.error_message or listed.error_code or str(listed.outcome)
    return listed, None


def _compared(where: str, listed: Sequence[str], asked: Sequence[ModelEntry], text: str) -> Offered:
    ours = {entry.model_id: entry for entry in asked}
    left = [model for model in dict.fromkeys(listed) if model not in ours]
    off = tuple(model for model in left if _named(model, text))
    gone = tuple(model for model in sorted(ours.keys() - {*listed}) if _is_gone(ours[model]))
    return Offered(where, tuple(model for model in left if model not in off), off, gone)


def _is_gone(entry: ModelEntry) -> bool:
    """Return whether the service says, as for `cliche doctor`, that it has no such model.

    That a list of models that draw leaves it out says nothing: many lists tell by the name alone.
    """
    probed = probe(make_provider(entry.provider, services.hasty(entry.connection)), entry.model_id)
    return probed is not None and probed.model_ok is False


def examples_of(models: Sequence[str], folder: Path) -> dict[str, str]:
    """Return model → name of the file of examples that has an entry for it."""
    files = {file.name: file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.yaml"))}
    return {model: name for model in models for name, text in files.items() if _named(model, text)}


def _named(model: str, text: str) -> bool:
    return re.search(rf"model_id: *\"?{re.escape(model)}\"?(\s|$)", text) is not None


def with_lists() -> list[str]:
    """Return the names of the providers that have a list of models."""
    return [name for name in PROVIDERS if hasattr(make_provider(name), "offers")]
