"""What the commands do, a function each that returns the exit code; a module for each kind of user.

A module is imported when one of its commands is called: `cliche --help` needs none of them.

Belongs here: importing them. A new command is one function in the module of its users, and one in `cli`.
"""

import gc
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # so that calls are checked by their types
    from orchestration.commands import anchors as anchors
    from orchestration.commands import archive as archive
    from orchestration.commands import auditor as auditor
    from orchestration.commands import design as design
    from orchestration.commands import doctor as doctor
    from orchestration.commands import gold as gold
    from orchestration.commands import imports as imports
    from orchestration.commands import init as init
    from orchestration.commands import operator as operator
    from orchestration.commands import query as query
    from orchestration.commands import status as status
    from orchestration.commands import store_reading as store_reading
    from orchestration.commands import taking_back as taking_back


def __getattr__(name: str) -> ModuleType:
    """Import a module of commands."""
    if find_spec(module := f"{__name__}.{name}") is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # What is imported stays. Looking for garbage in it again and again while it grows takes a fifth of the start.
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
