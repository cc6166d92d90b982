"""The research prototypes beside the checkout, if they are there."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest

SHARED = Path(__file__).resolve().parents[4] / "shared"


def prototype(name: str) -> ModuleType:
    """Return a prototype as a module; skip the test if the folder is missing."""
    folder = SHARED / "prototypes"
    if not folder.is_dir():
        pytest.skip(f"needs the research prototypes in {folder.name}/ beside the checkout")
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    try:
        return importlib.import_module(name)
    finally:
        sys.path.remove(str(folder))
        sys.dont_write_bytecode = before
