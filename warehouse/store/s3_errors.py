"""Errors of S3 and of the way to it as one line: what failed, where, and how to fix it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore import exceptions
from botocore.exceptions import BotoCoreError, ClientError

from warehouse.errors import StoreError

_KEYS = "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
_WRONG_KEYS = ("the server refuses the credentials", _KEYS)
_DENIED = (
    "access denied",
    "give these credentials read, list and write rights to the bucket and delete rights to locks/",
)
_REGION = ("the bucket lives in another region", "set AWS_DEFAULT_REGION to the bucket's region")
_FULL = ("the storage is full or its quota is used up", "free some space or raise the quota, then run again")
_BUSY = ("the server asks to slow down or has trouble", "try again later, what is kept stays")
_CODES = {
    "NoSuchBucket": ("there is no such bucket", "make the bucket first, or fix CLICHE_STORE"),
    "InvalidBucketName": ("there can be no such bucket", "fix CLICHE_STORE"),
    "InvalidAccessKeyId": _WRONG_KEYS,
    "SignatureDoesNotMatch": _WRONG_KEYS,
    "InvalidToken": _WRONG_KEYS,
    "AuthFailure": _WRONG_KEYS,
    "ExpiredToken": ("the credentials have expired", "get new ones"),
    "RequestTimeTooSkewed": ("this machine's clock is wrong", "set the clock"),
    "AccessDenied": _DENIED,
    "AllAccessDisabled": _DENIED,
    "401": _WRONG_KEYS,
    "403": ("access denied or wrong credentials", _KEYS),
    "MethodNotAllowed": _DENIED,
    "PermanentRedirect": _REGION,
    "AuthorizationHeaderMalformed": _REGION,
    "301": _REGION,
    "QuotaExceeded": _FULL,
    "XMinioStorageFull": _FULL,
    "507": _FULL,
    "NotImplemented": ("this server lacks what the store needs", "use one with conditional writes"),
    "InternalError": _BUSY,
    "SlowDown": _BUSY,
    "ServiceUnavailable": _BUSY,
    "500": _BUSY,
    "503": _BUSY,
}
_NO_KEYS = ("there are no credentials", "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE")
_SLOW = ("the server does not answer in time", "check the network and AWS_ENDPOINT_URL, then run again")
_TYPES: tuple[tuple[type[BotoCoreError], tuple[str, str]], ...] = (
    (exceptions.NoCredentialsError, _NO_KEYS),
    (exceptions.PartialCredentialsError, _NO_KEYS),
    (exceptions.ProfileNotFound, ("there is no such AWS profile", "fix AWS_PROFILE or --profile")),
    (exceptions.TokenRetrievalError, ("the AWS session has ended", "log in again (aws sso login)")),
    (exceptions.UnauthorizedSSOTokenError, ("the AWS session has ended", "log in again (aws sso login)")),
    (
        exceptions.SSLError,
        ("the server's certificate is not trusted", "check AWS_ENDPOINT_URL and AWS_CA_BUNDLE"),
    ),
    (exceptions.ReadTimeoutError, _SLOW),
    (exceptions.ConnectTimeoutError, _SLOW),
)
_UNREACHABLE = ("the server cannot be reached", "check the network and AWS_ENDPOINT_URL")


def code_of(error: ClientError) -> str:
    """Return the code of a server's answer: a word of S3, or the HTTP status if the answer had no body."""
    return str(error.response.get("Error", {}).get("Code", ""))


def status_of(error: ClientError) -> int:
    """Return the HTTP status of a server's answer."""
    return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))


@contextmanager
def explained(doing: str, where: str) -> Iterator[None]:
    """Turn an error of boto3 while `doing` something to `where` into a `StoreError` of one line."""
    try:
        yield
    except ClientError as error:
        code = code_of(error)
        message = " ".join(str(error.response.get("Error", {}).get("Message", "")).split())
        what, fix = _CODES.get(code) or (
            f"the server answers {code or status_of(error)} {message}".strip(),
            "see the server's documentation",
        )
        raise StoreError(f"cannot {doing} {where}: {what}; {fix}") from error
    except BotoCoreError as error:
        fallback = (
            _UNREACHABLE
            if isinstance(error, exceptions.HTTPClientError | exceptions.ConnectionError)
            else (" ".join(str(error).split()), "check the AWS variables and settings")
        )
        what, fix = next((line for kind, line in _TYPES if isinstance(error, kind)), fallback)
        raise StoreError(f"cannot {doing} {where}: {what}; {fix}") from error
    except ValueError as error:  # boto3 refuses an endpoint address that is none
        raise StoreError(f"cannot {doing} {where}: {error}; check AWS_ENDPOINT_URL") from error
