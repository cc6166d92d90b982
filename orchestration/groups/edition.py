"""The commands `cliche edition …`."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from orchestration import commands

edition = typer.Typer(help="List published editions, compare two, or fetch one.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="The edition, e.g. 2026-11-23.1")]


@edition.command("list", short_help="List all editions.")
def edition_list() -> None:
    """List all editions with their size; the one that readers see is marked."""
    raise typer.Exit(commands.archive.list_editions())


@edition.command("fetch", short_help="Copy an edition into a folder.")
def edition_fetch(
    edition_id: Id,
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder; made if missing.")],
    database: Annotated[
        bool, typer.Option("--database", help="Build the one DuckDB file there, too, to which a page links.")
    ] = False,
    pictures: Annotated[
        Literal["all", "none"] | None,
        typer.Option(
            "--pictures",
            help="All thumbnails that pages show, or none; default: of share cards and of the newest week.",
        ),
    ] = None,
) -> None:
    """Copy everything that an edition consists of into a folder that works without the store.

    Each file is compared with its hash. What is there already is kept, so a fetch that was stopped goes on.
    """
    raise typer.Exit(commands.archive.fetch(edition_id, folder, pictures, database=database))


@edition.command("diff", short_help="Say what changed between two editions, and why.")
def edition_diff(
    old: Annotated[
        str, typer.Argument(metavar="OLD", help="The earlier edition: id, folder, manifest or address.")
    ],
    new: Annotated[
        str, typer.Argument(metavar="NEW", help="The later one, or the same as somebody else has it.")
    ],
) -> None:
    """Say which parts changed between two editions, and for which reason.

    Rows of weeks that were published may be added for a reason and never change. Exit code 1 if a change is
    unexplained, 4 if none is and something could not be compared.
    """
    raise typer.Exit(commands.auditor.diff(old, new))
