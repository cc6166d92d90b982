"""The Batch and Files endpoints of the OpenAI API: what every caller of batches needs, whatever the calls are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal

import openai

from assets.gateway.batches import BATCH_CALLS, BatchRefusedError, BatchStatus
from assets.gateway.network import http
from assets.gateway.network.connection import MOST_ANSWER_BYTES
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.errors import ErrorRow, by_code, error_answer
from assets.generation.providers.openai.common import Account, Received, header_facts, usage_facts

#: What a call in a batch costs of its price (OpenAI, Batch API FAQ: "50% cost discount").
PRICE = 0.5
Endpoint = Literal["/v1/images/generations", "/v1/responses", "/v1/chat/completions"]
_MARK = "cliche"
#: A file of answers is read line by line as it comes; how long that may take in all.
_FILE_TIMEOUT_S = 3600.0
_RUNNING = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
_GONE = frozenset({404, 410})
_PAGES = 20  # of a hundred batches each, the newest first, that are looked through for a mark

#: Errors of a line that was never answered (BatchRequestOutput.error), and of a batch not begun (Batch.errors).
ERRORS: tuple[ErrorRow, ...] = (
    *by_code(Outcome.BATCH_EXPIRED, "batch_expired", "batch_cancelled"),
    *by_code(Outcome.TIMEOUT, "request_timeout"),
    *by_code(Outcome.RATE_LIMITED, "token_limit_exceeded"),  # too much waits in line already
    *by_code(Outcome.QUOTA_EXHAUSTED, "billing_hard_limit_reached", "insufficient_quota"),
    ErrorRow(Outcome.MODEL_RETIRED, says=r"deprecated|retired|shut ?down"),
    *by_code(
        Outcome.INVALID_PARAMS, "model_not_found", "mismatched_model", "invalid_json_line", "invalid_request"
    ),
    *by_code(Outcome.INVALID_PARAMS, "invalid_method", "invalid_url", "missing_required_parameter"),
    *by_code(Outcome.INVALID_PARAMS, "duplicate_custom_id", "empty_file"),
)


class BatchAccount:
    """Batches of one endpoint in one account."""

    def __init__(self, account: Account, endpoint: Endpoint) -> None:
        self._account, self._endpoint = account, endpoint
        limits = {
            "most_answer_bytes": BATCH_CALLS * MOST_ANSWER_BYTES,
            "timeout_s": max(account.connection.timeout_s, _FILE_TIMEOUT_S),
        }
        self._files = Account(account.connection.model_copy(update=limits))

    def upload_bodies(self, bodies: Mapping[str, Mapping[str, Any]]) -> str:
        """Upload the bodies of calls, by their id, as JSON lines; return the id of the file."""
        data = b"".join(
            json.dumps(
                {"custom_id": identity, "method": "POST", "url": self._endpoint, "body": body}
            ).encode()
            + b"\n"
            for identity, body in bodies.items()
        )
        return self._named(
            lambda client: client.files.with_raw_response.create(
                file=("cliche.jsonl", data, "application/jsonl"), purpose="batch"
            )
        )

    def create(self, uploaded: str, mark: str) -> str:
        """Make the batch; return its id."""
        return self._named(
            lambda client: client.batches.with_raw_response.create(
                input_file_id=uploaded,
                endpoint=self._endpoint,
                completion_window="24h",
                metadata={_MARK: mark},
            )
        )

    def find(self, mark: str) -> str | None:
        """Return the batch that carries the mark, looking through the account's newest."""
        after: str | None = None
        for _ in range(_PAGES):
            page = self._got(
                lambda client, after=after: client.batches.with_raw_response.list(
                    limit=100, after=after if after else openai.omit
                )
            )
            listed = [batch for batch in page.get("data") or () if isinstance(batch, Mapping)]
            for batch in listed:
                if (batch.get("metadata") or {}).get(_MARK) == mark:
                    return str(batch["id"])
            if not page.get("has_more") or not listed:
                return None
            after = str(listed[-1]["id"])
        return None

    def look(self, batch: str) -> BatchStatus:
        """Return how far a batch is; one that failed its validation was refused whole and cost nothing."""
        record = self._got(lambda client: client.batches.with_raw_response.retrieve(batch))
        status = str(record.get("status"))
        if status in _RUNNING:
            return BatchStatus(running=True, status=status)
        if status == "failed":
            errors: list[Any] = (record.get("errors") or {}).get("data") or [{}]
            return BatchStatus(running=False, status=status, refused=self._line_error(errors[0]))
        if status in {"expired", "cancelled"}:
            missing = Answer(
                outcome=Outcome.BATCH_EXPIRED,
                error_code=f"batch_{status}",
                error_message=f"the batch {status} before this request was answered",
            )
            return BatchStatus(running=False, status=status, missing=missing)
        return BatchStatus(running=False, status=status)

    def lines(self, batch: str) -> Iterator[tuple[str, Received | Answer]]:
        """Yield (id of the call, its JSON object or the answer that its error stands for) as the files come in."""
        record = self._got(lambda client: client.batches.with_raw_response.retrieve(batch))
        for name in ("output_file_id", "error_file_id"):
            if isinstance(record.get(name), str) and record[name]:
                for line in self._lines(record[name]):
                    yield str(line.get("custom_id")), self._said(line)

    def _said(self, line: Mapping[str, Any]) -> Received | Answer:
        response = line.get("response")
        if not isinstance(response, Mapping):
            error = line.get("error")
            return self._line_error(error if isinstance(error, Mapping) else {})
        status, body = response.get("status_code"), response.get("body")
        facts = {
            **header_facts({}, status if isinstance(status, int) else 0),
            "request_id": response.get("request_id"),
            "price_factor": PRICE,
        }
        if isinstance(body, dict):
            facts |= usage_facts(body.get("usage"))
        if status != 200 or not isinstance(body, dict) or (body.get("error") and not body.get("id")):
            return self._account.failed(body, facts)
        return Received(body, facts)

    def _line_error(self, error: Mapping[str, Any]) -> Answer:
        return error_answer(
            ERRORS, code=error.get("code"), message=error.get("message"), body=json.dumps(dict(error))
        )

    def _named(self, send: Any) -> str:
        return str(self._got(send)["id"])

    def _got(self, send: Any) -> dict[str, Any]:
        received = self._account.receive(send)
        if isinstance(received, Answer):
            raise BatchRefusedError(received)
        return received.body

    def _lines(self, file: str) -> Iterator[Mapping[str, Any]]:
        rest = b""
        try:
            with self._files.client().files.with_streaming_response.content(file) as response:
                for chunk in response.iter_bytes():
                    *whole, rest = (rest + chunk).split(b"\n")
                    yield from (json.loads(line) for line in whole if line.strip())
            if rest.strip():
                yield json.loads(rest)
        except openai.APIStatusError as error:
            status = error.response.status_code
            if status in _GONE:
                return  # what it held is lost: its slots may be billed, and are reported so
            why = f"the file {file} is not to be had (HTTP {status})"
            outcome = Outcome.AUTH if status in {401, 403} else Outcome.SERVER_ERROR
            raise BatchRefusedError(Answer(outcome=outcome, http_status=status, error_message=why)) from None
        except (openai.APIError, ValueError) as error:
            known = http.answer_of(error)
            raise BatchRefusedError(
                known or Answer(outcome=Outcome.SERVER_ERROR, error_message=f"the file {file} does not read")
            ) from None
