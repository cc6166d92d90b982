"""Two published weeks and their edition, as the shorter tests have them."""

from tests.orchestration.verifying.conftest import edition, fetched, following

__all__ = ["edition", "fetched", "following"]  # fixtures
