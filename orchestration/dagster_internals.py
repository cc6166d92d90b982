"""Every name of Dagster that is not public, imported here alone: any new version may move it.

tests/orchestration/test_dagster_internals.py holds what we use of each.
"""

from dagster._cli.job import _create_run as create_run
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.instance.ref import InstanceRef
from dagster._core.launcher import CheckRunHealthResult, ResumeRunContext, WorkerStatus
from dagster._core.storage.event_log import SqliteEventLogStorage
from dagster._core.workspace.context import WorkspaceProcessContext, WorkspaceRequestContext
from dagster._core.workspace.load_target import ModuleTarget
from dagster._grpc.client import DagsterGrpcClient
from dagster._grpc.types import ListRepositoriesResponse, ResumeRunArgs
from dagster_shared.libraries import DagsterLibraryRegistry

__all__ = [
    "CheckRunHealthResult",
    "DagsterGrpcClient",
    "DagsterLibraryRegistry",
    "DagsterUserCodeUnreachableError",
    "InstanceRef",
    "ListRepositoriesResponse",
    "ModuleTarget",
    "ResumeRunArgs",
    "ResumeRunContext",
    "SqliteEventLogStorage",
    "WorkerStatus",
    "WorkspaceProcessContext",
    "WorkspaceRequestContext",
    "create_run",
]
