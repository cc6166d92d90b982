"""How a service is reached: address, key, limits of an answer. Run-time settings; none of them is a result."""

from __future__ import annotations

import os
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, field_validator

from warehouse.errors import UsageError

#: Most bytes of one answer: a picture of 50 MB in base64 and what stands around it.
MOST_ANSWER_BYTES = 70_000_000
#: Most bytes of one picture; a larger one is `too_large`.
MOST_IMAGE_BYTES = 50_000_000

#: Keys that were read in this process: what a service says is looked through for them before it is kept.
_read: set[SecretStr] = set()
#: Variables that SDKs read by themselves.
_SDK_SECRETS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_BEARER_TOKEN_BEDROCK")

Host = Annotated[str, StringConstraints(pattern=r"^(\*\.)?[a-z0-9.-]+$")]


class Connection(BaseModel):
    """Where a provider or labeler is reached; all of it has a default of the provider's own.

    `key_env` names a variable, never the key itself. `image_hosts` are the hosts from which addresses in answers are
    fetched (`*.example.com` covers subdomains); `allow_private` lets calls go to this machine and private networks.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_url: str | None = None
    key_env: str | None = Field(default=None, pattern=r"^[A-Z][A-Z0-9_]*$")
    image_hosts: tuple[Host, ...] = ()
    allow_private: bool = False
    region: str | None = None  # of Amazon Bedrock
    timeout_s: float = Field(default=180.0, gt=0, le=3600)  # of one call, its picture's download included
    most_answer_bytes: int = Field(default=MOST_ANSWER_BYTES, gt=0)

    @field_validator("base_url")
    @classmethod
    def _an_address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("write an address that begins with https://")
        if parts.username or parts.password:
            raise ValueError("an address holds no user name and no password; name a variable in key_env")
        if parts.query or parts.fragment:
            raise ValueError("an address holds no query; name a variable in key_env for a key")
        return value.rstrip("/")

    def key(self, default_env: str) -> SecretStr:
        """Return the key from the environment, one that a header can carry."""
        name = self.key_env or default_env
        value = os.environ.get(name, "").strip()
        if not value:
            raise UsageError(f"no key: set the variable {name} (or name another in key_env)")
        secret = SecretStr(value)
        _read.add(secret)
        if not (value.isascii() and value.isprintable()):
            raise UsageError(f"the key in {name} is not plain ASCII")
        return secret


def keys_read() -> tuple[SecretStr, ...]:
    """Return every key that was read in this process, and those that SDKs read from the environment by themselves."""
    theirs = (SecretStr(value) for name in _SDK_SECRETS if (value := os.environ.get(name, "").strip()))
    return (*_read, *theirs)
