"""The command `cliche init`."""

from typing import Annotated

from typer import Option

from orchestration import commands


def init(
    model: Annotated[str | None, Option(help="An entry of models/; default: asked.")] = None,
    labeler: Annotated[str | None, Option(help="photo, or one of models/labelers.yaml.")] = None,
    suites: Annotated[str, Option(help="What is asked: a selection.")] = "first-try",
    yes: Annotated[bool, Option("--yes", help="Take the defaults; so does no terminal.")] = False,
) -> int:
    """Write models.yaml and cliche.yaml of a first try into the home, and print them; no key is written."""
    return commands.init.init(model, labeler, suites, yes=yes)
