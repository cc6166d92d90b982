"""Gold of the demo: drawn, given out, and taken in like any other; who rates it is simulated, like the models."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from assets.generation.providers.registry import load_factory
from assets.labeling.gold.exporter import export
from assets.labeling.gold.frame import ATTRIBUTE, read_frame
from assets.labeling.gold.importer import import_labels, read_labels
from assets.labeling.gold.records import Sample, read_sample
from assets.labeling.gold.sampling import PICTURES, Design, draw_sample
from assets.labeling.gold.status import GoldState, gold_state, second_round
from warehouse import keys
from warehouse.store import Store

RATER = "assets.simulation.rating:rate"  # by name, as a provider is
RATERS = ("simulated-a", "simulated-b")
_SEED = 1


def simulated_gold(
    store: Store, week: str, models: Collection[str], pictures: int = PICTURES, suites: Collection[str] = ()
) -> tuple[Sample, GoldState]:
    """Draw, rate, and take in a gold set of simulated models, with the second round; return it and how far it is.

    What is there already is left as it is: called again, it changes nothing.
    """
    name = f"simulated-{week}"
    if store.head(keys.gold_sample(name)) is None:
        frame = read_frame(store, week, attribute=ATTRIBUTE, suites=suites, models=models)
        draw_sample(store, frame, Design(gold_set=name, seed=_SEED, pictures=pictures, raters=RATERS))
    sample = read_sample(store, name)
    state = gold_state(sample, read_labels(store, name))
    if state.compared < state.pictures:
        state = _rated(store, sample, sample)
    if state.open:
        state = _rated(store, sample, second_round(sample, read_labels(store, name)))
    return sample, state


def _rated(store: Store, sample: Sample, given: Sample) -> GoldState:
    """Have what is given rated by its raters, and take it in."""
    with TemporaryDirectory() as beside:
        folder = Path(beside) / "gold"
        export(store, given, folder, "csv")
        for rater in given.raters:
            load_factory(RATER)(folder, rater, ATTRIBUTE)
        import_labels(store, sample, [folder / f"{rater}.csv" for rater in given.raters], {})
    return gold_state(sample, read_labels(store, sample.gold_set))
