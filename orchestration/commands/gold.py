"""Commands of gold: draw a sample, give it to raters, take in what they said, say how far it is."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from assets.generation.workplace import Workplace
from assets.labeling.gold.exporter import export
from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.importer import ImportProblemsError, import_labels, parse_raters, read_labels
from assets.labeling.gold.records import THIRD, Sample, read_sample
from assets.labeling.gold.sampling import Design, draw_sample
from assets.labeling.gold.status import gold_state, second_round
from orchestration.commands.imports import load_kept
from orchestration.console import OUT, note, say, say_lines, table
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from warehouse.loading.gold_objects import load_gold
from warehouse.taken_back import removed
from warehouse.weeks import parse_week


def gold_sample(
    *,
    week: str,
    pictures: int,
    gold_set: str | None,
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
    design = Design(
        gold_set=gold_set or f"{week}-{attribute}",
        pictures=pictures,
        seed=secrets.randbits(32) if seed is None else seed,
        raters=[name.strip() for name in raters.split(",")],
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
    drawn = Counter(picture.model for picture in sample.pictures)
    for model, has in sorted(Counter(framed.slot.model for framed in frame.pictures).items()):
        few = f": all that it has, fewer than {pictures:,}" if has < pictures else f" of {has:,}"
        say(f"  {model}: {drawn[model]:,}{few}")
    if sample.simulated:
        say(f"  {sample.simulated:,} of the pictures are drawn by simulated models")
    say(f"Raters: {' and '.join(sample.raters)}, each of whom labels every picture")
    say(f"Next:  cliche gold export {sample.gold_set} --to DIR --format label-studio   (or csv)")
    return 0


def gold_export(gold_set: str, folder: Path, form: str, *, third: bool = False) -> int:
    """Write the pictures of a set under names that tell nothing, and a project or a table for each rater."""
    place = bare_workplace(load_settings())
    sample = read_sample(place.store, gold_set).without(removed(place.store))
    if third:
        labels, raters = read_labels(place.store, gold_set), " and ".join(sample.raters)
        state, sample = gold_state(sample, labels), second_round(sample, labels)
        say(
            f"{raters} differ in {state.differing:,} of {state.compared:,} questions; "
            f"{state.open:,} of them are for a third person"
        )
    done = export(place.store, sample, folder, form)
    tasks = ", ".join(f"{rater} {count:,}" for rater, count in done.tasks.items())
    say(f"{done.pictures:,} pictures in {done.folder}; tasks: {tasks}")
    if form == "label-studio":
        say(f"Label Studio: {done.projects} project(s) for each rater; how: {done.folder / 'README.txt'}")
    else:
        say(f"Each rater fills in a table of their own; what may be answered: {done.folder / 'values.csv'}")
    say(f"Next:  cliche gold import {gold_set} FILE --rater {THIRD if third else 'NAME'}")
    return 0


def gold_import(gold_set: str, files: Sequence[Path], raters: Sequence[str]) -> int:
    """Take in raters' answers, all of the files or nothing, and load the set."""
    place = bare_workplace(load_settings())
    names = parse_raters(raters)
    sample = read_sample(place.store, gold_set)
    try:
        done = import_labels(place.store, sample, files, names)
    except ImportProblemsError as error:
        say_lines(error.problems)
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
    state = gold_state(sample.without(removed(place.store)), read_labels(place.store, sample.gold_set))
    say(
        f"Gold set {sample.gold_set}, week {sample.week}: {state.rated:,} of {state.pictures:,} pictures rated"
        + (f"; {sample.simulated:,} are of simulated models" if sample.simulated else "")
    )
    listed = table("rater", "pictures", "rated", "begun", "answers")
    for one in state.raters:
        listed.add_row(one.rater, *(f"{n:,}" for n in (one.pictures, one.whole, one.begun, one.answers)))
    OUT.print(listed, markup=False)
    third = (
        f"; of these a third person agrees with one of the two in {state.settled:,}, with neither in "
        f"{state.undecided:,}; {state.open:,} wait for that person"
    )
    both = f"Both raters answered {state.compared:,} questions and differ in {state.differing:,}"
    say(both + third * bool(state.differing))
    if state.open:
        say(f"Next:  cliche gold export {sample.gold_set} --third --to DIR")
