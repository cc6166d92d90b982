"""What Dagster's page shows of an error of ours: its line, what to do, and only then the traceback."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import cast

import dagster as dg

from assets.generation.workplace import Workplace
from warehouse.errors import ClicheError

Step = Callable[[dg.AssetExecutionContext], dg.MaterializeResult[None]]


def shown(step: Step) -> Step:
    """Return the function of an asset, whose errors of ours Dagster shows by their line; the cause is the error."""

    @wraps(step)
    def run(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
        try:
            return step(context)
        except ClicheError as error:
            docs = f"{cast(Workplace, context.resources.workplace).docs}#when-something-is-wrong"
            link = dg.MetadataValue.url if docs.startswith("http") else dg.MetadataValue.text
            raise dg.Failure(str(error), metadata={"what to do": link(docs)}) from error

    return run
