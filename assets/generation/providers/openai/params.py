"""Parameters of the OpenAI API, checked by the SDK's own types before anything is asked."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from pydantic import TypeAdapter, ValidationError

from warehouse.errors import UsageError
from warehouse.validation import close_match

_STILL = frozenset({None, "png", "jpeg", "webp"})


def require_params(
    who: str,
    params: Mapping[str, object],
    kind: Any,
    *,
    ours: Collection[str] = (),
    only_known: bool = True,
    fixed: Mapping[str, object] = MappingProxyType({}),
) -> None:
    """Raise `UsageError`, in one line, for the first parameter that cannot be sent.

    `kind` is the SDK's typed dictionary; names of `ours` are set by the provider itself or make no sense here, and
    `fixed` is what it sets and `kind` requires. Compatible APIs have names of their own: `only_known=False`.
    """
    known = frozenset(kind.__annotations__)
    for name in params:
        if name in ours:
            raise UsageError(f'{who}: "{name}" is not for params: one whole picture a slot is asked for')
        if name not in known and only_known:
            raise UsageError(
                f'{who}: unknown parameter "{name}"' + close_match(name, sorted(known - set(ours)))
            )
    if params.get("output_format") not in _STILL:
        raise UsageError(
            f"{who}: output_format is one of {', '.join(sorted(filter(None, _STILL)))}; a label is of one still picture"
        )
    if not only_known:
        return
    try:
        _adapter(kind).validate_python({**fixed, **params})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(
            str(step) for step in first["loc"] if not str(step).startswith(("literal", "function"))
        )
        raise UsageError(f"{who}: {where} {first['input']!r}: {first['msg']}") from None


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
