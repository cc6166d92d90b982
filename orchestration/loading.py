"""The asset `loaded`: the one step before publishing that opens the warehouse for writing."""

import dagster as dg

from assets.generation.asset import shown
from assets.generation.workplace import Workplace, parse_key
from warehouse.database.schema import open_warehouse
from warehouse.loading.load import load_partition

WAREHOUSE_POOL = "warehouse"


def load(place: Workplace, model: str, week: str) -> dict[str, int]:
    """Load one partition from the store into the warehouse; return rows by table."""
    with open_warehouse(place.warehouse) as con:
        return load_partition(con, place.store, week, model)


def build_asset(partitions: dg.MultiPartitionsDefinition) -> dg.AssetsDefinition:
    """Return the asset of this step over models and weeks."""

    @dg.asset(partitions_def=partitions, deps=["labels"], pool=WAREHOUSE_POOL, kinds={"duckdb"})
    @shown
    def loaded(
        context: dg.AssetExecutionContext, workplace: dg.ResourceParam[Workplace]
    ) -> dg.MaterializeResult[None]:
        """The rows of one model and week in the warehouse, replaced as a whole."""
        rows = load(workplace, *parse_key(context.partition_key))
        return dg.MaterializeResult(metadata={"dagster/row_count": sum(rows.values()), **rows})

    return loaded
