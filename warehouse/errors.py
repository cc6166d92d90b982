"""Errors that a person reads: one line that says what, where and how to fix."""

from __future__ import annotations


class ClicheError(Exception):
    """Something in the work failed; the command prints the message and ends with `exit_code`."""

    exit_code = 1


class UsageError(ClicheError):
    """Wrong use or configuration; nothing was asked and nothing was written."""

    exit_code = 2


class RefusedError(ClicheError):
    """The request is understood and refused: locked by another run, or a week that is over."""

    exit_code = 3


class LeaseHeldError(RefusedError):
    """Another run holds the lease; it may be dead, and then the lease ends by itself."""


class StoreError(ClicheError):
    """The object store is read-only, full, unreachable or refuses the credentials."""


class CorruptObjectError(ClicheError):
    """An object in the store does not read as what its key says."""
