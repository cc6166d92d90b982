"""The page of metrics, made from the list of metrics.

Every edition has it as `docs/metrics.md`; `make docs` writes it for developers.
"""

from __future__ import annotations

import sys
from pathlib import Path

from assets.metrics.registry.metric import Measure, Metric
from assets.metrics.registry.metrics import measures

_OPENING = """\
# Metrics

From the rows beside the code that computes them, in `assets/metrics/scores/measures/`. Why each is
as it is, and what was measured: `docs/methodology.md` in the source code.

Each is a value of `scores.metric`, and of `study_scores.metric` where a study has what it needs. p̂ are shares seen, q
those of the reference, n pictures in the support, m cells, K values of the support. A figure of a suite is about this
frozen suite: `low` and `high` treat its prompts as fixed and its pictures as the sample; pictures that one job, call or
seed drew (`clusters`) count there as the independent ones that they are worth, and `n` is their number. Where a figure
is a mean over prompts of ten subjects or more, `prompts_low` and `prompts_high` are the interval over *prompts like
these*: Student's t over the subjects, whose prompts count together, never narrower than the first. A NULL figure has
its `reason`.
"""


def page() -> str:
    """Return the page as Markdown."""
    parts = [
        _OPENING,
        "| metric | what it is | range | better | of | cells, suites | for whom |",
        "| --- | --- | --- | --- | --- | --- | --- |",
        *(_row(metric) for measure in measures() for metric in measure.metrics),
        "",
        *(_section(metric, measure) for measure in measures() for metric in measure.metrics),
    ]
    return "\n".join(parts).rstrip() + "\n"


def _row(metric: Metric) -> str:
    cells = (
        f"[`{metric.id}`](#{metric.id})",
        metric.title,
        _range(metric),
        metric.better or "neither",
        ", ".join(metric.per) or "answers",
        ", ".join(f"{level}s" for level in metric.levels),
        metric.reader,
    )
    return f"| {' | '.join(_cell(text) for text in cells)} |"


def _section(metric: Metric, measure: Measure) -> str:
    second = "; also over prompts like these" if metric.prompts_interval else ""
    facts = {
        "For whom": metric.reader,
        "Formula": metric.formula,
        "Unit": metric.unit,
        "Support": metric.support,
        "n": metric.denominator,
        "`value_name`": metric.of,
        "Interval": f"{metric.interval or 'none'}{second}",
        "NULL": "; ".join(f"*{reason}*" for reason in metric.null_when) or "never",
        "Computed in": f"`{measure.figures.__module__.replace('.', '/')}.py`",
        "Source": metric.source,
    }
    lines = [f"- {name}: {text}" for name, text in facts.items() if text]
    return "\n".join([f"### {metric.id}", "", f"{metric.title}.", "", *lines, ""])


def _range(metric: Metric) -> str:
    return " to ".join(f"{end:g}".replace("inf", "∞").replace("-", "−") for end in metric.range)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
