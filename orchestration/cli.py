"""The command `cliche`: reading of arguments, exit codes, one line for every error.

Belongs here: the tree of commands and how errors end. Does not belong here: what a command does (`commands`, a function
each). Exit codes: 0 done, 1 something in the week failed, 2 wrong use or configuration, 3 refused, 130 interrupted.
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer

from orchestration import commands
from orchestration.console import note
from warehouse.errors import ClicheError, UsageError

INTERRUPTED = 130

app = typer.Typer(
    name="cliche",
    help="Weekly, longitudinal stereotype benchmark for image models.",
    epilog="Exit codes: 0 done, 1 something in the week failed, 2 wrong use or configuration, 3 refused, 130 Ctrl-C.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
importer = typer.Typer(help="Take in pictures that somebody else made or downloaded.", no_args_is_help=True)
app.add_typer(importer, name="import")

Week = Annotated[
    str | None, typer.Option("--week", help="Monday of the week, YYYY-MM-DD; default: this week.")
]


@app.callback()
def options(
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Weekly, longitudinal stereotype benchmark for image models."""
    del debug  # read by `main`, which must know it even when parsing fails


@app.command(short_help="Ask, score and publish the simulated models.")
def demo() -> None:
    """Ask the simulated models for twelve weeks of pictures, label, check, score and publish."""
    raise typer.Exit(commands.demo())


@app.command(short_help="Ask for a week; publish it if complete.")
def run(
    week: Week = None,
    model: Annotated[
        list[str] | None, typer.Option("--model", help="Only this model; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked; ask nothing.")] = False,
) -> None:
    """Ask every active model for the week's pictures, label and load them; publish if all are complete."""
    raise typer.Exit(commands.run(week, model or [], dry_run=dry_run))


@app.command(short_help="Check, score and publish a week.")
def publish(
    week: Annotated[
        str | None,
        typer.Option(
            "--week", help="Monday of the week, YYYY-MM-DD; default: the latest edition's, else this week."
        ),
    ] = None,
) -> None:
    """Check, score and publish a week that is complete or past its deadline."""
    raise typer.Exit(commands.publish(week))


@app.command(short_help="Say how far each model is in a week.")
def status(week: Week = None) -> None:
    """Say how far each model is in a week, and what publishing waits for."""
    raise typer.Exit(commands.status(week))


@app.command()
def rebuild() -> None:
    """Build the warehouse anew from the store alone."""
    raise typer.Exit(commands.rebuild())


@app.command(short_help="Recompute a published edition.")
def verify(
    edition: Annotated[
        str | None, typer.Argument(help="Edition, e.g. 2026-11-23.1; default: the latest.")
    ] = None,
) -> None:
    """Recompute a published edition: hashes of its files, counts, scores."""
    raise typer.Exit(commands.verify(edition))


@app.command()
def sql(
    query: Annotated[
        str | None, typer.Argument(help="A query on the latest edition's tables and views.")
    ] = None,
    file: Annotated[
        str | None, typer.Option("--file", "-f", help="Name of an audit query, or a .sql file.")
    ] = None,
    form: Annotated[str, typer.Option("--format", help="table, csv or json.")] = "table",
) -> None:
    """Query the latest edition's file, read-only. Without arguments: the audit queries there are."""
    raise typer.Exit(commands.sql(query, file, form))


@app.command()
def serve(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")
    ] = 8000,
) -> None:
    """Show the latest edition in a browser on this machine."""
    raise typer.Exit(commands.serve(port))


@app.command(short_help="List or free what runs hold.")
def unlock(
    name: Annotated[str | None, typer.Argument(help="The lease to give back; default: list them.")] = None,
) -> None:
    """List who holds what, or take a lease from a run that hangs; frees the pool slots of dead runs."""
    raise typer.Exit(commands.unlock(name))


@importer.command("midjourney")
def import_midjourney(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of downloaded pictures.")],
    week: Annotated[str, typer.Option("--week", help="Monday of the week in which they were made.")],
    model_version: Annotated[
        str | None, typer.Option("--model-version", help="The --v of files that do not say it themselves.")
    ] = None,
) -> None:
    """Take in a folder of Midjourney downloads for one week."""
    raise typer.Exit(commands.import_midjourney(folder, week, model_version))


@importer.command("study", short_help="Take in a published study.")
def import_study(
    file: Annotated[
        Path, typer.Argument(metavar="FILE.yaml", help="Study file, e.g. assets/studies/raza2025.yaml")
    ],
    root: Annotated[Path, typer.Option("--root", help="Folder that holds the study's pictures and labels.")],
) -> None:
    """Take in a published study: its pictures, its people's labels, its provenance."""
    raise typer.Exit(commands.import_study(file, root))


def main() -> None:
    """Run the command and end the process with its exit code."""
    debug = "--debug" in sys.argv[1:]
    if not debug:
        warnings.simplefilter("ignore")  # of libraries, about themselves
    try:
        # --debug may stand anywhere; the exit code is 130 after Ctrl-C.
        code = app(args=[word for word in sys.argv[1:] if word != "--debug"], standalone_mode=False)
    except ClicheError as error:
        if debug:
            raise
        note(f"cliche: {error}")
        code = error.exit_code
    except typer.TyperException as error:
        note(f"cliche: {error.format_message()}")
        code = UsageError.exit_code
    except OSError as error:
        if debug:
            raise
        note(f"cliche: {error}")
        code = ClicheError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    if code == INTERRUPTED:
        note("cliche: interrupted; nothing is half written, run again to go on")
    sys.exit(code or 0)
