"""What the commands do, a function each that returns the exit code; a module for each kind of user.

A module is imported when one of its commands is called: `cliche --help` needs none of them.

Belongs here: importing them. A new command is one function in the module of its users, and one in `cli`.
"""

import gc
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that calls are checked by their types
    from orchestration.commands import (
        anchors,
        archive,
        auditor,
        design,
        doctor,
        gold,
        imports,
        operator,
        query,
        status,
        store_reading,
        taking_back,
    )

__all__ = [
    "anchors",
    "archive",
    "auditor",
    "design",
    "doctor",
    "gold",
    "imports",
    "operator",
    "query",
    "status",
    "store_reading",
    "taking_back",
]


def __getattr__(name: str) -> ModuleType:
    """Import a module of commands."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # What is imported stays. Looking for garbage in it again and again while it grows takes a fifth of the start.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return import_module(f"{__name__}.{name}")
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
