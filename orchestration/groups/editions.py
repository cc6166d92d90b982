"""The commands `cliche edition …`, `cliche verify` and `cliche explain`."""

from pathlib import Path
from typing import Annotated, Literal

import typer
from typer import Argument, Option

from orchestration import commands
from warehouse.errors import UsageError

edition = typer.Typer(help="List published editions, compare two, or fetch one.", no_args_is_help=True)
Id = Annotated[str, Argument(metavar="ID", help="The edition, e.g. 2026-11-23.1")]


@edition.command("list", short_help="List all editions.")
def edition_list() -> int:
    """List all editions with their size; the one that readers see is marked."""
    return commands.archive.list_editions()


@edition.command("fetch", short_help="Copy an edition into a folder.")
def edition_fetch(
    edition_id: Id,
    folder: Annotated[Path, Argument(metavar="DIR", help="A folder; made if missing.")],
    database: Annotated[
        bool, Option("--database", help="Build the one DuckDB file there, too, to which a page links.")
    ] = False,
    pictures: Annotated[
        Literal["all", "none"] | None,
        Option(
            help="All thumbnails that pages show, or none; default: of share cards and of the newest week."
        ),
    ] = None,
) -> int:
    """Copy everything that an edition consists of into a folder that works without the store.

    Each file is compared with its hash. What is there already is kept, so a fetch that was stopped goes on.
    """
    return commands.archive.fetch(edition_id, folder, pictures, database=database)


@edition.command("diff", short_help="Say what changed between two editions, and why.")
def edition_diff(
    old: Annotated[
        str, Argument(metavar="OLD", help="The earlier edition: id, folder, manifest or address.")
    ],
    new: Annotated[str, Argument(metavar="NEW", help="The later one, or the same as somebody else has it.")],
) -> int:
    """Say which parts changed between two editions, and for which reason.

    Rows of weeks that were published may be added for a reason and never change. Exit code 1 if a change is
    unexplained, 4 if none is and something could not be compared.
    """
    return commands.auditor.diff(old, new)


def verify(
    target: Annotated[
        str | None,
        Argument(
            metavar="[EDITION|DIR|URL]",
            help="An edition's id, e.g. 2026-11-23.1, its folder or its address; default: the latest in the store.",
        ),
    ] = None,
    whole_store: Annotated[
        bool,
        Option(
            "--store", help="Read every object of the store instead: hashes, and thumbnails against pictures."
        ),
    ] = False,
    relabel: Annotated[
        int | None,
        Option(
            metavar="N",
            min=1,
            help="With --store: read N random pictures again, of those that a labeler of this machine read.",
        ),
    ] = None,
    seed: Annotated[
        int | None, Option(min=0, help="With --relabel: the seed that it printed, for the same pictures.")
    ] = None,
    expect: Annotated[
        str | None,
        Option(
            metavar="SHA256",
            help="A hash of site/log.txt that you kept: it must be in the chain of the edition.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        Option(
            metavar="MANIFEST",
            help="A manifest.json that you kept, of this edition or an earlier one: what changed without a reason?",
        ),
    ] = None,
) -> int:
    """Make a published edition again from its base tables and compare. With --store, read every object of the store.

    Exit code 1 if anything differs, 4 if nothing differs and something could not be checked.
    """
    if (relabel is not None and not whole_store) or (seed is not None and relabel is None):
        raise UsageError("write cliche verify --store --relabel N, and --seed after it")
    return (
        commands.store_reading.verify_store(target or expect or against, relabel, seed)
        if whole_store
        else commands.auditor.verify(target, expect, against)
    )


def explain(
    figure: Annotated[
        list[str],
        Argument(help="Its name as pages have it (data-cell), or its prompt, attribute, value and model."),
    ],
) -> int:
    """Lead from a published share to its counts, pictures, labels and calls, with the query of each."""
    return commands.query.explain(" ".join(figure))
