"""`cliche run --submit` says in one line what it needs, before anything is submitted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pydantic import SecretStr

from orchestration.cluster.week import submit_week
from orchestration.resources import make_workplace
from orchestration.settings import CHECKOUT, Settings, load_settings
from tests.services.postgres import Postgres
from warehouse.errors import ClicheError, UsageError

WANTED = [("sim-classic", "2026-10-19")]


def submitted(settings: Settings) -> int:
    return submit_week(settings, make_workplace(settings), WANTED, lambda _: "")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    found = load_settings({"CLICHE_HOME": str(tmp_path)})
    found.dagster_home.mkdir()
    shutil.copy(CHECKOUT / "deploy" / "dagster.yaml", found.dagster_home)
    return found


def test_a_home_without_a_shared_instance(settings: Settings, postgres: Postgres) -> None:
    with pytest.raises(UsageError, match=r"^--submit needs a shared instance: set CLICHE_POSTGRES and copy "):
        submitted(settings)
    (settings.dagster_home / "dagster.yaml").unlink()
    with pytest.raises(UsageError, match=r"^--submit needs a shared instance: set CLICHE_POSTGRES and copy "):
        submitted(settings.model_copy(update={"postgres": SecretStr(postgres.fresh_address())}))


def test_a_broker_that_nobody_named(
    settings: Settings, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = postgres.fresh_address()
    monkeypatch.setenv("CLICHE_POSTGRES", address)
    monkeypatch.delenv("CLICHE_BROKER", raising=False)
    with pytest.raises(UsageError, match="CLICHE_BROKER") as error:
        submitted(settings.model_copy(update={"postgres": SecretStr(address)}))
    assert "\n" not in str(error.value)


def test_the_instance_file_is_where_the_image_has_it(
    settings: Settings, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In `DAGSTER_HOME`: a home of a container holds settings and models alone. Nothing is made there."""
    address = postgres.fresh_address()
    for name, value in (("CLICHE_POSTGRES", address), ("DAGSTER_HOME", str(CHECKOUT / "deploy"))):
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CLICHE_BROKER", raising=False)
    shutil.rmtree(settings.dagster_home)
    with pytest.raises(UsageError) as error:
        submitted(settings.model_copy(update={"postgres": SecretStr(address)}))
    assert str(error.value) == f"{CHECKOUT}/deploy/dagster.yaml: the variable CLICHE_BROKER is not set"
    assert not settings.dagster_home.exists()


def test_a_server_that_is_down(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("warehouse.postgres.FIRST_PATIENCE_S", 0.5)
    with pytest.raises(ClicheError, match=r"^Dagster's records in PostgreSQL .* cannot be reached") as error:
        submitted(settings.model_copy(update={"postgres": SecretStr("postgresql://u:geheim@127.0.0.1:1/x")}))
    assert "geheim" not in str(error.value)
