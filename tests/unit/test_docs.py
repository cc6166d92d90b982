"""The pages say what there is: a row for every provider and labeler, every command, and links that lead somewhere."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from assets.gateway.models_file import LabelerEntry, ModelEntry
from assets.gateway.money.costs import Price
from assets.gateway.network.connection import Connection
from assets.generation.providers.registry import PROVIDERS
from assets.labeling.registry import KINDS, LABELERS
from assets.quality.registry import CHECKS
from orchestration.alerts import kinds
from orchestration.alerts.channels.registry import CHANNELS
from orchestration.alerts.settings import PASSWORD, SENDER, SMTP, TO, USER, WEBHOOK, AlertSettings
from orchestration.cli import app
from orchestration.settings import Settings
from tests.bench.__main__ import BENCHMARKS
from warehouse.loading.load import PARTITION_TABLES
from warehouse.sqlfiles import names

CHECKOUT = Path(__file__).resolve().parents[2]
PAGES = sorted([*CHECKOUT.glob("*.md"), *(CHECKOUT / "docs").rglob("*.md")])
OPERATIONS = sorted((CHECKOUT / "docs/operations").glob("*.md"))
#: What can be kept true, and read.
_MOST_LINES, _MOST_WORDS = 200, 36_000
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
_FILE = re.compile(r"\b(?:assets|orchestration|sql|tests|warehouse)/[\w./*-]*[\w*]")
_CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)


def page(name: str) -> str:
    return (CHECKOUT / name).read_text(encoding="utf-8")


def operations() -> str:
    return "".join(path.read_text(encoding="utf-8") for path in OPERATIONS)


def tables(text: str) -> list[list[str]]:
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.startswith("|"):
            found[-1].append(line.split("|")[1])
        elif found[-1]:
            found.append([])
    return found


def commands() -> list[str]:
    found = []
    for name, command in get_command(app).commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        found += [f"cliche {name} {sub}" for sub in below] or [f"cliche {name}"]
    return found


def anchor(heading: str) -> str:
    """What a link to a heading is called: lower case, no punctuation, dashes for spaces."""
    kept = (c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LN")
    return "".join(kept).replace(" ", "-")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_every_provider_has_its_row_in_each_table_of_what_is_reported(provider: str) -> None:
    about = [rows for rows in tables(page("docs/providers.md")) if rows and rows[0].strip() in {"provider"}]
    assert len(about) == 2
    for rows in about:
        assert any(f"`{provider}`" in row for row in rows), provider


@pytest.mark.parametrize("labeler", [*KINDS, *LABELERS])
def test_every_labeler_has_its_row(labeler: str) -> None:
    (rows,) = [rows for rows in tables(page("docs/labels.md")) if rows and rows[0].strip() == "labeler"]
    assert any(f"`{labeler}`" in row for row in rows), labeler


@pytest.mark.parametrize("command", commands())
def test_every_command_is_named_where_running_is_explained(command: str) -> None:
    text = operations() + page("docs/labels.md") + page("docs/providers.md")
    assert re.search(rf"{command}\b", text), command


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if name != "home"])
def test_every_setting_has_its_row(name: str) -> None:
    assert f"| `{name}` |" in operations()


@pytest.mark.parametrize("name", AlertSettings.model_fields)
def test_every_setting_of_alerts_has_its_row(name: str) -> None:
    assert f"| `{name}` |" in operations()


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_alert_has_its_row_that_links_lead_to(kind: str) -> None:
    assert f'| <a id="alert-{kind}"></a>`{kind}` |' in page(AlertSettings().docs_url)


@pytest.mark.parametrize(
    "name", [WEBHOOK, SMTP, USER, PASSWORD, SENDER, TO, *(f"channel `{n}`" for n in CHANNELS)]
)
def test_every_channel_and_its_variables_are_explained(name: str) -> None:
    assert name in operations()


@pytest.mark.parametrize("name", Connection.model_fields)
def test_every_part_of_a_connection_has_its_row(name: str) -> None:
    assert f"| `{name}` |" in page("docs/providers.md")


@pytest.mark.parametrize("model", [ModelEntry, LabelerEntry, Price])
def test_every_key_of_the_models_file_is_explained_in_its_header(
    model: type[ModelEntry | LabelerEntry | Price],
) -> None:
    header, _, _ = page("models.yaml").partition("\nmodels:\n")
    names = [field.alias or name for name, field in model.model_fields.items()]
    assert [name for name in names if not re.search(rf"\b{name}\b", header)] == []


@pytest.mark.parametrize("query", names("audit"))
def test_every_audit_query_is_named_where_they_are_listed(query: str) -> None:
    assert f"`{query}`" in operations()


@pytest.mark.parametrize(
    "check",
    [check.name for check in CHECKS if check.kind == "sql" and check.table not in PARTITION_TABLES],
)
def test_every_check_of_results_says_what_is_to_be_done(check: str) -> None:
    table = check.partition("__")[0]
    assert re.search(rf"`({check}|{table}__…)`", operations())


@pytest.mark.parametrize("benchmark", BENCHMARKS)
def test_every_benchmark_is_named(benchmark: str) -> None:
    assert f"[{benchmark}]" in operations()


@pytest.mark.parametrize(
    "name",
    [
        *("Makefile", ".ci/run", "CONTRIBUTING.md", "README.md", "docs/statistics.md"),
        *(str(path.relative_to(CHECKOUT)) for path in OPERATIONS),
    ],
)
def test_files_that_are_named_are_there(name: str) -> None:
    # A folder that pytest is given and that is gone makes it run nothing.
    named = set(_FILE.findall(page(name)))
    assert not [path for path in named if not any(CHECKOUT.glob(path))]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(CHECKOUT)))
def test_links_lead_somewhere(path: Path) -> None:
    text = _CODE.sub("", path.read_text(encoding="utf-8"))
    for link in _LINK.findall(text):
        if link.startswith(("http://", "https://", "mailto:")):
            continue
        name, _, part = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), link
        if part:
            body = _CODE.sub("", target.read_text(encoding="utf-8"))
            headings = re.findall(r"^#+ (.*)$", body, re.MULTILINE)
            assert part in [anchor(heading) for heading in headings], link


def test_a_failed_run_on_dagsters_page_leads_to_what_is_to_be_done() -> None:
    assert "\n## When something is wrong\n" in page(AlertSettings().docs_url)  # `what_to_do` of generation


@pytest.mark.parametrize("path", OPERATIONS, ids=lambda path: path.name)
def test_a_page_of_operations_is_one_task(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= _MOST_LINES


def test_all_pages_together_can_be_read() -> None:
    assert sum(len(path.read_text(encoding="utf-8").split()) for path in PAGES) <= _MOST_WORDS


def test_the_software_is_cited_in_the_version_that_it_has() -> None:
    cited = yaml.safe_load(page("CITATION.cff"))
    project = tomllib.loads(page("pyproject.toml"))["project"]
    assert (cited["version"], cited["license"]) == (project["version"], project["license"])
    assert {
        "cff-version",
        "message",
        "title",
        "authors",
    } <= cited.keys()  # what version 1.2.0 of the format asks for
    assert (cited["cff-version"], cited["type"]) == ("1.2.0", "software")
    assert all(author.keys() & {"name", "family-names", "given-names"} for author in cited["authors"])
