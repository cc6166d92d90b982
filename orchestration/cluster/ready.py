"""Whether a worker can do runs: its settings and definitions load, and its code is that of the code server.

`python -m orchestration.cluster.ready` is a process of its own: what it imports is not in those that a worker forks.
"""

from __future__ import annotations

import os
import re
import sys

import tenacity
from dagster import DagsterInstance, DagsterInvalidConfigError, deserialize_value

from orchestration.console import note
from orchestration.dagster_internals import (
    DagsterGrpcClient,
    DagsterUserCodeUnreachableError,
    ListRepositoriesResponse,
)
from orchestration.definitions import LIBRARY, defs
from orchestration.resources import code_version
from orchestration.settings import load_settings
from warehouse.errors import ClicheError, UsageError
from warehouse.postgres import reached

#: Variable that says where the code server is, `host:port`.
SERVER = "CLICHE_CODE_SERVER"
#: A code server that begins at the same time answers after some seconds.
PATIENCE_S = 60.0


def check() -> None:
    """Raise a `ClicheError` unless a worker of this environment can do what the code server asks for."""
    address = os.environ.get(SERVER, "")
    theirs, ours = version_at(address), code_version()
    if theirs != ours:
        raise ClicheError(
            f"this worker has the code {ours}, the code server at {address} has {theirs}: install one version "
            "everywhere, and start what is older again"
        )
    if (postgres := load_settings().postgres) is not None:
        reached(postgres.get_secret_value(), "Dagster's records").close()
    try:
        with DagsterInstance.get() as instance:
            _ = instance.run_launcher, instance.run_coordinator
        defs().get_repository_def()
    except ClicheError:
        raise
    except Exception as error:
        raise ClicheError(f"this worker cannot do any run: {why(error)}") from error


def why(error: Exception) -> str:
    """Return in one line why Dagster cannot load its settings or our definitions."""
    text = str(error.errors[0].message if isinstance(error, DagsterInvalidConfigError) else error)
    named = re.search(r'environment variable "(\w+)"', text)
    if named:  # that dagster.yaml names
        return f"the variable {named[1]} is not set"
    return f"{type(error).__name__}: {next(iter(text.splitlines()), '')}"


def version_at(address: str) -> str:
    """Return the version of the code that a code server has; it is asked, since what is written down may be old."""
    host, _, port = address.rpartition(":")
    if not (host and port.isdigit()):
        raise UsageError(f"{SERVER} is to say where the code server is, like code:4266")
    retrying = tenacity.Retrying(
        retry=tenacity.retry_if_exception_type(DagsterUserCodeUnreachableError),
        wait=tenacity.wait_fixed(1.0),
        stop=tenacity.stop_after_delay(PATIENCE_S),
        reraise=True,
    )
    try:
        answer = retrying(DagsterGrpcClient(port=int(port), host=host).list_repositories)
    except DagsterUserCodeUnreachableError:
        raise ClicheError(
            f"the code server at {address} ({SERVER}) does not answer; start it first"
        ) from None
    reply = deserialize_value(answer)
    if not isinstance(reply, ListRepositoriesResponse):
        raise ClicheError(f"the code server at {address} cannot load its own code; see its log")
    versions = reply.dagster_library_versions or {}
    return versions.get(LIBRARY, "of an earlier version, which does not say which")


def main() -> int:
    """Return 0 if a worker can do runs, else 1 after a line that says why not."""
    try:
        check()
    except ClicheError as error:
        note(f"cliche: {error}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
