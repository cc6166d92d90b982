"""The command `cliche verify`."""

from typing import Annotated

import typer

from orchestration import commands
from warehouse.errors import UsageError


def verify(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="[EDITION|DIR|URL]",
            help="An edition's id, e.g. 2026-11-23.1, its folder or its address; default: the latest in the store.",
        ),
    ] = None,
    whole_store: Annotated[
        bool,
        typer.Option(
            "--store", help="Read every object of the store instead: hashes, and thumbnails against pictures."
        ),
    ] = False,
    relabel: Annotated[
        int | None,
        typer.Option(
            "--relabel",
            metavar="N",
            min=1,
            help="With --store: read N random pictures again, of those that a labeler of this machine read.",
        ),
    ] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", min=0, help="With --relabel: the seed that it printed, for the same pictures."
        ),
    ] = None,
    expect: Annotated[
        str | None,
        typer.Option(
            "--expect",
            metavar="SHA256",
            help="A hash of site/log.txt that you kept: it must be in the chain of the edition.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            metavar="MANIFEST",
            help="A manifest.json that you kept, of this edition or an earlier one: what changed without a reason?",
        ),
    ] = None,
) -> None:
    """Make a published edition again from its base tables and compare. With --store, read every object of the store.

    Exit code 1 if anything differs, 4 if nothing differs and something could not be checked.
    """
    if (relabel is not None and not whole_store) or (seed is not None and relabel is None):
        raise UsageError("write cliche verify --store --relabel N, and --seed after it")
    raise typer.Exit(
        commands.store_reading.verify_store(target or expect or against, relabel, seed)
        if whole_store
        else commands.auditor.verify(target, expect, against)
    )
