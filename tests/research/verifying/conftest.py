"""The homes and editions of tests/orchestration/verifying."""

from __future__ import annotations

from tests.orchestration.conftest import cliche, fresh, published, published_once
from tests.orchestration.verifying.conftest import edition, fetched, following

__all__ = ["cliche", "edition", "fetched", "following", "fresh", "published", "published_once"]
