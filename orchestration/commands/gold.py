"""Commands of gold: draw a sample, give it to raters, take in what they said, say how far it is."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from assets.generation.workplace import Workplace
from assets.labeling.gold.exporter import export
from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.importer import ImportProblemsError, import_labels, parse_raters, read_labels
from assets.labeling.gold.records import Sample, read_sample
from assets.labeling.gold.sampling import THIRD, Design, doubles_needed, draw_sample, known_within
from assets.labeling.gold.status import gold_state
from orchestration.commands.imports import load_kept
from orchestration.console import OUT, note, say, table
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from warehouse.loading.gold_objects import load_gold
from warehouse.weeks import parse_week


def gold_sample(  # noqa: PLR0913 - one argument an option
    *,
    week: str,
    pictures: int,
    gold_set: str | None,
    overlap: float,
    third: float,
    within: float,
    raters: str,
    attribute: str,
    suites: Sequence[str],
    models: Sequence[str],
    least: int,
    seed: int | None,
) -> int:
    """Draw a random sample of a week's pictures, stratified by what the labeler read, and freeze it."""
    place = bare_workplace(load_settings())
    week = parse_week(week).isoformat()
    names = [name.strip() for name in raters.split(",")]
    design = Design(
        gold_set=gold_set or f"{week}-{attribute}",
        pictures=pictures,
        seed=secrets.randbits(32) if seed is None else seed,
        overlap=overlap,
        third=third,
        raters=[*names, THIRD] if third and len(names) == 2 else names,
        least=least,
    )
    design.check()
    frame = read_frame(place.store, week, attribute=attribute, suites=suites, models=models)
    if frame.open_slots:
        note(
            f"{frame.open_slots:,} slots of the week may still be asked: pictures that come later are not in this set"
        )
    sample = draw_sample(place.store, frame, design)
    say(
        f"Gold set {sample.gold_set}: {len(sample.pictures):,} of {len(frame.pictures):,} pictures of week {week}, "
        f"{len(sample.strata)} strata by {attribute}, seed {sample.seed}"
    )
    for rater in sample.raters:
        say(f"  {rater}: {sum(rater in picture.raters for picture in sample.pictures):,} pictures")
    say(f"  two or more: {sample.overlapping:,} pictures")
    if sample.simulated:
        say(f"  {sample.simulated:,} of the pictures are drawn by simulated models")
    few = sample.fewest_doubles
    known = f"is known to ± {100 * known_within(few):.1f} points" if few else "is not known"
    say(
        f"Where 2 % of labels and 5 % of people's answers are wrong, label error {known} from the {few:,} pictures "
        f"of a model and suite that two people rate, at the fewest; ± {within:g} needs {doubles_needed(within / 100):,}"
    )
    if not third and sample.overlapping:
        say("A third rater shows whether people err in the same pictures: --third 0.5")
    say(f"Next:  cliche gold export {sample.gold_set} --to DIR --format label-studio   (or csv)")
    return 0


def gold_export(gold_set: str, folder: Path, form: str) -> int:
    """Write the pictures of a set under names that tell nothing, and a project or a table for each rater."""
    place = bare_workplace(load_settings())
    sample = read_sample(place.store, gold_set)
    done = export(place.store, sample, folder, form)
    tasks = ", ".join(f"{rater} {count:,}" for rater, count in done.tasks.items())
    say(f"{done.pictures:,} pictures in {done.folder}; tasks: {tasks}")
    if form == "label-studio":
        say(f"Label Studio: {done.projects} project(s) for each rater; how: {done.folder / 'README.txt'}")
    else:
        say(f"Each rater fills in a table of their own; what may be answered: {done.folder / 'values.csv'}")
    say(f"Next:  cliche gold import {gold_set} FILE --rater NAME")
    return 0


def gold_import(gold_set: str, files: Sequence[Path], raters: Sequence[str]) -> int:
    """Take in raters' answers, all of the files or nothing, and load the set."""
    place = bare_workplace(load_settings())
    names = parse_raters(raters)
    sample = read_sample(place.store, gold_set)
    try:
        done = import_labels(place.store, sample, files, names)
    except ImportProblemsError as error:
        for line in error.problems:
            say(line)
        raise
    say(f"{done.added:,} answers imported, {done.already:,} were there already")
    _say_state(place, sample)
    kept = "The answers are kept in the store, but they were not loaded"
    return 0 if load_kept(place, lambda con: load_gold(con, place.store, gold_set), kept) else 1


def gold_status(gold_set: str) -> int:
    """Say how many pictures of a set were rated, by rater."""
    place = bare_workplace(load_settings())
    _say_state(place, read_sample(place.store, gold_set))
    return 0


def _say_state(place: Workplace, sample: Sample) -> None:
    state = gold_state(sample, read_labels(place.store, sample.gold_set))
    say(
        f"Gold set {sample.gold_set}, week {sample.week}: {state.rated:,} of {state.pictures:,} pictures rated"
        + (f"; {sample.simulated:,} are of simulated models" if sample.simulated else "")
    )
    listed = table("rater", "pictures", "rated", "begun", "answers")
    for one in state.raters:
        listed.add_row(one.rater, *(f"{n:,}" for n in (one.pictures, one.whole, one.begun, one.answers)))
    OUT.print(listed, markup=False)
    say(
        f"Two raters or more answered {state.compared:,} questions and differ in {state.differing:,}; "
        f"settled by an adjudicator: {state.settled:,}"
    )
