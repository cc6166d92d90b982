"""The command `cliche`: reading of arguments, exit codes as its help lists them, one line for every error."""

from __future__ import annotations

import atexit
import os
import signal
import sys
import warnings
from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from orchestration import commands
from orchestration.console import note
from orchestration.groups.editions import edition, explain, verify
from orchestration.groups.labels import anchors, gold
from orchestration.groups.taking_back import remove, retract, study
from orchestration.unwritable import told_in_one_line
from warehouse.errors import ClicheError, UsageError

# Runs last: Python gives signals back to the system while it ends, and a Ctrl-C then would be another exit code.
atexit.register(signal.signal, signal.SIGINT, signal.SIG_IGN)

INTERRUPTED = 130

app = typer.Typer(
    name="cliche",
    help="Weekly, longitudinal stereotype benchmark for image models.",
    epilog="Exit codes: 0 done, 1 something in the week failed, 2 wrong use or configuration, 3 refused, "
    "4 not all of an edition could be checked, 130 Ctrl-C.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
importer = typer.Typer(help="Import pictures that somebody else made or downloaded.", no_args_is_help=True)
app.add_typer(importer, name="import")
app.add_typer(gold, name="gold")
app.add_typer(anchors, name="anchors")
app.add_typer(edition, name="edition")
app.add_typer(study, name="study")
app.add_typer(retract, name="retract")

Week = Annotated[str | None, Option(help="Monday of the week, YYYY-MM-DD (or YYYY-Wnn); default: this week.")]
Yes = Annotated[bool, Option("--yes", help="Spend money without asking first.")]


@app.callback()
def options(
    debug: Annotated[bool, Option("--debug", help="Show the traceback of an error.")] = False,
) -> None:
    """Weekly, longitudinal stereotype benchmark for image models."""
    del debug  # read by `main`, which must know it even when parsing fails


@app.command(short_help="Write the files of a first try.")
def init(
    model: Annotated[str | None, Option(help="An entry of models/; default: asked.")] = None,
    labeler: Annotated[str | None, Option(help="photo, or one of models/labelers.yaml.")] = None,
    suites: Annotated[str, Option(help="What is asked: a selection.")] = "first-try",
    yes: Annotated[bool, Option("--yes", help="Take the defaults; so does no terminal.")] = False,
) -> int:
    """Write models.yaml and cliche.yaml of a first try into the home, and print them; no key is written."""
    return commands.init.init(model, labeler, suites, yes=yes)


@app.command(short_help="Ask, score and publish the simulated models.")
def demo(weeks: Annotated[int | None, Option(min=2, help="The last so many weeks alone.")] = None) -> int:
    """Ask the simulated models for twelve weeks of pictures, label, check, score and publish."""
    return commands.operator.demo(weeks)


@app.command(short_help="Ask for a week; publish it if complete.")
def run(
    week: Week = None,
    model: Annotated[list[str] | None, Option(help="Only this model; may be repeated.")] = None,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Show what would be asked and what it costs; ask nothing.")
    ] = False,
    yes: Yes = False,
    submit: Annotated[
        bool,
        Option(
            "--submit",
            hidden=True,
            help="Hand the runs to the workers of the shared instance and follow them.",
        ),
    ] = False,
) -> int:
    """Ask every active model for the week's pictures, label and load them; publish if all are complete."""
    return commands.operator.run(week, model or [], dry=dry_run, yes=yes, submit=submit)


@app.command(short_help="Publish a week, or send the site.")
def publish(
    week: Annotated[
        str | None,
        Option(help="Monday of the week, YYYY-MM-DD; default: the latest edition's, else this week."),
    ] = None,
    to: Annotated[
        str | None,
        Option(
            metavar="DIR|s3://…",
            help="Send what is published to a folder or bucket that readers see; publish nothing new.",
        ),
    ] = None,
) -> int:
    """Check, score and publish a week that is complete or past its deadline; with --to, send what is published."""
    if to is not None and week is not None:
        raise UsageError("--to sends all that is published; leave out --week")
    return commands.operator.publish(week) if to is None else commands.operator.send(to)


@app.command(short_help="Show the progress of each model in a week.")
def status(
    week: Week = None,
    as_json: Annotated[bool, Option("--json", help="Print JSON, for programs; it says more.")] = False,
) -> int:
    """Show the progress of each model in a week, and what publishing waits for."""
    return commands.status.status_json(week) if as_json else commands.status.status(week)


@app.command(short_help="Check keys, models, store, prices, caps.")
def doctor(
    paid: Annotated[bool, Option("--paid", help="Also ask each paid model and labeler once.")] = False,
    yes: Yes = False,
    new: Annotated[
        bool, Option("--new", help="List instead what services offer and models.yaml lacks; free.")
    ] = False,
    service: Annotated[
        list[str] | None, Option(help="With --new: ask this one; may be repeated; default: the file's.")
    ] = None,
) -> int:
    """Check what a run depends on: keys, models, store, clock, disk, prices, caps; free calls only.

    Each line is ok, warn or fail, with how to fix it. Exit code 1 if a run would certainly fail.
    """
    if (service and not new) or (new and (paid or yes)):
        raise UsageError("--new takes --service alone, and --service goes with --new")
    return commands.doctor.new_models(service or []) if new else commands.doctor.doctor(paid=paid, yes=yes)


@app.command(short_help="Look once for alerts, and send what is new.")
def watch(
    test: Annotated[bool, Option("--test", help="Send a test to every channel; look at nothing.")] = False,
) -> int:
    """Look once for everything that a person should know, and send what is new; for cron, beside or without Dagster.

    Exit code 1 if an error holds, or an alert could not be sent.
    """
    return commands.status.watch(test=test)


@app.command(short_help="Plan: what boards will tell apart.")
def design(
    *,
    models: Annotated[int | None, Option(min=1, max=200, help="Models that are ranked.")] = None,
    prompts: Annotated[int | None, Option(min=1, max=500, help="Prompts of the suite.")] = None,
    replicates: Annotated[int | None, Option(min=1, max=500, help="Pictures per prompt and week.")] = None,
    weeks: Annotated[int, Option(min=8, max=52, help="Weeks that were asked.")] = 12,
    as_json: Annotated[bool, Option("--json", help="Print JSON.")] = False,
) -> int:
    """Show what the models file, or a board of so many models, will tell apart and find; ask nothing."""
    return commands.design.design(models, prompts, replicates, weeks, as_json=as_json)


@app.command()
def rebuild() -> int:
    """Rebuild the warehouse from the store alone."""
    return commands.operator.rebuild()


app.command()(explain)
Profile = Annotated[
    str | None, Option(help="AWS profile of the copy's bucket; default: the same variables as the store's.")
]
Quick = Annotated[
    bool,
    Option("--quick", help="Take objects of the same name and size for the same; read only what is new."),
]


@app.command(short_help="Copy the store to a folder or bucket.")
def backup(
    to: Annotated[str, Argument(metavar="DIR|s3://…", help="Where the copy is: empty, or an earlier copy.")],
    profile: Profile = None,
    *,
    quick: Quick = False,
) -> int:
    """Copy what a copy of the store lacks: each object checked, written once, and looked at where it was written.

    Run it again to go on, or to add what is new. Exit code 1 if something is damaged or missing.
    """
    return commands.store_reading.backup(to, profile, quick=quick)


@app.command(short_help="Copy back what the store lacks.")
def restore(
    of: Annotated[str, Argument(metavar="DIR|s3://…", help="A copy that cliche backup made.")],
    profile: Profile = None,
    *,
    quick: Quick = False,
) -> int:
    """Copy back what the store lacks, from a copy of it; nothing that is there is overwritten.

    Exit code 1 if something of the copy is damaged or missing, 3 if objects differ.
    """
    return commands.store_reading.restore(of, profile, quick=quick)


app.command(short_help="Recompute a published edition.")(verify)
app.command(short_help="Delete a picture for good.")(remove)


@app.command()
def sql(
    query: Annotated[str | None, Argument(help="A query on the edition's tables and views.")] = None,
    file: Annotated[str | None, Option("--file", "-f", help="An audit query, or a .sql file.")] = None,
    form: Annotated[str, Option("--format", help="table, csv or json.")] = "table",
    limit: Annotated[int, Option(min=0, help="Rows of a table at most; 0: all.")] = 1000,
    timeout: Annotated[int, Option(min=1, help="Seconds that a query may take.")] = 60,
    show: Annotated[bool, Option("--print", help="Print the text of -f NAME instead of its rows.")] = False,
    labeler: Annotated[
        str | None, Option(hidden=True, help="With -f: as if the plans named this labeler beside theirs.")
    ] = None,
) -> int:
    """Query the latest edition's file and nothing else. Without arguments: list the audit queries."""
    return commands.query.sql(query, file, form, limit=limit, timeout=timeout, show=show, labeler=labeler)


@app.command()
def serve(
    port: Annotated[int, Option(min=0, max=65535, help="Port on this machine; 0 takes a free one.")] = 8000,
) -> int:
    """Show the latest edition in a browser on this machine."""
    return commands.auditor.serve(port)


@app.command(short_help="List locks, or release one.")
def unlock(
    name: Annotated[str | None, Argument(help="The lock to release; default: list them.")] = None,
) -> int:
    """List who holds which lock, or release the lock of a run that hangs; frees the pool slots of dead runs."""
    return commands.operator.unlock(name)


@importer.command("midjourney")
def import_midjourney(
    folder: Annotated[Path, Argument(metavar="DIR", help="Folder of downloaded pictures.")],
    week: Annotated[str, Option(help="Monday of the week in which they were made.")],
    model_version: Annotated[
        str | None, Option(help="Midjourney version (--v) of files that do not state it.")
    ] = None,
) -> int:
    """Import a folder of Midjourney downloads for one week."""
    return commands.imports.import_midjourney(folder, week, model_version)


@importer.command("study", short_help="Import a published study, or all that are shipped.")
def import_study(
    study: Annotated[
        str | None, Argument(metavar="STUDY", help="A shipped study, e.g. raza2025, or a file STUDY.yaml.")
    ] = None,
    root: Annotated[
        Path | None, Option(help="Folder of its files; left out, its repository is cloned.")
    ] = None,
    *,
    check: Annotated[
        bool, Option("--check", help="List all errors, or what would be imported; store nothing.")
    ] = False,
    every: Annotated[bool, Option("--all", help="All that are shipped, after saying how much.")] = False,
    yes: Annotated[bool, Option("--yes", help="With --all: fetch without asking.")] = False,
) -> int:
    """Import a published study: its pictures, its people's labels, its provenance."""
    if every and not (study or root or check):
        return commands.imports.import_shipped(yes=yes)
    if every or study is None or yes:
        raise UsageError("name a STUDY, or --all for all that are shipped; --yes goes with --all alone")
    return commands.imports.check_study(study, root) if check else commands.imports.import_study(study, root)


def main() -> None:
    """Run the command and end the process with its exit code."""
    debug = "--debug" in sys.argv[1:]
    if not debug:
        warnings.simplefilter("ignore")  # of libraries, about themselves
    try:
        # --debug may stand anywhere; the exit code is 130 after Ctrl-C.
        with told_in_one_line(Path(os.environ.get("CLICHE_HOME") or ".cliche")):
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
        # A second Ctrl-C ends what still winds up.
        signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
        note("cliche: interrupted; nothing is half written, run again to go on")
    sys.exit(code or 0)
