"""Installations and the command, as the shorter tests have them."""

from tests.orchestration.conftest import cliche, fresh, published, published_once

__all__ = ["cliche", "fresh", "published", "published_once"]  # fixtures
