"""Settings: where they come from, which wins, and one line for what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestration.settings import CHECKOUT, Settings, load_settings
from warehouse.errors import UsageError


def settings(home: Path, yaml: str | bytes | None = None, **environ: str) -> Settings:
    home.mkdir(exist_ok=True)
    if yaml is not None:
        (home / "cliche.yaml").write_bytes(yaml if isinstance(yaml, bytes) else yaml.encode())
    return load_settings({"CLICHE_HOME": str(home), **environ})


def test_without_a_file_everything_lies_in_the_home(tmp_path: Path) -> None:
    home = tmp_path / "never-made"
    found = load_settings({"CLICHE_HOME": str(home)})
    assert found.home == home
    assert found.store == str(home / "store")
    assert found.warehouse == home / "warehouse.duckdb"
    assert found.models == CHECKOUT / "models.yaml"
    assert found.suites is None
    assert not home.exists()


def test_without_a_variable_home_is_a_folder_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_settings({}).home == tmp_path / ".cliche"
    assert load_settings({"CLICHE_HOME": ""}).home == tmp_path / ".cliche"


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    assert settings(tmp_path, "store: s3://from-file/x\n").store == "s3://from-file/x"
    both = settings(tmp_path, "store: s3://from-file/x\n", CLICHE_STORE="s3://from-environment/y")
    assert both.store == "s3://from-environment/y"
    assert settings(tmp_path, "store: s3://from-file/x\n", CLICHE_STORE="").store == "s3://from-file/x"


def test_relative_paths_count_from_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir("/")
    found = settings(tmp_path, "models: ../my/models.yaml\nsuites: suites\nstore: ../bucket\n")
    assert found.models == tmp_path.parent / "my" / "models.yaml"
    assert found.suites == tmp_path / "suites"
    assert found.store == str(tmp_path.parent / "bucket")
    assert settings(tmp_path, "models: /etc/models.yaml\n").models == Path("/etc/models.yaml")
    assert settings(tmp_path, "# nothing yet\n").first_week == "2026-09-07"


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("stroe: x\n", 'unknown key "stroe"; did you mean "store"?'),
        ("colour: red\n", 'unknown key "colour"; known: '),
        ("home: /elsewhere\n", 'unknown key "home"; set CLICHE_HOME'),
        ("deadline_hours: never\n", "deadline_hours: "),
        ("deadline_hours: 0\n", "deadline_hours: "),
        ("deadline_hours: 169\n", "deadline_hours: "),
        ("runs_at_once: 0\n", "runs_at_once: "),
        ("publisher: {address: example.org}\n", "publisher, address: is to be an address like https://"),
        ("publisher: {contact: 7}\n", "publisher, contact: YAML reads 7 as something other than text;"),
        ("publisher: {name: ' '}\n", "publisher, name: "),
        ("publisher: {licence: CC0}\n", 'publisher: unknown key "licence"; did you mean "license"?'),
        ("publisher: Jane Doe\n", 'publisher: must hold keys and values, not "Jane Doe"'),
        ("publisher:\n", "publisher: must hold keys and values, not None"),
        ("contact: me@example.org\n", 'unknown key "contact"; did you mean publisher: {contact: …}?'),
        ("public_store: https://example.org/x?y\n", "public_store: "),
        ("workers: -1\n", "workers: "),
        ("store: 7\n", "store: "),
        ("models: [a]\n", "models"),
        ("models: 7\n", "models"),
        ("first_week: tomorrow\n", 'first_week: week "tomorrow" is no date'),
        ("first_week: 2026-09-08\n", "first_week: week 2026-09-08 is no Monday; did you mean 2026-09-07?"),
        ("store: {\n", "cliche.yaml, line 2, column 1: "),
        ("store: a\nstore: b\n", "stands twice"),
        ("- a\n- b\n", "must hold keys and values"),
        (b"store: \xff\xfe\n", "is not UTF-8"),
        ("caps: {week: 600}\n", 'cliche.yaml: caps: unknown key "week"; did you mean "week_usd"?'),
        ("caps: {run_usd: 0}\n", "cliche.yaml: caps, run_usd: input should be greater than 0, not 0"),
        ("caps: {month_usd: many}\n", "cliche.yaml: caps, month_usd: "),
        ("caps: {week_usd: .inf}\n", "cliche.yaml: caps, week_usd: input should be a finite number"),
        ("caps: 600\n", "cliche.yaml: caps: "),
        ("cap: {week_usd: 600}\n", 'unknown key "cap"; did you mean "caps"?'),
    ],
)
def test_what_is_wrong_is_one_line_with_the_file(tmp_path: Path, yaml: str | bytes, expected: str) -> None:
    with pytest.raises(UsageError) as error:
        settings(tmp_path, yaml)
    assert str(tmp_path / "cliche.yaml") in str(error.value)
    assert expected in str(error.value)
    assert "\n" not in str(error.value)


def test_who_publishes_is_one_section(tmp_path: Path) -> None:
    said = "{name: A & B, address: https://example.org/x/, contact: a@example.org, license: CC BY 4.0}"
    assert settings(tmp_path, f"publisher: {said}\n").site == {
        "url": "https://example.org/x",
        "publisher": "A & B",
        "contact": "a@example.org",
        "data_license": "CC BY 4.0",
    }
    assert settings(tmp_path, "store: a\n").site == {}


def test_a_date_of_yaml_is_a_week(tmp_path: Path) -> None:
    assert settings(tmp_path, "first_week: 2026-09-14\n").first_week == "2026-09-14"
    assert settings(tmp_path, "first_week: 2026-W38\n").first_week == "2026-09-14"


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "cliche.yaml").mkdir()
    with pytest.raises(UsageError, match=r"cliche\.yaml"):
        load_settings({"CLICHE_HOME": str(tmp_path)})


def test_caps_are_read_and_none_is_no_cap(tmp_path: Path) -> None:
    found = settings(tmp_path, "caps: {week_usd: 600, month_usd: 2000.5}\n")
    assert (found.caps.run_usd, found.caps.week_usd, found.caps.month_usd) == (None, 600.0, 2000.5)
    assert settings(tmp_path, "store: a\n").caps.week_usd is None
    assert found.ledger == tmp_path / "spending.sqlite"


PASSWORD = "a-password-of-this-test"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg2"])
def test_the_postgresql_that_machines_share_comes_from_the_environment(tmp_path: Path, scheme: str) -> None:
    found = settings(tmp_path, CLICHE_POSTGRES=f"{scheme}://me:{PASSWORD}@host:5433/cliche?sslmode=require")
    assert found.postgres is not None
    address = f"postgresql://me:{PASSWORD}@host:5433/cliche?sslmode=require"
    assert found.postgres.get_secret_value() == address
    assert PASSWORD not in repr(found) + str(found.model_dump())
    assert settings(tmp_path, CLICHE_POSTGRES="").postgres is None


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://me:{PASSWORD}@host/cliche",
        f"me:{PASSWORD}@host/cliche",
        f"postgresql://me:{PASSWORD}@@host/cliche",
        f"postgresql://me:{PASSWORD}@host:many/cliche",
        f"postgresql://me:x/{PASSWORD}@host/cliche",
    ],
)
def test_a_wrong_address_is_told_without_its_password(tmp_path: Path, address: str) -> None:
    with pytest.raises(UsageError, match="CLICHE_POSTGRES is to be an address like postgresql://") as error:
        settings(tmp_path, CLICHE_POSTGRES=address)
    assert PASSWORD not in str(error.value)


def test_no_file_holds_the_password(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='unknown key "postgres"; set CLICHE_POSTGRES') as error:
        settings(tmp_path, f"postgres: postgresql://me:{PASSWORD}@host/cliche\n")
    assert PASSWORD not in str(error.value)
