"""`python -m assets.suites.freeze`: keep a frozen copy of every suite version that has none yet."""

from __future__ import annotations

from assets.suites.loader import load_suites
from assets.suites.published import freeze


def main() -> None:
    """Freeze every version of the shipped suites that has no copy yet."""
    for suite in load_suites().values():
        freeze(suite)


if __name__ == "__main__":
    main()
