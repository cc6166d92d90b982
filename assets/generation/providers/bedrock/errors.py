"""What Bedrock's errors mean.

Sources: errors of `InvokeModel` in botocore's service model of bedrock-runtime, "Common errors" of the Bedrock API
reference, "Error handling" of the Amazon Nova user guide (the filters' words), and `finish_reasons` in the Bedrock
user guide's pages of Stability AI (November 2026).
"""

from __future__ import annotations

from assets.gateway.records import Outcome
from assets.generation.providers.errors import ErrorRow, by_code, by_status

_NOT_LET_IN = (
    "AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException", "IncompleteSignature",
    "IncompleteSignatureException", "MissingAuthenticationTokenException", "ExpiredTokenException", "ExpiredToken",
    "RequestExpired",  # a clock that is wrong by more than 15 minutes
    "NotAuthorized", "OptInRequired",
    # What follows is of botocore, before anything is sent.
    "NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "TokenRetrievalError",
    "SSOTokenLoadError", "UnauthorizedSSOTokenError", "ProfileNotFound", "NoAuthTokenError", "InvalidConfigError",
)  # fmt: skip
_NOT_TAKEN = (
    "ValidationException", "ValidationError", "MalformedHttpRequestException", "RequestEntityTooLargeException",
    "UnknownOperationException", "ParamValidationError", "NoRegionError", "InvalidRegionError",
    "InvalidEndpointConfigurationError",
)  # fmt: skip
_BROKEN = (
    "ModelErrorException", "ModelNotReadyException", "InternalServerException", "InternalFailure",
    "ServiceUnavailableException", "ServiceUnavailable", "RequestAbortedException",
)  # fmt: skip
_OLD = r"end of its life|marked .* as legacy"
_FILTERED = r"blocked by our content filters"
ERRORS: tuple[ErrorRow, ...] = (
    # Filters of input and output. `stopped` is our name for what a model's own answer says.
    ErrorRow(Outcome.BLOCKED_INPUT, code="ValidationException", says=_FILTERED, stage="input"),
    ErrorRow(
        Outcome.BLOCKED_INPUT, code="stopped", says=r"Filter reason: (prompt|input image)", stage="input"
    ),
    ErrorRow(
        Outcome.BLOCKED_OUTPUT,
        code="stopped",
        says=rf"Filter reason: output image|generated images have been {_FILTERED}"
        r"|^(content_filtered|guardrail_intervened)$",
        stage="output",
    ),
    ErrorRow(Outcome.SERVER_ERROR, code="stopped", says=r"Inference error"),
    ErrorRow(Outcome.EMPTY_ANSWER, code="stopped", says=r"^(max_tokens|malformed_model_output)$"),
    # Words that change what a code means.
    ErrorRow(Outcome.QUOTA_EXHAUSTED, code="ThrottlingException", says=r"per day|daily"),
    ErrorRow(
        Outcome.QUOTA_EXHAUSTED, code="AccessDeniedException", says=r"payment|INVALID_PAYMENT_INSTRUMENT"
    ),
    *(
        ErrorRow(Outcome.MODEL_RETIRED, code=code, says=_OLD)
        for code in ("ValidationException", "AccessDeniedException")
    ),
    # Codes whose meaning needs no words.
    *by_code(Outcome.MODEL_RETIRED, "ResourceNotFoundException"),
    *by_code(Outcome.RATE_LIMITED, "ThrottlingException", "TooManyRequestsException"),
    *by_code(Outcome.QUOTA_EXHAUSTED, "ServiceQuotaExceededException"),
    *by_code(Outcome.AUTH, *_NOT_LET_IN),
    *by_code(Outcome.INVALID_PARAMS, *_NOT_TAKEN),
    *by_code(Outcome.TIMEOUT, "ModelTimeoutException", "RequestTimeoutException"),
    *by_code(Outcome.SERVER_ERROR, *_BROKEN),
    # What a gateway says without a code of Bedrock.
    *by_status(Outcome.AUTH, 401, 403),
    *by_status(Outcome.RATE_LIMITED, 429),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)
