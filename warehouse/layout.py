"""Where files are that a checkout has at its top and a wheel has inside its packages.

A wheel puts nothing but the three packages into an environment: a top-level `sql` would be another project's.
"""

from __future__ import annotations

from pathlib import Path

#: The folder of the packages: the checkout, or an environment's site-packages.
CHECKOUT = Path(__file__).resolve().parents[1]


def shipped(inside: str, top: str = ".") -> Path:
    """Return a folder of shipped files: `inside` the packages of a wheel, else at the top of the checkout."""
    found = CHECKOUT / inside
    return found if found.is_dir() else CHECKOUT / top
