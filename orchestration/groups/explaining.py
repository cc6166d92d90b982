"""The command `cliche explain`."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration import commands


def explain(
    figure: Annotated[
        list[str],
        typer.Argument(
            help="Its name as pages have it (data-cell), or its prompt, attribute, value and model."
        ),
    ],
) -> None:
    """Lead from a published share to its counts, pictures, labels and calls, with the query of each."""
    raise typer.Exit(commands.query.explain(" ".join(figure)))
