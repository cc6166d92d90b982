"""Errors that a person reads: one line that says what, where and how to fix.

Whatever reads an object may raise `CorruptObjectError`, whatever uses a store `StoreError`, whatever takes a name, a
setting or a file of an operator `UsageError`, and whatever needs a lease `RefusedError`: docstrings name these only
where they say more.
"""

from __future__ import annotations


class ClicheError(Exception):
    """Something in the work failed; the command prints the message and ends with `exit_code`."""

    exit_code = 1


class UsageError(ClicheError):
    """Wrong use or configuration: an unknown name, a setting or file that is not valid, a missing key, price or extra.

    Nothing was asked and nothing was written.
    """

    exit_code = 2


class RefusedError(ClicheError):
    """The request is understood and refused: locked by another run, or a week that is over."""

    exit_code = 3


class LeaseHeldError(RefusedError):
    """Another run holds the lease; it may be dead, and then the lease ends by itself."""


class StoreError(ClicheError):
    """The object store is read-only, full, unreachable or refuses the credentials."""


class CorruptObjectError(ClicheError):
    """An object in the store is missing or damaged, or does not read as what its key says."""
