"""`python -m tests.bench.archive.lake HOME TIMES PYTHON [ENGINE …]`: docs/lake.md on an edition TIMES over, in S3.

Belongs here: making the copies, one process an engine, what it took. PYTHON is that of `make test-readers`. It prints
seconds, processor seconds and the peak of memory, each with the engine's start.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from tests.orchestration.reading.test_lake import asked
from tests.services.seaweedfs import find_weed, running_server
from warehouse import keys
from warehouse.store import open_store

#: Of its own accord it takes 1 GB.
SPARK = {"PYSPARK_SUBMIT_ARGS": "--driver-memory 8g pyspark-shell"}
TABLES = ("plans", "prompts", "slots", "attempts", "labels")


def copied(home: Path, times: int, address: str) -> dict[str, int]:
    """Put an edition's tables into a bucket, each row `times` times under models of their own; return rows by table."""
    store, to = home / "store", open_store(address)
    edition = json.loads((store / keys.LATEST_EDITION).read_bytes())["edition"]
    manifest = json.loads((store / keys.edition_prefix(edition) / "manifest.json").read_bytes())
    rows: dict[str, int] = dict.fromkeys(TABLES, 0)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as con:
        written = Path(folder) / "part.parquet"
        for name in TABLES:
            for part in manifest["tables"][name]["parts"]:
                source = con.read_parquet(str(store / part["key"]), hive_partitioning=False)
                key = ", slot_key || '-' || copy AS slot_key" if "slot_key" in source.columns else ""
                con.execute(
                    f"""COPY (SELECT * EXCLUDE (copy) REPLACE (model || '-' || copy AS model{key})
                    FROM source CROSS JOIN range(?) AS copies (copy)) TO '{written}' (COMPRESSION zstd)""",
                    [times],
                )
                rows[name] += times * len(source)
                to.put_if_absent(part["key"], written.read_bytes())
    to.put_if_absent(f"editions/{edition}/manifest.json", json.dumps(manifest).encode())
    return rows


def main(home: Path, times: int, python: str, *engines: str) -> None:
    """Print a line an engine."""
    edition = json.loads((home / "store" / keys.LATEST_EDITION).read_bytes())["edition"]
    with (
        tempfile.TemporaryDirectory() as folder,
        running_server(str(find_weed()), Path(folder) / "s3") as server,
    ):
        os.environ.update(server.environment())
        address = server.fresh_address()
        print(copied(home, times, address), flush=True)
        for engine in engines or ("DuckDB", "polars", "Spark"):
            script, answer = Path(folder) / "asked.py", Path(folder) / "answer"
            script.write_text(asked(engine, address, edition))
            own = sys.executable if engine == "polars" else python
            began = time.monotonic()
            with answer.open("wb") as out:
                process = subprocess.Popen(
                    [own, str(script)],
                    stdout=out,
                    cwd=folder,
                    env=os.environ | SPARK | {"PYSPARK_PYTHON": own},
                )
                _, status, used = os.wait4(process.pid, 0)
            rows = len(json.loads(answer.read_text().splitlines()[-1])) if status == 0 else 0
            print(
                f"{engine}: {rows} rows, {time.monotonic() - began:.1f} s, {used.ru_utime + used.ru_stime:.1f} CPU s, "
                f"{used.ru_maxrss / 1024:.0f} MB (of Spark: its Python alone)", flush=True)  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])
