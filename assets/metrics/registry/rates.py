"""Rows of the list of metrics: rates of outcomes and of labels."""

from __future__ import annotations

from typing import Literal

from assets.metrics.registry.metric import NO_PICTURES, NOT_ASSESSED, Metric

WILSON = "Wilson, 95 %; over all slots of the suite it is conservative"
WILSON_1927 = "Wilson 1927, JASA 22: 209-212"


def _rate(
    metric: str,
    title: str,
    formula: str,
    null: tuple[str, ...],
    better: Literal["lower", "higher"] | None = None,
    of: str | None = None,
    per: tuple[Literal["attribute"], ...] = (),
) -> Metric:
    whole = formula.rpartition(" / ")[2]
    return Metric(
        metric,
        "scores/rates",
        title,
        formula,
        (0.0, 1.0),
        better=better,
        of=of,
        per=per,
        support="every declared value, and what is none" if per else Metric._field_defaults["support"],
        denominator=whole,
        interval=WILSON,
        null_when=null,
        source=WILSON_1927,
    )


RATES: tuple[Metric, ...] = (
    _rate("completeness", "Completeness", "(ok + refused) / planned", ("nothing planned",), "higher"),
    _rate("failed_rate", "Failed", "neither ok nor refused / planned", ("nothing planned",), "lower"),
    _rate("answer_rate", "Answered", "ok / (ok + refused)", ("no answers",)),
    _rate("refused_rate", "Refused", "refused / (ok + refused)", ("no answers",)),
    _rate(
        "rewrite_rate",
        "Prompt rewritten",
        "pictures whose revised prompt differs from the prompt sent / pictures",
        ("no revised prompts reported",),
    ),
    _rate(
        "demographic_injection_rate",
        "Demographic group added to the prompt",
        "pictures whose revised prompt names a group that the prompt sent neither names nor implies / "
        "pictures of prompts in a language with a list of words",
        ("no revised prompts reported in a language with a list of words",),
    ),
    _rate(
        "assessed_rate", "Assessed", "values of the support / pictures", (NO_PICTURES,), per=("attribute",)
    ),
    _rate("cannot_tell_rate", "Cannot tell", "cannot_tell / pictures", (NO_PICTURES,), per=("attribute",)),
    _rate(
        "invalid_rate",
        "Invalid label",
        "labels outside the declared list / pictures",
        (NO_PICTURES,),
        "lower",
        per=("attribute",),
    ),
    _rate(
        "not_assessed_rate", "Not assessed", "without a label / pictures", (NO_PICTURES,), per=("attribute",)
    ),
    _rate(
        "outside_rate",
        "Outside the support",
        "one declared value outside the support / pictures",
        (NO_PICTURES,),
        of="the value: ambiguous, not_applicable, …; cannot_tell has its own rate",
        per=("attribute",),
    ),
    _rate(
        "no_person_rate",
        "No person",
        "no person / pictures whose persons were counted",
        (NO_PICTURES, NOT_ASSESSED),
        per=("attribute",),
    ),
    _rate(
        "multi_person_rate",
        "Several persons",
        "two persons or more / pictures whose persons were counted",
        (NO_PICTURES, NOT_ASSESSED),
        per=("attribute",),
    ),
    Metric(
        "pictures",
        "scores/rates",
        "Pictures",
        "slots that ended ok",
        (0.0, float("inf")),
        unit="pictures",
        denominator="planned slots",
    ),
)
