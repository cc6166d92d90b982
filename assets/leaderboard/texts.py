"""Which code made an edition: the texts of its tables, views and page, by hash.

A version number alone says too little: between two releases the code changes under one number. So a manifest holds
`texts_sha256`, the hash of everything that tables, views and pages are made from, checks among it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import babel

from assets import quality, suites
from assets.labeling.registry import shipped_conventions
from assets.leaderboard.documents import documents_from
from warehouse.canonical import canonical_json, sha256_hex
from warehouse.sqlfiles import ROOT

_HERE = Path(__file__).parent
_SQL = ("schema", "marts", "page", "checks")
_SUFFIXES = {".py", ".j2", ".css", ".svg", ".po"}


@cache
def texts_sha256() -> str:
    """Return the hash of all that tables, views and pages are made from, in this code."""
    statements = [path for folder in _SQL for path in (ROOT / folder).glob("*.sql")]
    files = [
        path for path in _HERE.rglob("*") if path.suffix in _SUFFIXES and "__pycache__" not in path.parts
    ]
    files += Path(quality.__file__).parent.glob("*.py")
    of_suites = Path(suites.__file__).parent
    files += [of_suites / "attributes.yaml", *(of_suites / "data").glob("*.yaml")]  # words
    files += [of_suites / f"{name}.yaml" for name in ("published_figures", "published_questions", "claims")]
    names = {path: path.relative_to(_HERE.parents[1]).as_posix() for path in files}
    names |= {path: f"sql/{path.relative_to(ROOT).as_posix()}" for path in statements}  # in a wheel, too
    hashes = {name: sha256_hex(path.read_bytes()) for path, name in names.items()}
    made_from = {
        "files": hashes,
        "conventions": shipped_conventions(),
        "documents": documents_from(),
        "babel": babel.__version__,  # says numbers and days in each language
    }
    return sha256_hex(canonical_json(made_from))
