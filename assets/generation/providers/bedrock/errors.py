"""What Bedrock's errors mean.

Sources: errors of `InvokeModel` in botocore's service model of bedrock-runtime, "Common errors" of the Bedrock API
reference, "Error handling" of the Amazon Nova user guide (the filters' words), and `finish_reasons` in the Bedrock
user guide's pages of Stability AI (November 2026).
"""

from __future__ import annotations

from assets.gateway.records import Outcome
from assets.generation.providers.errors import ErrorRow

#: Codes whose meaning needs no words.
_BY_CODE: tuple[tuple[Outcome, tuple[str, ...]], ...] = (
    (Outcome.MODEL_RETIRED, ("ResourceNotFoundException",)),
    (Outcome.RATE_LIMITED, ("ThrottlingException", "TooManyRequestsException")),
    (Outcome.QUOTA_EXHAUSTED, ("ServiceQuotaExceededException",)),
    (
        Outcome.AUTH,
        (
            "AccessDeniedException",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "MissingAuthenticationTokenException",
            "ExpiredTokenException",
            "ExpiredToken",
            "RequestExpired",  # a clock that is wrong by more than 15 minutes
            "NotAuthorized",
            "OptInRequired",
            "NoCredentialsError",  # this and what follows: botocore, before anything is sent
            "PartialCredentialsError",
            "CredentialRetrievalError",
            "TokenRetrievalError",
            "SSOTokenLoadError",
            "UnauthorizedSSOTokenError",
            "ProfileNotFound",
            "NoAuthTokenError",
            "InvalidConfigError",
        ),
    ),
    (
        Outcome.INVALID_PARAMS,
        (
            "ValidationException",
            "ValidationError",
            "MalformedHttpRequestException",
            "RequestEntityTooLargeException",
            "UnknownOperationException",
            "ParamValidationError",
            "NoRegionError",
            "InvalidRegionError",
            "InvalidEndpointConfigurationError",
        ),
    ),
    (Outcome.TIMEOUT, ("ModelTimeoutException", "RequestTimeoutException")),
    (
        Outcome.SERVER_ERROR,
        (
            "ModelErrorException",
            "ModelNotReadyException",
            "InternalServerException",
            "InternalFailure",
            "ServiceUnavailableException",
            "ServiceUnavailable",
            "RequestAbortedException",
        ),
    ),
)

ERRORS: tuple[ErrorRow, ...] = (
    # Filters of input and output. `stopped` is our name for what a model's own answer says.
    ErrorRow(
        Outcome.BLOCKED_INPUT,
        code="ValidationException",
        says=r"blocked by our content filters",
        stage="input",
    ),
    ErrorRow(
        Outcome.BLOCKED_INPUT, code="stopped", says=r"Filter reason: (prompt|input image)", stage="input"
    ),
    ErrorRow(Outcome.BLOCKED_OUTPUT, code="stopped", says=r"Filter reason: output image", stage="output"),
    ErrorRow(
        Outcome.BLOCKED_OUTPUT,
        code="stopped",
        says=r"generated images have been blocked by our content filters",
        stage="output",
    ),
    ErrorRow(
        Outcome.BLOCKED_OUTPUT,
        code="stopped",
        says=r"^(content_filtered|guardrail_intervened)$",
        stage="output",
    ),
    ErrorRow(Outcome.SERVER_ERROR, code="stopped", says=r"Inference error"),
    ErrorRow(Outcome.EMPTY_ANSWER, code="stopped", says=r"^(max_tokens|malformed_model_output)$"),
    # Words that change what a code means.
    ErrorRow(Outcome.QUOTA_EXHAUSTED, code="ThrottlingException", says=r"per day|daily"),
    ErrorRow(
        Outcome.QUOTA_EXHAUSTED, code="AccessDeniedException", says=r"payment|INVALID_PAYMENT_INSTRUMENT"
    ),
    ErrorRow(Outcome.MODEL_RETIRED, code="ValidationException", says=r"end of its life|marked .* as legacy"),
    ErrorRow(
        Outcome.MODEL_RETIRED, code="AccessDeniedException", says=r"end of its life|marked .* as legacy"
    ),
    *(ErrorRow(outcome, code=code) for outcome, codes in _BY_CODE for code in codes),
    # What a gateway says without a code of Bedrock.
    ErrorRow(Outcome.RATE_LIMITED, status=429),
    ErrorRow(Outcome.AUTH, status=401),
    ErrorRow(Outcome.AUTH, status=403),
    ErrorRow(Outcome.SERVER_ERROR, status=(500, 599)),
)
