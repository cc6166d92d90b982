"""Providers by name: one row each. A new provider is one file beside this one and one row here."""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from assets.gateway.network.connection import Connection
from assets.generation.providers.base import Provider
from warehouse.errors import UsageError

#: name in models.yaml → "module:factory"; a factory takes the entry's connection and asks nobody anything.
PROVIDERS: dict[str, str] = {
    "simulated": "assets.simulation:make",
    "midjourney": "assets.generation.midjourney.provider:FolderProvider",
    "openai_batch": "assets.generation.providers.openai.images:OpenAIBatch",
    "openai_images": "assets.generation.providers.openai.images:OpenAIImages",
    "openai_responses": "assets.generation.providers.openai.responses:OpenAIResponses",
    "bedrock": "assets.generation.providers.bedrock:Bedrock",
    "bfl": "assets.generation.providers.bfl:Bfl",
    "gemini": "assets.generation.providers.gemini:Gemini",
    "openrouter": "assets.generation.providers.openrouter:OpenRouter",
    "diffusers": "assets.generation.providers.diffusers:Diffusers",
}


def make_provider(name: str, connection: Connection = Connection()) -> Provider:
    """Return the provider that `name` stands for, reached as `connection` says."""
    if name not in PROVIDERS:
        raise UsageError(f'no provider "{name}"; known: {", ".join(sorted(PROVIDERS))}')
    return cast(Provider, load_factory(PROVIDERS[name])(connection))


def load_factory(address: str) -> Any:
    """Return what `module:name` stands for."""
    module, _, attribute = address.partition(":")
    return getattr(import_module(module), attribute)
