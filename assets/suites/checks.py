"""What must hold between the parts of one suite, and the lines that say what is wrong in a data file.

They are not validators of the schema, so that a plan of years ago is still read after a rule was added.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from assets.suites.schema import Attribute, Suite
from warehouse.errors import UsageError
from warehouse.validation import close_match

#: What pictures are counted as whose label is no declared value, or that have none.
RESERVED = ("invalid", "not_assessed")


def refuse(where: str, problems: Iterable[str]) -> None:
    """Raise `UsageError` with the first problem, if there is one; no further problem is looked for."""
    for problem in problems:
        raise UsageError(f"{where}: {problem}")


def twice(names: Iterable[str], fix: str = "remove one") -> Iterator[str]:
    """Yield a line for each thing that is listed more than once."""
    return (f"{name} is listed twice; {fix}" for name, times in Counter(names).items() if times > 1)


def unknown(what: str, names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Yield a line for each name that is none of those known."""
    return (f'unknown {what} "{name}"{close_match(name, known)}' for name in names if name not in known)


def uncounted(attribute: Attribute, values: Iterable[str]) -> Iterator[str]:
    """Yield a line for each value that pictures are not counted by."""
    for value in values:
        if value not in attribute.counted:
            yield f'unknown value "{value}" of "{attribute.id}"' + close_match(value, attribute.counted)


def problems(suite: Suite) -> Iterator[str]:
    """Yield a line for each thing that is wrong: which prompt or attribute, what, and how to fix it."""
    for attribute in suite.attributes:
        for name in (*attribute.values, *attribute.outside, *attribute.bands):
            if name in RESERVED:
                yield (
                    f'attribute "{attribute.id}": "{name}" is what a picture counts as that no declared value '
                    "stands for; take another name"
                )
        for name in attribute.bands:
            if name in attribute.outside:
                yield f'attribute "{attribute.id}": the band "{name}" has the name of a value outside; rename it'
    prompts = (f'prompt "{prompt.id}"' for prompt in suite.prompts)
    yield from twice(prompts, fix="give each prompt an id of its own")
    texts: dict[tuple[str, str, str, bool], str] = {}
    for prompt in suite.prompts:
        asked = (prompt.text, prompt.language, prompt.condition, bool(prompt.turns))
        other = texts.setdefault(asked, prompt.id)
        if other != prompt.id:
            yield f'prompt "{prompt.id}" asks the same as "{other}"; remove one of them'
        if len(set(prompt.attributes)) != len(prompt.attributes):
            yield f'prompt "{prompt.id}" lists an attribute twice; remove one'
    yield from twice(f'reference "{one.id}" of "{one.attribute}"' for one in suite.references)
    if suite.conversations and not any(prompt.turns for prompt in suite.prompts):
        yield "conversations are planned, but no prompt has turns; add turns or remove conversations"
