"""The engines of docs/lake.md answer as the warehouse does, from S3 and by the manifest's list, as they stand there.

polars runs here, DuckDB 1.4 and Spark in the environment of `make test-readers`, whose Python CLICHE_READERS names.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.orchestration.installation import Installation
from tests.orchestration.reading.lines import EXTENSIONS
from tests.orchestration.reading.test_reading_page import EDITION, FOLDER, OTHERS, S3, needs_others
from warehouse.database.published import open_published
from warehouse.store import open_store

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "lake.md").read_text(encoding="utf-8")
(QUESTION,) = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
ENGINES = {
    name: re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    for name, text in re.findall(r"^### ([^\n]+)\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
}
SHOWN = """
import os
print(json.dumps([[str(value) for value in row] for row in rows]), flush=True)
os._exit(0)
"""
#: INSTALL finds the extension that a package brought.
BROUGHT = f"""
import sys, pathlib
folders = [str(one) for one in (pathlib.Path(folder) / {EXTENSIONS!r} for folder in sys.path) if one.is_dir()]
"""
CONNECTED = "duckdb.connect(config={'extension_directory': folders[0]})"
#: The same of the view that pages and metrics rest on: another way to it.
EXPECTED = """SELECT week, model, value, CAST(sum(pictures) AS BIGINT) AS pictures FROM cell_counts
WHERE subject = 'occupation:ceo' AND attribute = 'perceived_gender' AND value <> 'not_assessed'
GROUP BY ALL HAVING sum(pictures) > 0 ORDER BY ALL"""


@pytest.fixture
def bucket(published_once: Installation, s3_address: str) -> str:
    """The address of what the question needs of the store: in S3, with a file beside it that no edition lists."""
    to, labels = open_store(s3_address), []
    names = ("plans", "prompts", "slots", "attempts", "labels")
    for prefix in (*(f"tables/{name}/" for name in names), f"editions/{EDITION}/manifest.json"):
        for key in published_once.store.list(prefix):
            to.put_if_absent(key, published_once.store.get(key))
            labels += [key] if key.startswith("tables/labels/") else []
    # of a corrected week a bucket holds a file more
    to.put_if_absent(str(Path(labels[0]).with_stem("0" * 64)), published_once.store.get(labels[0]))
    return s3_address


def test_the_page_has_these_engines() -> None:
    assert {name: len(blocks) for name, blocks in ENGINES.items()} == {"DuckDB": 1, "polars": 1, "Spark": 1}


def asked(engine: str, address: str, edition: str) -> str:
    """Return the page's lines for an engine, asking of an edition at an address."""
    listed = S3.replace("s3://bucket/prefix", address).replace("2026-11-23.1", edition)
    names = "import json\n" + listed + FOLDER[FOLDER.index("\n\ndef files") :]
    text = names + f"question = {QUESTION!r}\n" + BROUGHT + ENGINES[engine][0] + SHOWN
    return text.replace("duckdb.connect()", CONNECTED)


@pytest.mark.s3
@pytest.mark.parametrize(
    "engine",
    ["polars", *(pytest.param(name, marks=needs_others) for name in ("DuckDB", "Spark"))],
)
def test_an_engine_answers_from_the_bucket_alone(
    engine: str, published_once: Installation, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    if engine == "Spark" and not shutil.which("java"):
        pytest.skip("no Java here, which Spark needs")
    python = sys.executable if engine == "polars" else str(OTHERS)
    if engine == "Spark" and subprocess.run([python, "-c", "import pyspark"], check=False).returncode:
        pytest.skip("Spark is not installed: make test-readers SPARK=yes")
    address = request.getfixturevalue("bucket")
    with open_published(published_once.home / "published" / "cliche.duckdb") as con:
        expected = [[str(value) for value in row] for row in con.execute(EXPECTED).fetchall()]
    assert len(expected) > 1
    script = tmp_path / "asked.py"
    script.write_text(asked(engine, address, EDITION))
    environment = os.environ | {"PYSPARK_PYTHON": python}  # an activated environment has it on its path
    ended = subprocess.run(
        [python, str(script)], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    assert json.loads(ended.stdout.splitlines()[-1]) == expected
