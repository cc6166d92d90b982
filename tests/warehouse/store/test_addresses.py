"""Addresses of stores that nobody can mean are wrong use."""

from __future__ import annotations

import pytest

from warehouse.errors import UsageError
from warehouse.store import open_store


@pytest.mark.parametrize("address", ["s3://", "s3://Bucket/x", "s3://b/x", "s3://key:secret@bucket/x"])
def test_a_wrong_s3_address_is_wrong_use_and_not_repeated(address: str) -> None:
    with pytest.raises(UsageError, match="must read s3://bucket/prefix") as caught:
        open_store(address)
    assert "secret@" not in str(caught.value)


@pytest.mark.parametrize("address", ["s3:/bucket", "gs://bucket/prefix", "http://127.0.0.1/x"])
def test_an_address_of_no_known_kind_is_refused(address: str) -> None:
    with pytest.raises(UsageError, match="write a folder, or s3://bucket/prefix"):
        open_store(address)
