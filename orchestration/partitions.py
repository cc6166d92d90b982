"""Partitions: models, weeks, and their product; one helper parses keys, everywhere (`parse_key` of the workplace)."""

from __future__ import annotations

from collections.abc import Iterable

import dagster as dg


def weeks_definition(first_week: str) -> dg.WeeklyPartitionsDefinition:
    """Return weeks from `first_week` to the present one: Mondays in UTC, the week that begins included."""
    return dg.WeeklyPartitionsDefinition(
        start_date=first_week, day_offset=1, timezone="UTC", end_offset=1, fmt="%Y-%m-%d"
    )


def product_definition(
    models: Iterable[str], weeks: dg.WeeklyPartitionsDefinition
) -> dg.MultiPartitionsDefinition:
    """Return the product of models and weeks; its keys read `model|week`."""
    return dg.MultiPartitionsDefinition({"model": dg.StaticPartitionsDefinition([*models]), "week": weeks})


def partition_key(model: str, week: str) -> dg.MultiPartitionKey:
    """Return the key `model|week`."""
    return dg.MultiPartitionKey({"model": model, "week": week})
