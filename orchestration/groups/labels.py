"""The commands `cliche gold …` and `cliche anchors …`."""

from pathlib import Path
from typing import Annotated

import typer
from typer import Argument, Option

from orchestration import commands

anchors = typer.Typer(help="Frozen pictures that labelers label again each week.", no_args_is_help=True)
gold = typer.Typer(help="A random sample of pictures for people to label.", no_args_is_help=True)
GoldSet = Annotated[str, Argument(metavar="SET", help="Name of the gold set.")]


@gold.command("sample", short_help="Draw a random sample.")
def gold_sample(
    *,
    week: Annotated[str, Option(help="Monday of the week, YYYY-MM-DD.")],
    pictures: Annotated[int, Option("--n", help="Pictures per model, or all that it has.")] = 200,
    name: Annotated[str | None, Option("--set", help="Its name; default: WEEK-ATTRIBUTE.")] = None,
    raters: Annotated[str, Option(help="Two pseudonyms.")] = "a,b",
    attribute: Annotated[
        str, Option(help="Stratify by this attribute's predicted values.")
    ] = "perceived_gender",
    suite: Annotated[list[str] | None, Option(help="Only this; may be repeated.")] = None,
    model: Annotated[list[str] | None, Option(help="Only this; may be repeated.")] = None,
    least: Annotated[int, Option(help="Minimum pictures per stratum.")] = 2,
    seed: Annotated[int | None, Option(help="Random seed; default: random.")] = None,
) -> int:
    """Draw a random sample of a week's pictures by model, suite and predicted value; it is drawn once.

    Two people label every picture; what they differ in goes to a third person: cliche gold export SET --third.
    """
    return commands.gold.gold_sample(
        week=week,
        pictures=pictures,
        gold_set=name,
        raters=raters,
        attribute=attribute,
        suites=suite or [],
        models=model or [],
        least=least,
        seed=seed,
    )


@gold.command("export", short_help="Write the files for raters.")
def gold_export(
    gold_set: GoldSet,
    to: Annotated[Path, Option(metavar="DIR", help="A new folder.")],
    form: Annotated[str, Option("--format", help="label-studio or csv.")] = "label-studio",
    third: Annotated[
        bool, Option("--third", help="The second round: only what the two raters differ in.")
    ] = False,
) -> int:
    """Write pictures and tasks for each rater; they reveal no model, prompt, label, or answer of another rater."""
    return commands.gold.gold_export(gold_set, to, form, third=third)


@gold.command("import", short_help="Import the raters' answers.")
def gold_import(
    gold_set: GoldSet,
    files: Annotated[list[Path], Argument(metavar="FILE…", help="JSON, JSON-MIN or CSV.")],
    rater: Annotated[
        list[str] | None, Option(help="Who answered: NAME, or ACCOUNT=NAME for each account of Label Studio.")
    ] = None,
) -> int:
    """Import raters' answers: all of the files, or nothing and a list of what is wrong."""
    return commands.gold.gold_import(gold_set, files, rater or [])


@gold.command("status", short_help="Show the progress.")
def gold_status(gold_set: GoldSet) -> int:
    """Show how many pictures of a set were rated, by rater."""
    return commands.gold.gold_status(gold_set)


@anchors.command("freeze", short_help="Freeze a set of your own.")
def anchors_freeze(
    name: Annotated[str, Argument(help="Its name; a set never changes.")],
    from_week: Annotated[str, Option(help="Monday of the week whose pictures to take.")],
    pictures: Annotated[int, Option("--n", help="How many pictures, 60 or more.")] = 60,
    seed: Annotated[str | None, Option(help="Random seed; default: the name.")] = None,
) -> int:
    """Freeze stored pictures of a week, drawn at random from every model and suite."""
    return commands.anchors.anchors_freeze(name, from_week, pictures, seed)


@anchors.command("list", short_help="List sets, labels and what moved.")
def anchors_list() -> int:
    """List the sets, who labeled them in which weeks, and what moved and waits for a person."""
    return commands.anchors.anchors_list()


@anchors.command("accept", short_help="Accept that labels moved.")
def anchors_accept(
    labeler: Annotated[str, Option(help="Name of the labeler, or NAME@VERSION.")],
    attribute: Annotated[str, Option(help="Attribute whose labels moved.")],
    week: Annotated[str, Option(help="Monday of the week in which they moved.")],
    reason: Annotated[str, Option(help="Why this is acceptable; published.")],
    by: Annotated[str | None, Option(help="Pseudonym of who says so; published.")] = None,
) -> int:
    """Accept that a labeler's labels of anchors moved, so that its attribute may rank again."""
    return commands.anchors.anchors_accept(labeler, attribute, week, reason, by)
