"""An edition that is compared, as all comparisons of its rows need it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from orchestration.verifying.manifest import Manifest
from orchestration.verifying.report import Step, VerifyReport


@dataclass(frozen=True)
class VerifiedEdition:
    """Where its files lie, what is stated, who hears of differences and how far it is."""

    folder: Path
    root: Path  # where the keys of parts begin: the folder, or a store, in which parts of other editions lie
    manifest: Manifest  # its files were compared with it
    report: VerifyReport
    step: Step
