"""The `cliche` command as it is, but that the images API of the soak may be asked for a week that is over.

Usage: python -m tests.soak.child ARGUMENTS     as `cliche ARGUMENTS`
A live model is a sample of its week, so its provider refuses past weeks; a year in forty minutes needs them.
"""

from __future__ import annotations

from assets.gateway.network.connection import Connection
from assets.generation.providers.openai.images import OpenAIImages
from assets.generation.providers.registry import PROVIDERS

NAME = "openai_images_any_week"


class AnyWeek(OpenAIImages):
    """OpenAI's images API, and every week may be asked for."""

    name = NAME
    replayable = True


def make(connection: Connection) -> AnyWeek:
    """Return the provider."""
    return AnyWeek(connection)


PROVIDERS[NAME] = f"{__spec__.name if __spec__ else __name__}:make"

if __name__ == "__main__":
    from orchestration.cli import main

    main()
