"""`python -m tests.studies.simulations [NAME …] [--draws F] [--out FILE]`: simulation studies of the statistics.

Belongs here: the command and the table of studies. Does not belong here: what is simulated (a module each, with
`TITLE` and `tables(draws)`; seeds are fixed, so a study prints the same tables again).
"""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

from tests.studies.simulations.tables import Table, markdown

STUDIES: Mapping[str, str] = {
    "coverage": "how often 95 % intervals hold the truth, and the bias of distance2",
    "equal_models": "equal models with unequal numbers of pictures",
    "refusals": "a model that refuses its most stereotyped prompts",
    "boards": "boards of equal models",
    "clusters": "pictures that were drawn together: coverage, and boards of equal models",
    "cluster_rates": "the same of rates, of single weeks and of corrected figures",
    "separation": "what ranks tell apart beside known variances, and boards with a model unlike all others",
    "claims": "how often the verdict on a claim is wrong, or changes, at a share that never moves",
    "widths": "narrower intervals, tried where the published ones cover more than they promise",
    "windows": "windows of models that scatter from week to week: coverage, and boards of equal models",
    "corrected_windows": "windows of models that scatter, corrected for label error: coverage",
    "unopened": "windows around a change: how far their figure lags until it is opened",
    "drift": "false alarms, power and dates of drift events",
    "gold": "coverage of the weighted share of one gold set, beside three wrong ways",
    "label_error": "order and coverage when labelers err",
    "raters": "figures corrected with gold where people err too, alone or together; what a third rater sees",
    "effects": "paired effects of a changed prompt",
    "effect_windows": "what one word changes in four weeks, of models that scatter: coverage, false effects",
    "prompts_like_these": "the interval over prompts like these",
    "declared.boards": "ranks of planted models on every board of the analysis file, adversaries among them",
    "declared.stereotypes": "stereotype_share and others: order with adversaries among the models, and coverage",
}
#: Studies of what readers rely on have a folder of their own.
READERS = {
    "claims",
    "clusters",
    "cluster_rates",
    "corrected_windows",
    "effect_windows",
    "raters",
    "separation",
    "unopened",
    "widths",
    "windows",
}


def study(name: str) -> ModuleType:
    """Return the module of a study."""
    folder = "readers." if name in READERS else ""
    return importlib.import_module(f"tests.studies.simulations.{folder}{name}")


def page(found: Mapping[str, list[Table]], draws: float) -> str:
    """Return the tables of all studies as one page."""
    size = "" if draws == 1 else f" At {draws:g} of the full number of draws: too few for the marks."
    parts = [
        "# Simulation studies",
        "Written by `make studies`; do not edit. Truth is planted, data are drawn, and the product's own functions "
        f"are asked what they see. Seeds are fixed: the same code gives the same page.{size}",
    ]
    for name, tables in found.items():
        parts += [f"## {study(name).TITLE}", *(markdown(table) for table in tables)]
    return "\n\n".join(parts) + "\n"


def main(arguments: list[str]) -> int:
    """Run the studies that are named, all if none is; 1 if a mark does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.studies.simulations", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(STUDIES)}; all if left out")
    parser.add_argument("--draws", type=float, default=1.0, help="part of the full number of draws")
    parser.add_argument("--out", type=Path, help="file for the Markdown; printed if left out")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in STUDIES]:
        parser.error(f'no study "{unknown[0]}"; there are {", ".join(STUDIES)}')
    found: dict[str, list[Table]] = {}
    for name in options.names or STUDIES:
        print(f"{name}: {STUDIES[name]} …", file=sys.stderr, flush=True)
        start, used = time.perf_counter(), time.process_time()
        found[name] = study(name).tables(options.draws)
        taken = time.perf_counter() - start, time.process_time() - used
        print(f"{name}: {taken[0]:.0f} s, {taken[1]:.0f} s of a processor", file=sys.stderr, flush=True)
    text = page(found, options.draws)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    else:
        print(text)
    failed = [(name, mark) for name, tables in found.items() for table in tables for mark in table.failed]
    for name, mark in failed:
        print(f"{name}: does not hold: {mark.text} (seen: {mark.value})", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
