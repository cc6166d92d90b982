"""What the commands do, a function each that returns the exit code; grouped by who uses them.

Belongs here: the table below. A new command is one function in the module of its users, one row here, and one in `cli`.
"""

from orchestration.commands.anchors import anchors_accept, anchors_freeze, anchors_list
from orchestration.commands.auditor import serve, verify
from orchestration.commands.doctor import doctor
from orchestration.commands.gold import gold_export, gold_import, gold_sample, gold_status
from orchestration.commands.imports import check_study, import_midjourney, import_study
from orchestration.commands.labels import label_imported
from orchestration.commands.operator import demo, publish, rebuild, run, unlock
from orchestration.commands.query import sql
from orchestration.commands.status import status
from orchestration.commands.store_reading import verify_store

__all__ = [
    "anchors_accept",
    "anchors_freeze",
    "anchors_list",
    "check_study",
    "demo",
    "doctor",
    "gold_export",
    "gold_import",
    "gold_sample",
    "gold_status",
    "import_midjourney",
    "import_study",
    "label_imported",
    "publish",
    "rebuild",
    "run",
    "serve",
    "sql",
    "status",
    "unlock",
    "verify",
    "verify_store",
]
