"""What is not public in Dagster: each name is where we import it from, and takes and has what we use.

Try a new version of Dagster here first.
"""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
MODULE = CHECKOUT / "orchestration" / "dagster_internals.py"


def imported(path: Path) -> dict[str, str]:
    """Names that a module imports from what Dagster keeps to itself, and the modules they are in."""
    found = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        for alias in node.names if isinstance(node, ast.Import | ast.ImportFrom) else ():
            module = (node.module if isinstance(node, ast.ImportFrom) else alias.name) or ""
            if f"{module}.{alias.name}".startswith(("dagster._", "dagster_shared")):
                found[alias.name] = module
    return found


#: Of each name: what is called, with the parameters that it is given; and attributes that are read.
USED: dict[str, dict[str, set[str]]] = {
    "_create_run": {
        "": {"instance", "code_location", "remote_repo", "remote_job", "run_config", "tags"}
        | {"op_selection", "run_id"}
    },
    "CheckRunHealthResult": {"": {"status", "msg"}},
    "DagsterGrpcClient": {"": {"port", "host"}, "list_repositories": set()},
    "DagsterLibraryRegistry": {"register": {"name", "version", "is_dagster_package"}},
    "DagsterUserCodeUnreachableError": {"with_traceback": set()},
    "InstanceRef": {
        "from_dir": {"base_dir", "config_dir", "overrides"},
        "config_defaults": {"base_dir"},
    },
    "ListRepositoriesResponse": {"": {"dagster_library_versions"}},
    "ModuleTarget": {
        "module_name": set(),
        "attribute": set(),
        "working_directory": set(),
        "location_name": set(),
    },
    "ResumeRunArgs": {"": {"job_origin", "run_id", "instance_ref", "set_exit_code_on_failure"}},
    "ResumeRunContext": {"": {"dagster_run"}},
    "SqliteEventLogStorage": {
        "": {"base_dir", "inst_data"},
        "_connect": {"shard"},
        "_initdb": {"engine"},
        "conn_string_for_shard": set(),
        "path_for_shard": set(),
        "index_connection": set(),
        "has_table": {"table_name"},
        "dispose": set(),
    },
    "WorkerStatus": {"RUNNING": set(), "FAILED": set(), "UNKNOWN": set()},
    "WorkspaceProcessContext": {
        "": {"instance", "workspace_load_target", "version", "code_server_log_level"},
        "create_request_context": set(),
    },
    "WorkspaceRequestContext": {"get_code_location": {"location_name"}},
}


def test_one_module_imports_what_is_not_public_and_all_of_it_is_tried_here() -> None:
    importing = {
        path.relative_to(CHECKOUT).as_posix()
        for package in ("assets", "orchestration", "warehouse")
        for path in (CHECKOUT / package).rglob("*.py")
        if imported(path)
    }
    assert importing == {MODULE.relative_to(CHECKOUT).as_posix()}
    assert imported(MODULE).keys() == USED.keys()


@pytest.mark.parametrize("name", USED)
def test_a_name_is_where_it_was_and_has_what_is_used(name: str) -> None:
    found = getattr(import_module(imported(MODULE)[name]), name)
    for attribute, parameters in USED[name].items():
        used: Any = getattr(found, attribute) if attribute else found
        if parameters:
            assert parameters <= inspect.signature(used).parameters.keys()
