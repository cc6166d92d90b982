"""Single requests to one bucket: conditional put, get, head, list and delete, retried and explained."""

from __future__ import annotations

import io
import mimetypes
import os
import random
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import botocore.session
from botocore.config import Config
from botocore.exceptions import (
    ClientError,
    ConnectionClosedError,
    ConnectionError,
    HTTPClientError,
    IncompleteReadError,
)

from warehouse.store.base import Head
from warehouse.store.s3_errors import code_of, explained, status_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ABSENT = "*"  # the condition "there is no such object"
_CONFLICTS = 6  # 409: the server asks to repeat a conditional write
_AWAY = (500, 502, 503, 504)  # of a server that starts
_AGAIN_S = 1.0
_READS = 3  # bodies that break off are read again; boto3 repeats only what fails before the body
_PUT_ID = "put-id"
_OCTETS = "application/octet-stream"


@dataclass(frozen=True)
class StoredObject:
    """An object as read: its bytes, its tag, and its age in seconds by the server's clock."""

    data: bytes
    etag: str
    age_s: float


def make_client(wait_s: float = 0.0, profile: str | None = None) -> S3Client:
    """Return a client for the usual AWS variables, or for a profile of the AWS files and nothing else.

    Threads may share it. A server that is away is asked three times more, or for `wait_s` seconds if that is longer.
    """
    import boto3

    files = botocore.session.Session(profile=profile)
    session = boto3.session.Session(botocore_session=files)
    endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
    region = os.environ.get("AWS_REGION") or session.region_name
    settings: dict[str, Any] = {}
    if profile:
        own = files.get_scoped_config()
        endpoint, region = own.get("endpoint_url"), own.get("region") or session.region_name
        settings["ignore_configured_endpoint_urls"] = True  # those of the variables
    settings["s3"] = {"addressing_style": "path" if endpoint else "auto"}
    if endpoint:  # many servers other than Amazon's do not know the checksums that boto3 adds by itself
        settings |= {
            "request_checksum_calculation": "when_required",
            "response_checksum_validation": "when_required",
        }
    config = Config(
        signature_version="s3v4",
        max_pool_connections=64,  # as many threads keep pictures with 32 calls in flight
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 4},
        tcp_keepalive=True,
        **settings,
    )
    client = session.client("s3", region_name=region or "us-east-1", endpoint_url=endpoint, config=config)
    client.meta.events.register_first("needs-retry.s3", _patient(wait_s))
    return client


def _patient(wait_s: float) -> Any:
    """Return what tells botocore after how many seconds to ask once more; None leaves that to its own rules."""

    def again(
        attempts: int, caught_exception: Exception | None, response: Any, **more: object
    ) -> float | None:
        away = isinstance(caught_exception, (ConnectionError, ConnectionClosedError)) or (
            response is not None and response[0].status_code in _AWAY
        )
        return _AGAIN_S if away and attempts * _AGAIN_S <= wait_s else None

    return again


class Objects:
    """The objects of one bucket below one prefix; keys here are without the prefix."""

    def __init__(self, bucket: str, prefix: str, wait_s: float = 0.0, profile: str | None = None) -> None:
        """Take the bucket's name and a prefix that is empty or ends with a slash; asks nothing yet."""
        self._bucket = bucket
        self._prefix = prefix
        self.url = f"s3://{bucket}/{prefix}".rstrip("/")
        self._bucket_seen = False
        with explained("use", self.url):
            self._client = make_client(wait_s, profile)

    def put(self, key: str, data: bytes, *, if_etag: str = ABSENT) -> str | None:
        """Write if the object's tag is `if_etag` (or if there is no object); return its new tag, else None.

        The request carries an id of its own: if an answer is lost and boto3's second try finds the object
        there already, the id tells whether it was the first try that wrote it.
        """
        put_id = secrets.token_hex(8)
        condition = {"IfNoneMatch": "*"} if if_etag == ABSENT else {"IfMatch": if_etag}
        request: Any = {
            "Bucket": self._bucket,
            "Key": self._prefix + key,
            "Body": data,
            "ContentType": mimetypes.guess_type(key)[0] or _OCTETS,
            "Metadata": {_PUT_ID: put_id},
            **condition,
        }
        with explained("write", self._at(key)):
            for conflict in range(_CONFLICTS):
                try:
                    return self._client.put_object(**request)["ETag"]
                except ClientError as error:
                    status, retried = status_of(error), error.response["ResponseMetadata"]["RetryAttempts"]
                    if status == 412 or (status == 404 and code_of(error) == "NoSuchKey"):
                        return self._etag_if_ours(key, put_id) if retried or conflict else None
                    if status != 409 or conflict == _CONFLICTS - 1:
                        raise
                time.sleep(random.uniform(0.5, 1) * 0.05 * 2**conflict)  # noqa: S311  (spreads retries)
        return None

    def overwrite(self, key: str, data: bytes | Path, headers: Mapping[str, str] | None = None) -> None:
        """Write whatever is there; a large file goes in parts, and is seen when all of them are there.

        Headers have the names of boto3 (`ContentType`, `CacheControl`).
        """
        more = {"ContentType": mimetypes.guess_type(key)[0] or _OCTETS, **(headers or {})}
        stream: BinaryIO = io.BytesIO(data) if isinstance(data, bytes) else data.open("rb")
        with stream, explained("write", self._at(key)):
            self._client.upload_fileobj(stream, self._bucket, self._prefix + key, ExtraArgs=more)

    def get(self, key: str, part: tuple[int, int] | None = None) -> StoredObject | None:
        """Return the object, or a part of it (from where, how many bytes), or None if there is none."""
        which: Any = {"Range": f"bytes={part[0]}-{part[0] + part[1] - 1}"} if part else {}
        with explained("read", self._at(key)):
            for attempt in range(_READS):
                try:
                    answer = self._client.get_object(Bucket=self._bucket, Key=self._prefix + key, **which)
                    data = answer["Body"].read()
                except ClientError as error:
                    if self._is_absent(error):
                        return None
                    raise
                except (HTTPClientError, IncompleteReadError):
                    if attempt == _READS - 1:
                        raise
                    continue
                headers = answer["ResponseMetadata"]["HTTPHeaders"]
                return StoredObject(data, answer["ETag"], _age_s(answer["LastModified"], headers.get("date")))
        return None

    def head(self, key: str) -> tuple[int, str] | None:
        """Return size in bytes and tag, or None if there is no such object."""
        answer = self._head(key)
        return (answer["ContentLength"], answer["ETag"]) if answer else None

    def list(self, prefix: str) -> Iterator[str]:
        """Yield the keys that start with `prefix`, page by page, in the server's order."""
        for head in self.heads(prefix):
            yield head.key

    def heads(self, prefix: str) -> Iterator[Head]:
        """Yield key, size and tag as `list` does; of what went in one part, the tag is usually the MD5 of the bytes."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix
        )
        with explained("list", self._at(prefix)):
            for page in pages:
                for item in page.get("Contents", ()):
                    yield Head(item["Key"].removeprefix(self._prefix), item["Size"], item["ETag"])

    def names(self, prefix: str) -> Iterator[str]:
        """Yield keys that start with `prefix` up to their next slash: what those have in common that have one, once."""
        pages = self._client.get_paginator("list_objects_v2").paginate(
            Bucket=self._bucket, Prefix=self._prefix + prefix, Delimiter="/"
        )
        with explained("list", self._at(prefix)):
            for page in pages:
                for item in page.get("CommonPrefixes", ()):
                    yield item["Prefix"].removeprefix(self._prefix)
                for one in page.get("Contents", ()):
                    if not one["Key"].endswith("/"):
                        yield one["Key"].removeprefix(self._prefix)

    def server_time(self) -> datetime | None:
        """Return the time of the server's answer to the smallest of questions, None if it does not say it."""
        with explained("use", self.url):
            answer = self._client.list_objects_v2(Bucket=self._bucket, Prefix=self._prefix, MaxKeys=1)
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        try:
            return parsedate_to_datetime(date) if date else None
        except ValueError:
            return None

    def delete(self, key: str, *, if_etag: str | None = None) -> None:
        """Delete an object, with a tag only if it still has it; one that is gone or changed is no error."""
        condition: Any = {"IfMatch": if_etag} if if_etag else {}
        with explained("delete", self._at(key)):
            try:
                self._client.delete_object(Bucket=self._bucket, Key=self._prefix + key, **condition)
            except ClientError as error:
                if status_of(error) not in {404, 409, 412} or code_of(error) == "NoSuchBucket":
                    raise

    def _head(self, key: str) -> Any:
        """Return the server's answer to a HEAD request, or None if there is no such object."""
        with explained("read", self._at(key)):
            try:
                return self._client.head_object(Bucket=self._bucket, Key=self._prefix + key)
            except ClientError as error:
                if self._is_absent(error):
                    return None
                raise

    def _is_absent(self, error: ClientError) -> bool:
        """Return whether an answer says that there is no such object; raise if there is no such bucket."""
        if status_of(error) != 404 or code_of(error) == "NoSuchBucket":
            return False
        if code_of(error) == "404" and not self._bucket_seen:
            # The answer to a HEAD request has no body: it does not say which of the two is missing.
            try:
                self._client.head_bucket(Bucket=self._bucket)
            except ClientError as missing:
                if status_of(missing) == 404:
                    missing.response["Error"]["Code"] = "NoSuchBucket"
                    raise
            self._bucket_seen = True
        return True

    def _etag_if_ours(self, key: str, put_id: str) -> str | None:
        """Return the object's tag if the request with `put_id` wrote it, else None."""
        answer = self._head(key)
        return answer["ETag"] if answer and answer["Metadata"].get(_PUT_ID) == put_id else None

    def _at(self, key: str) -> str:
        """Return where an object lies, for messages."""
        server = self._client.meta.endpoint_url
        return f"s3://{self._bucket}/{self._prefix}{key} at {server}"


def _age_s(modified: datetime, date: str | None) -> float:
    """Return an object's age by the server's own clock; by ours only if the server does not tell its time."""
    now = datetime.now(modified.tzinfo)
    if date:
        with suppress(ValueError):
            now = parsedate_to_datetime(date)
    return (now - modified).total_seconds()
