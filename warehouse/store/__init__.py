"""Object storage: `open_store` gives the store that a path or an `s3://bucket/prefix` address names.

Belongs here: what a store must do, a local folder, S3, leases. Does not belong here: what an object holds.
"""

from __future__ import annotations

import re
from pathlib import Path

from warehouse.errors import UsageError
from warehouse.store.base import Head, Holder, Lease, Store

__all__ = ["Head", "Holder", "Lease", "Store", "open_store"]


def open_store(address: str | Path, wait_s: float = 0.0, profile: str | None = None) -> Store:
    """Return the store at `address`: a folder, or `s3://bucket/prefix` with the usual AWS variables.

    A lease that another run holds (a dead one's ends within 60 s) and a server that is away are tried again for
    `wait_s` seconds. Of a bucket alone, keys, server and region of `profile` in the AWS files are used instead of the
    variables.
    """
    if str(address).startswith("s3://"):
        from warehouse.store.s3 import S3Store

        return S3Store(str(address), wait_s, profile)
    if re.match(r"[a-z][a-z0-9+.-]+:", str(address)):
        raise UsageError(f'no store "{address}"; write a folder, or s3://bucket/prefix')
    if profile is not None:
        raise UsageError(f'"{address}" is a folder, which has no AWS profile; leave --profile out')
    from warehouse.store.local import LocalStore

    return LocalStore(Path(address), wait_s)
