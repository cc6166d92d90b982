"""The commands `cliche gold …`."""

from pathlib import Path
from typing import Annotated

import typer

from orchestration import commands

gold = typer.Typer(help="A random sample of pictures for people to label.", no_args_is_help=True)
GoldSet = Annotated[str, typer.Argument(metavar="SET", help="Name of the gold set.")]


@gold.command("sample", short_help="Draw a random sample.")
def gold_sample(
    *,
    week: Annotated[str, typer.Option("--week", help="Monday of the week, YYYY-MM-DD.")],
    pictures: Annotated[int, typer.Option("--n", help="Pictures per model, or all that it has.")] = 200,
    name: Annotated[str | None, typer.Option("--set", help="Its name; default: WEEK-ATTRIBUTE.")] = None,
    raters: Annotated[str, typer.Option("--raters", help="Two pseudonyms.")] = "a,b",
    attribute: Annotated[
        str, typer.Option("--attribute", help="Stratify by this attribute's predicted values.")
    ] = "perceived_gender",
    suite: Annotated[list[str] | None, typer.Option("--suite", help="Only this; may be repeated.")] = None,
    model: Annotated[list[str] | None, typer.Option("--model", help="Only this; may be repeated.")] = None,
    least: Annotated[int, typer.Option("--least", help="Minimum pictures per stratum.")] = 2,
    seed: Annotated[int | None, typer.Option("--seed", help="Random seed; default: random.")] = None,
) -> None:
    """Draw a random sample of a week's pictures by model, suite and predicted value; it is drawn once.

    Two people label every picture; what they differ in goes to a third person: cliche gold export SET --third.
    """
    raise typer.Exit(
        commands.gold.gold_sample(
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
    )


@gold.command("export", short_help="Write the files for raters.")
def gold_export(
    gold_set: GoldSet,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="A new folder.")],
    form: Annotated[str, typer.Option("--format", help="label-studio or csv.")] = "label-studio",
    third: Annotated[
        bool, typer.Option("--third", help="The second round: only what the two raters differ in.")
    ] = False,
) -> None:
    """Write pictures and tasks for each rater; they reveal no model, prompt, label, or answer of another rater."""
    raise typer.Exit(commands.gold.gold_export(gold_set, to, form, third=third))


@gold.command("import", short_help="Import the raters' answers.")
def gold_import(
    gold_set: GoldSet,
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSON, JSON-MIN or CSV.")],
    rater: Annotated[
        list[str] | None,
        typer.Option("--rater", help="Who answered: NAME, or ACCOUNT=NAME for each account of Label Studio."),
    ] = None,
) -> None:
    """Import raters' answers: all of the files, or nothing and a list of what is wrong."""
    raise typer.Exit(commands.gold.gold_import(gold_set, files, rater or []))


@gold.command("status", short_help="Show the progress.")
def gold_status(gold_set: GoldSet) -> None:
    """Show how many pictures of a set were rated, by rater."""
    raise typer.Exit(commands.gold.gold_status(gold_set))
