"""The command: what it prints, what it leaves alone, and how it is interrupted."""

from __future__ import annotations

import csv
import gc
import io
import json
import os
import re
import signal
import socket
import time
import urllib.request
from pathlib import Path

import dagster as dg
import pytest

from assets.gateway.receipts import read_partition
from assets.generation.providers.registry import PROVIDERS
from assets.labeling.status import partition_state
from assets.quality.columns import suite
from orchestration.instance import open_instance, partition_key
from orchestration.verifying.manifest import parts, sheets
from tests.orchestration.installation import (
    MODELS,
    NEXT,
    SLOTS,
    WEEK,
    Cliche,
    Installation,
    entry,
    start,
    start_anew,
)
from tests.orchestration.scripted import STOPPING
from warehouse.database.connection import connect
from warehouse.database.table_hash import table_hashes
from warehouse.weeks import current_week

EDITION = f"{WEEK}.1"


# run


def test_garbage_is_collected_again_once_the_command_and_the_checks_are_imported() -> None:
    suite("plans")
    assert gc.isenabled()


def test_a_dry_run_says_what_would_be_asked_and_writes_nothing(fresh: Installation, cliche: Cliche) -> None:
    before = fresh.files()
    ended = cliche("run", "--dry-run", "--week", WEEK)
    assert (ended.code, ended.err) == (0, "")
    rows = [line.split() for line in ended.out.splitlines()]
    assert rows[0] == ["week", WEEK, "pictures", "calls", "minutes", "dollars", "cap"]
    assert rows[1] == ["sim-classic", "4", "4", "-", "0.00"]
    assert rows[2] == ["sim-drift", "4", "4", "-", "0.00"]
    assert rows[3] == ["all", "0.00"]
    assert ended.out.endswith("References, suites and models are valid. Nothing was asked.\n")
    assert fresh.files() == before
    assert not Path(fresh.settings.store).exists()
    assert not fresh.settings.dagster_home.exists()


def test_a_dry_run_counts_only_what_is_still_open(reads: Installation, cliche: Cliche) -> None:
    before = reads.objects()
    ended = cliche("run", "--dry-run", "--week", WEEK, "--model", MODELS[0])
    assert ended.out.splitlines()[1].split()[:3] == [MODELS[0], str(SLOTS), "0"]
    assert reads.objects() == before


def test_a_run_publishes_and_a_second_one_changes_nothing(fresh: Installation, cliche: Cliche) -> None:
    ran = cliche("run", "--week", WEEK)
    assert ran.code == 0, ran.err
    page = Path(fresh.settings.store) / f"editions/{EDITION}/index.html"
    assert f"Edition {EDITION} is current: {page}" in ran.out
    assert page.is_file()
    assert f"{2 * SLOTS}/{2 * SLOTS}" in ran.err
    objects = fresh.objects()
    again = cliche("run", "--week", WEEK)
    assert again.code == 0, again.err
    assert "Nothing to ask: 2 of 2 partitions are complete." in again.out
    assert fresh.objects() == objects


def test_invariant_06_a_rebuild_gives_the_same_tables(published: Installation, cliche: Cliche) -> None:
    with connect(published.settings.warehouse, read_only=True) as con:
        before = table_hashes(con)
    (published.home / "models.yaml").unlink()
    published.settings.warehouse.unlink()
    ended = cliche("rebuild")
    assert ended.code == 0
    assert ended.out.startswith(f"{published.settings.warehouse}: ")
    with connect(published.settings.warehouse, read_only=True) as con:
        assert table_hashes(con) == before


def test_a_model_that_stops(fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(PROVIDERS, "stopping", STOPPING)
    fresh.configure(deadline_hours=168)
    fresh.write_models(entry("real", provider="stopping", concurrency=1), entry("sim-drift"))
    week = current_week()
    ended = cliche("run", "--week", week)
    assert ended.code == 1
    assert ended.error == (
        f"real, week {week}: 3 of 4 slots are open; stopped by the provider (auth: the key is not valid)"
    )
    assert "Not published: real was stopped (auth: the key is not valid)" in ended.out
    told = cliche("status", "--week", week).out
    assert re.search(rf"^sim-drift +{SLOTS}/{SLOTS} ", told, re.MULTILINE)
    assert "real was stopped: auth: the key is not valid" in told
    state = partition_state(fresh.store, week, "real")
    assert (state.outcomes["ok"], state.open, state.unlabelled) == (1, 3, 0)  # what was answered is labeled
    with open_instance(fresh.settings.dagster_home) as instance:  # and no green partition there
        images, labels = (instance.get_materialized_partitions(dg.AssetKey(n)) for n in ("images", "labels"))
        failed = instance.get_run_records(dg.RunsFilter(statuses=[dg.DagsterRunStatus.FAILURE]))
    assert images == {partition_key("sim-drift", week)}
    assert partition_key("real", week) in labels
    assert [one.dagster_run.tags["dagster/partition"] for one in failed] == [partition_key("real", week)]


# status


def test_status_says_how_far_each_model_is(published: Installation, cliche: Cliche) -> None:
    before = published.files()
    ended = cliche("status", "--week", WEEK)
    assert (ended.code, ended.err) == (0, "")
    assert cliche("status", "--week", "2026-W46").out == ended.out
    rows = [line.split() for line in ended.out.splitlines()]
    assert rows[0][:3] == ["week", WEEK, "(2026-W46),"]
    assert [row[:2] for row in rows[2:4]] == [[model, f"{SLOTS}/{SLOTS}"] for model in MODELS]
    assert f"Edition {EDITION} is current: " in ended.out
    assert "Not published" not in ended.out
    assert published.files() == before


def test_status_of_a_week_that_nobody_was_asked_in(fresh: Installation, cliche: Cliche) -> None:
    ended = cliche("status", "--week", WEEK)
    assert ended.code == 0
    assert [line.split() for line in ended.out.splitlines()[2:4]] == [
        [model, "not", "asked"] for model in MODELS
    ]
    assert fresh.objects() == {}


# sql


def test_invariant_10_text_is_printed_as_it_is(published: Installation, cliche: Cliche) -> None:
    texts = ["[bold]x[/bold]", ":warning: :x:", "[/]", "\\[a]", "ｆｕｌｌ"]
    ended = cliche("sql", f"SELECT unnest({texts!r}) AS said".replace("\\\\", "\\"))
    assert [line.rstrip() for line in ended.out.splitlines()] == ["said", *texts]
    out = cliche("sql", "SELECT '=1+1' AS said, -2 AS figure", "--format", "csv").out
    said, figure = list(csv.reader(io.StringIO(out)))[1]
    assert not said.startswith(("=", "+", "-", "@"))
    assert (said.endswith("=1+1"), figure) == (True, "-2")


def test_sql_alone_lists_the_audit_queries_and_each_runs(reads: Installation, cliche: Cliche) -> None:
    listed = cliche("sql")
    assert listed.code == 0
    names = [line.split()[0] for line in listed.out.splitlines()[1:] if not line.startswith(" ")]
    assert {"raza2025_gender", "who_is_the_ceo", "answers_from_labels", "label_provenance"} <= set(names)
    for name in names:
        ended = cliche("sql", "-f", name, "--format", "json")
        assert (ended.code, ended.err) == (0, ""), name
        assert isinstance(json.loads(ended.out), list)


def test_sql_takes_a_file_too(reads: Installation, cliche: Cliche, tmp_path: Path) -> None:
    (tmp_path / "mine.sql").write_text("SELECT 40 + 2 AS answer")
    assert json.loads(cliche("sql", "-f", str(tmp_path / "mine.sql"), "--format", "json").out) == [
        {"answer": 42}
    ]


def test_sql_reads_the_edition_only(published: Installation, cliche: Cliche) -> None:
    published.settings.warehouse.unlink()
    assert cliche("sql", "SELECT count(*) FROM labels").code == 0
    assert not published.settings.warehouse.exists()
    copy = published.home / "published" / "cliche.duckdb"
    before = copy.read_bytes()
    for query in ("CREATE TABLE mine (a INTEGER)", "UPDATE figures SET n = 0", "DROP VIEW leaderboard"):
        ended = cliche("sql", query)
        assert ended.code == 3
        assert ended.only_line.startswith("this connection reads the edition only: ")
    assert copy.read_bytes() == before


# verify

AGREE = "hashes, tables, views and pages agree"


def test_verify_recomputes_hashes_counts_and_scores(reads: Installation, cliche: Cliche) -> None:
    ended = cliche("verify")
    assert (ended.code, ended.err) == (0, "")
    manifest = json.loads(reads.store.get(f"editions/{EDITION}/manifest.json"))
    pages = sheets(manifest, reads.store.get)
    files = len(manifest["files"]) + len(parts(manifest)) + len(pages)
    recomputed = r"([\d,]+) counts and ([\d,]+) figures recomputed, 0 differ"
    pattern = rf"edition {EDITION}   {files:,} files   {AGREE} · {recomputed}\n"
    found = re.fullmatch(rf"{pattern}(?:  .+\n)+", ended.out)  # and what was taken as stated
    assert found
    assert [int(number.replace(",", "")) > 0 for number in found.groups()] == [True, True]


def test_verify_names_files_that_changed_and_that_are_gone(published: Installation, cliche: Cliche) -> None:
    (part,) = published.store.list("tables/labels/")
    store = Path(published.settings.store)
    for key in (f"editions/{EDITION}/index.html", part):
        data = bytearray((store / key).read_bytes())
        data[len(data) // 2] ^= 1
        (store / key).chmod(0o644)
        (store / key).write_bytes(data)
    (store / f"editions/{EDITION}/data/leaderboard.csv").unlink()
    ended = cliche("verify", EDITION)
    assert ended.code == 1
    assert "3 differences" in ended.out
    assert "  index.html has another hash than the manifest says" in ended.out
    assert f"  {part} has another hash than the manifest says" in ended.out
    assert "data/leaderboard.csv is missing" in ended.out


# serve


def test_serve_shows_the_edition_on_this_machine(published: Installation) -> None:
    process = start_anew(published.home, "serve", "--port", "0")
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.fullmatch(rf"Edition {EDITION}: (http://127\.0\.0\.1:\d+)   \(Ctrl-C ends\)\n", line)
        assert found, (line, process.stderr and process.poll() is not None and process.stderr.read())
        for name in ("index.html", "data/leaderboard.csv"):
            with urllib.request.urlopen(f"{found[1]}/{name}", timeout=10) as answer:
                assert answer.read() == published.store.get(f"editions/{EDITION}/{name}")
        for path in ("", "/", "/index.html"):
            with urllib.request.urlopen(f"{found[1]}{path}", timeout=10) as answer:
                assert answer.url == f"{found[1]}/editions/{EDITION}/index.html"
        with urllib.request.urlopen(f"{found[1]}/favicon.ico", timeout=10) as answer:
            assert answer.read() == published.store.get(f"editions/{EDITION}/static/icon.svg")
            assert answer.headers["Content-Type"] == "image/svg+xml"
        thumbnail = next(key for key in published.store.list("thumbnails/") if key.endswith(".webp"))
        for key in (thumbnail, "site/editions/index.html", f"editions/{EDITION}/fr/about/index.html"):
            with urllib.request.urlopen(f"{found[1]}/{key}", timeout=10) as answer:
                assert answer.read() == published.store.get(key)
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Content-Type"] in {"image/webp", "text/html"}
        receipt = next(iter(published.store.list("attempts/")))
        for path in ("../cliche.yaml", receipt, "site/", f"editions/{EDITION}/", "editions/2020-01-06.1/x"):
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(f"{found[1]}/{path}", timeout=10)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert (process.returncode, err) == (0, "")
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def test_a_port_is_in_use(reads: Installation, cliche: Cliche) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = cliche("serve", "--port", str(port))
    assert ended.code == 2
    assert ended.only_line == f"port {port} cannot be used (Address already in use); name another with --port"


# Ctrl-C


def test_ctrl_c_keeps_what_was_recorded_and_ends_with_130(fresh: Installation) -> None:
    fresh.configure(runs_at_once=1)  # two at once: tests/research/kills/test_command_kill.py
    many = [{"suite": "startup-ceo@1", "replicates": 400, "prompts": ["ceo-his"]}]
    fresh.write_models(*(entry(model, suites=many, concurrency=2) for model in MODELS))
    process = start(fresh.home, "run", "--week", NEXT)
    try:
        attempts = Path(fresh.settings.store) / "attempts"
        until = time.monotonic() + 90
        while sum(1 for _ in attempts.rglob("1.json")) < 5:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < until
            time.sleep(0.05)
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to all processes of the command
        out, err = process.communicate(timeout=90)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
    assert process.returncode == 130, err
    assert "Traceback" not in err
    found = re.search(r"stopped: (\d+) pictures kept, 0 lost, no call was billed\. Run again to go on\.", out)
    assert found, out + err
    receipts = [r for model in MODELS for r in read_partition(fresh.store, NEXT, model).receipts]
    pictures = {r.slot_key for r in receipts if r.outcome == "ok"}
    assert int(found[1]) == len(pictures) >= 5
    assert len(receipts) < 800
    assert fresh.store.leases() == []
    assert list(fresh.store.list("editions/")) == []
