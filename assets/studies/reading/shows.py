"""What the page of a study shows first: which prompts each of its `shows` is of, and in which row each of them is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from assets.studies.definition import Show, StudyDefinition
from assets.studies.layout import Rows
from assets.studies.mistakes import Mistakes
from assets.studies.reading.slots import hint, name_of
from assets.studies.reading.world import StudyPrompt

#: What a prompt is called by itself, and what is no matter of prompts.
_OWN, _WHOLE = ("prompt", "subject", "condition"), ("model", "all")


def shown_prompts(study: StudyDefinition, prompts: Sequence[StudyPrompt], mistakes: Mistakes) -> Rows:
    """Return the rows of `study_shows`: the prompts of all shows; what names nothing that is there is a mistake."""
    facts = {name for prompt in prompts for name in prompt.facts}
    shown: Rows = []
    for position, show in enumerate(study.shows if prompts else ()):
        wrong = [*_wrong(study, show, facts)]
        left = [one for one in prompts if all(_of(one, name) in _named(show, name) for name in show.where)]
        said = {"study": study.study, "position": position, "grouped_by": show.by}
        said |= show.model_dump(include={"title", "attribute", "value"})
        rows = [(one, "" if show.by in _WHOLE else _of(one, show.by)) for one in left]
        of_show = [
            {**said, "prompt": one.id, "condition": one.condition, "shown_in": row}
            for one, row in rows
            if row is not None
        ]
        if not wrong and not of_show:
            fix = "look at the values of its facts, and take out what no prompt has"
            wrong = [("its where leaves no prompt", None, fix)]
        for what, text, fix in wrong:
            mistakes.add(f'shows "{show.title}"', what, text=text, fix=fix)
        shown += of_show
    return shown


def _wrong(
    study: StudyDefinition, show: Show, facts: Collection[str]
) -> Iterator[tuple[str, str | None, str]]:
    """Yield what names nothing in a show: what, its text and how to fix it."""
    attributes, own = {one.id: one for one in study.attributes}, {*_OWN, *facts}
    attribute, by = attributes.get(show.attribute), {*own, *_WHOLE}
    if attribute is None:
        yield "attributes are not declared", show.attribute, hint(show.attribute, attributes)
    elif show.value is not None and show.value not in attribute.values:
        fix = hint(show.value, attribute.values, "name one of its values")
        yield f"{show.attribute} has no such value to count", show.value, fix
    if show.by not in by:
        yield "by is no fact of the prompts", show.by, hint(show.by, by)
    for name in show.where:
        if name not in own:
            yield "where names no fact of the prompts", name, hint(name, own)


def _of(prompt: StudyPrompt, name: str) -> str | None:
    own = {"prompt": prompt.id, "subject": prompt.subject, "condition": prompt.condition}
    return own.get(name) or prompt.facts.get(name)


def _named(show: Show, name: str) -> Collection[str]:
    """Return the values that are wanted of a fact; names of prompts and conditions are written as they are here."""
    wanted = show.where[name]
    return {name_of(one) for one in wanted} if name in ("prompt", "condition") else wanted
