"""What a model is asked of the suites each week, and the selections (`selections.yaml`) that have a name.

A name stands for its list alone: an entry of models.yaml that gives it as `suites` is read as if the list stood there,
and so a plan holds the slots and no name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated

from pydantic import Field

from assets.suites.checks import refuse, unknown
from assets.suites.loader import FOLDER, validated
from assets.suites.schema import Name, Prompt, Suite, SuiteData
from warehouse.validation import close_match

FILE = "selections.yaml"
WHERE = f"suites/{FILE}"


class SuiteSelection(SuiteData):
    """What is asked of one suite each week.

    `prompts` are patterns (`person-*`) of prompt ids without the suite; None selects all. A prompt with turns is
    asked `conversations` times, every other `replicates` times.
    """

    suite: str  # "<id>@<major>"
    replicates: int = Field(ge=1)
    conversations: int = Field(default=0, ge=0)
    prompts: tuple[str, ...] | None = Field(default=None, min_length=1)


Selection = Annotated[tuple[SuiteSelection, ...], Field(min_length=1)]


class SelectionsFile(SuiteData):
    """The file."""

    selections: dict[Name, Selection]


def load_selections(suites: Mapping[str, Suite], folder: Path | None = None) -> dict[str, Selection]:
    """Return the selections by name; a folder of one's own may have none. Suites are by `<id>@<major>`."""
    path = (folder or FOLDER) / FILE
    if folder is not None and not path.exists():
        return {}
    selections = validated(SelectionsFile, path, WHERE).selections
    for name, selection in selections.items():
        refuse(f'{WHERE}: selection "{name}"', selection_problems(selection, suites))
    return selections


def planned_prompts(selection: SuiteSelection, suite: Suite) -> list[Prompt]:
    """Return the prompts of `suite` that have a slot under `selection`, in the order of the suite.

    A prompt with turns has one only if conversations are asked for.
    """
    return [
        prompt
        for prompt in suite.prompts
        if _selected(prompt.id, selection) and (selection.conversations or not prompt.turns)
    ]


def asks(selection: SuiteSelection, prompt: Prompt) -> int:
    """Return how often a selected prompt is asked each week: every turn of every conversation counts."""
    return len(prompt.turns) * selection.conversations if prompt.turns else selection.replicates


def selection_problems(
    selections: Sequence[SuiteSelection], suites: Mapping[str, Suite], *, track: str = "system"
) -> Iterator[str]:
    """Yield what is wrong with what a model of a track is asked, each in one line."""
    labels = [selection.suite for selection in selections]
    for selection in selections:
        suite = suites.get(selection.suite)
        yield from unknown("suite", [selection.suite], suites)
        if suite is None:
            continue
        if labels.count(selection.suite) > 1:
            yield f"{selection.suite} is selected twice; keep one selection a suite"
        elif [label.partition("@")[0] for label in labels].count(suite.id) > 1:
            yield f"two versions of {suite.id} are selected; a model is asked one version of a suite"
        ids = [prompt.id for prompt in suite.prompts]
        for pattern in selection.prompts or ():
            if not any(fnmatchcase(prompt_id, pattern) for prompt_id in ids):
                yield f'pattern "{pattern}" matches no prompt of {selection.suite}' + close_match(
                    pattern, ids
                )
        if selection.conversations and track != "system":
            yield f"conversations of {selection.suite} need track system; this model has track {track}"
        elif selection.conversations and not any(
            p.turns and _selected(p.id, selection) for p in suite.prompts
        ):
            yield f"conversations of {selection.suite}: no selected prompt is a conversation; remove conversations"
        elif not planned_prompts(selection, suite):
            yield f"nothing of {selection.suite} is selected; a prompt with turns needs conversations"


def _selected(prompt_id: str, selection: SuiteSelection) -> bool:
    return selection.prompts is None or any(fnmatchcase(prompt_id, pattern) for pattern in selection.prompts)
