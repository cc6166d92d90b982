"""A home of years whose last week is written and not published, to time what one likes: once, or on a quiet machine.

Usage: python -m tests.bench.archive.home --home HOME --weeks 156 [--models 40] [--prompts 140] [--replicates 10]
"""

from __future__ import annotations

import argparse
from pathlib import Path

from tests.bench.archive.run import begin, grow, noting
from tests.bench.archive.weeks import Asked, monday


def main() -> None:
    """Make it, and say how its last week is published and timed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--home", type=Path, required=True)
    for name, many in (("weeks", 156), ("models", 40), ("prompts", 140), ("replicates", 10)):
        parser.add_argument(f"--{name}", type=int, default=many)
    chosen = parser.parse_args()
    asked = Asked(chosen.models, chosen.prompts, chosen.replicates)
    grow(begin(chosen.home, asked), asked, 1, chosen.weeks, noting())
    print(f"python -m tests.bench.archive.publishing --home {chosen.home} --week {monday(chosen.weeks)}")


if __name__ == "__main__":
    main()
