"""`python -m tests.research [NAME …] [--draws F] [--path P]`: measure what is promised; 1 if a promise is broken."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping

from tests.research import boards, changes, coverage, singles
from tests.research.paths import PATHS, Path
from tests.research.rows import Table, markdown

PROMISES: Mapping[str, Callable[[float, Path], Table]] = {
    "coverage": coverage.suites,
    "coverage-stereotypes": coverage.stereotypes,
    "false-boards": boards.false_boards,
    "false-stereotypes": boards.false_stereotypes,
    "false-carried": boards.carried,
    "false-shared": boards.shared,
    "power": boards.power,
    "power-stereotypes": boards.stereotype_power,
    "false-reports": changes.false_reports,
    "delay": changes.delay,
    "prompts": singles.prompts,
    "words": singles.words,
    "verdicts": singles.verdicts,
    "unseen": singles.unseen,
    "corrected": singles.corrections,
}
SEEDS = {coverage.SEED: "coverage", boards.SEED: "boards", changes.SEED: "changes", singles.SEED: "singles"}


def main(arguments: list[str]) -> int:
    """Print the tables of the promises that are named, of all if none is."""
    parser = argparse.ArgumentParser(prog="python -m tests.research", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(PROMISES)}; all if left out")
    parser.add_argument(
        "--draws", type=float, default=1.0, help="part or multiple of the usual number of draws"
    )
    parser.add_argument("--path", choices=[*PATHS], default="product", help="how figures are made of counts")
    options = parser.parse_args(arguments)
    if unknown := [name for name in options.names if name not in PROMISES]:
        parser.error(f'no promise "{unknown[0]}"; there are {", ".join(PROMISES)}')
    broken = []
    print("Seeds: " + ", ".join(f"{seed} ({of})" for seed, of in SEEDS.items()) + ".\n")
    for name in options.names or PROMISES:
        start = time.process_time()
        table = PROMISES[name](options.draws, PATHS[options.path])
        print(markdown(table), flush=True)
        print(f"{name}: {time.process_time() - start:.0f} s of a processor", file=sys.stderr, flush=True)
        broken += [(name, row) for row in table.failed]
    for name, row in broken:
        print(f"{name}: {row.of}: {row.seen:.3f}, {row.kind} {row.published:g} is promised", file=sys.stderr)
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
