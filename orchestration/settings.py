"""Settings: where things are. From `CLICHE_HOME`, `CLICHE_STORE`, `CLICHE_POSTGRES`, which win, and one YAML file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, ValidationError

from assets.gateway.money.budget import Caps
from orchestration.alerts.settings import AlertSettings
from warehouse.errors import UsageError
from warehouse.sqlfiles import shipped
from warehouse.validation import explain
from warehouse.weeks import parse_week
from warehouse.yamlfile import read_yaml

_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~/-]*)?")
_POSTGRES = {"postgresql", "postgres", "postgresql+psycopg2"}
#: The folder of the packages: the checkout, or where a wheel is installed.
CHECKOUT = Path(__file__).resolve().parents[1]
#: The folder of models.yaml, models/, dagster.yaml and workspace.yaml, and of COMMIT.
SHIPPED = shipped("orchestration/shipped")


def _address(value: str) -> str:
    if not _ADDRESS.fullmatch(value):
        raise ValueError("is to be an address like https://example.org/cliche, without a query")
    return value.rstrip("/")


_Address = Annotated[str, AfterValidator(_address)]
_Text = Annotated[str, Field(min_length=1)]


class PublisherSettings(BaseModel):
    """Who publishes the site, as pages and citations say it; `publish --to` asks for name and contact."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    name: _Text | None = None
    address: _Address | None = None  # where the store's root is on the web: canonical addresses begin with it
    contact: _Text | None = None  # an address of e-mail or of a page
    license: _Text | None = None  # of the data of editions, e.g. CC BY 4.0


class Settings(BaseModel):
    """All settings of an installation. Relative paths count from the folder of the YAML file, else from here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    home: Path = Field(exclude=True)  # not in the file
    postgres: SecretStr | None = Field(default=None, exclude=True)  # not in the file: a password is in it
    store: str
    models: Path = SHIPPED / "models.yaml"
    suites: Path | None = None  # another folder of suites than the shipped one
    first_week: str = "2026-09-07"  # the first week that Dagster knows
    deadline_hours: float = Field(
        default=132.0, gt=0, le=168
    )  # after Monday 00:00 UTC; 132 is Saturday 12:00
    workers: int | None = Field(default=None, ge=0)  # processes for reading pictures; None: one a core
    label_range: int | None = Field(default=None, ge=1)  # pictures that one run on a worker labels; None: all
    caps: Caps = Field(default_factory=Caps)  # most dollars of a run, a week, a month
    alerts: AlertSettings = Field(default_factory=AlertSettings)  # what is sent to people, and how
    publisher: PublisherSettings = Field(default_factory=PublisherSettings)  # who publishes the site
    public_store: _Address | None = None  # where anybody can read the store's pictures, if it is public
    runs_at_once: int = Field(default=os.cpu_count() or 1, ge=1)  # models asked at the same time

    @property
    def site(self) -> dict[str, str]:
        """Return what is set of the site."""
        found = {
            "url": self.publisher.address,
            "public_store": self.public_store,
            "publisher": self.publisher.name,
            "contact": self.publisher.contact,
            "data_license": self.publisher.license,
        }
        return {name: value for name, value in found.items() if value}

    @property
    def warehouse(self) -> Path:
        """Return the path of the warehouse file; it can be deleted and rebuilt from the store."""
        return self.home / "warehouse.duckdb"

    @property
    def ledger(self) -> Path:
        """Return the path of this machine's spending ledger; it can be deleted, it is filled again from the store."""
        return self.home / "spending.sqlite"

    @property
    def has_records(self) -> bool:
        """Return whether there are Dagster's records; a command imports Dagster, which is slow, only then."""
        return self.postgres is not None or self.dagster_home.is_dir()

    @property
    def dagster_home(self) -> Path:
        """Return the folder of Dagster's own records."""
        return self.home / "dagster"


def load_settings(environ: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings of this environment."""
    home = _real(Path(environ.get("CLICHE_HOME") or ".cliche").expanduser())
    values: dict[str, Any] = {"home": home, "store": str(home / "store")}
    values |= _from_file(home / "cliche.yaml")
    values["postgres"] = _postgres(environ.get("CLICHE_POSTGRES", ""))
    if environ.get("CLICHE_STORE"):
        values["store"] = environ["CLICHE_STORE"]
    where = str(home / "cliche.yaml")
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise UsageError(explain(error, where, shape=Settings)) from None
    try:
        first_week = parse_week(settings.first_week).isoformat()
    except UsageError as error:
        raise UsageError(f"{where}: first_week: {error}") from None
    return settings.model_copy(update={"first_week": first_week})


def _postgres(address: str) -> SecretStr | None:
    """Return the address of the PostgreSQL that machines share, as its driver takes it; None without one."""
    if not address:
        return None
    try:
        parts = urlsplit(address)
        ok = parts.scheme in _POSTGRES and parts.netloc.count("@") < 2 and parts.port != 0
    except ValueError:
        ok = False
    if not ok:  # without saying what it is: a password may be in it
        raise UsageError(
            "CLICHE_POSTGRES is to be an address like postgresql://user:password@host:5432/cliche "
            "(an @, /, : or % of the password as %40, %2F, %3A, %25)"
        )
    return SecretStr(address.replace(parts.scheme, "postgresql", 1))


def _from_file(path: Path) -> dict[str, Any]:
    if not os.path.lexists(path):
        return {}
    values = read_yaml(path, str(path)) or {}
    if not isinstance(values, dict):
        raise UsageError(f"{path} must hold keys and values")
    for name, how in (
        ("home", "set CLICHE_HOME to have it elsewhere"),
        ("postgres", "set CLICHE_POSTGRES: no file holds a password"),
    ):
        if name in values:
            raise UsageError(f'{path}: unknown key "{name}"; {how}')
    if isinstance(values.get("first_week"), date):  # YAML reads 2026-09-07 as a date
        values["first_week"] = values["first_week"].isoformat()
    for part, names in ((values, ("models", "suites")), (values.get("alerts"), ("file", "template"))):
        for name in names:
            if isinstance(part, dict) and isinstance(part.get(name), str):
                part[name] = _real(path.parent / part[name])
    store = values.get("store")
    if isinstance(store, str) and ":" not in store:  # an address has a colon, a folder has none
        values["store"] = str(_real(path.parent / store))
    return values


def _real(path: Path) -> Path:
    """Return where a path leads; a link that leads to itself is left to whoever opens it."""
    return Path(os.path.realpath(path))
