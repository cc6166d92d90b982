"""Which license holds for what: every service and statistic has its row, and no license is made up."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from assets.generation.providers.registry import PROVIDERS
from assets.leaderboard.licenses import SERVICES, STATISTICS, WEIGHTS, address_of, of_data
from assets.leaderboard.page.languages import ENGLISH, tongue
from assets.suites import references
from assets.suites.references import Catalogue, ReferenceTable
from warehouse.yamlfile import read_yaml


def test_every_service_has_its_terms_and_every_statistic_the_license_that_its_source_states() -> None:
    assert SERVICES.keys() == PROVIDERS.keys() - {"simulated", WEIGHTS}
    path = Path(references.__file__).parent / "references" / "catalogue.yaml"
    catalogue = Catalogue.model_validate(read_yaml(path, str(path)))
    tables = {one.id: one for one in catalogue.references if isinstance(one, ReferenceTable)}
    assert STATISTICS.keys() == tables.keys()
    for name, (said, _) in STATISTICS.items():
        license = tongue(ENGLISH).say(said).rpartition(": ")[2].rstrip(".")
        assert license in tables[name].source, name
    assert all(
        urlsplit(url).scheme == "https" for url in (*SERVICES.values(), *(u for _, u in STATISTICS.values()))
    )


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("CC BY 4.0", "https://spdx.org/licenses/CC-BY-4.0.html"),
        ("MIT", "https://spdx.org/licenses/MIT.html"),
        ("none given", None),
        ("CC BY 4.0, but ask first", None),
        ("../x", None),
    ],
)
def test_only_a_license_that_is_known_has_an_address(said: str, address: str | None) -> None:
    assert address_of(said) == address


def test_data_without_a_license_has_none() -> None:
    assert tongue(ENGLISH).say(of_data(None).said) == "Data of the editions: no license is stated."
    assert of_data(None).url is None
