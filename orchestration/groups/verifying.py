"""The command `cliche verify`."""

from typing import Annotated

import typer

from orchestration import commands


def verify(
    target: Annotated[
        str | None,
        typer.Argument(
            metavar="[EDITION|DIR|URL]",
            help="An edition's id, e.g. 2026-11-23.1, its folder or its address; default: the latest in the store.",
        ),
    ] = None,
    whole_store: Annotated[
        bool, typer.Option("--store", help="Read every object of the store instead, and compare its hash.")
    ] = False,
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
    """Verify a published edition: files, tables, views, pages, pictures, counts, scores. With --store, read the store.

    Exit code 1 if anything differs, 4 if nothing differs and something could not be checked.
    """
    raise typer.Exit(
        commands.store_reading.verify_store(target or expect or against)
        if whole_store
        else commands.auditor.verify(target, expect, against)
    )
