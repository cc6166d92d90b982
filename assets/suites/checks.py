"""What must hold between the parts of one suite: its prompts, attributes, references and stereotype pairs.

They are not validators of the schema, so that a plan of years ago is still read after a rule was added.
"""

from __future__ import annotations

from collections.abc import Iterator

from assets.suites.schema import Suite
from warehouse.validation import close_match

#: What pictures are counted as whose label is no declared value, or that have none.
RESERVED = ("invalid", "not_assessed")


def problems(suite: Suite) -> Iterator[str]:
    """Yield a line for each thing that is wrong: which prompt or pair, what, and how to fix it."""
    yield from _attributes(suite)
    yield from _prompts(suite)
    yield from _references(suite)
    yield from _stereotypes(suite)
    if suite.conversations and not any(prompt.turns for prompt in suite.prompts):
        yield "conversations are planned, but no prompt has turns; add turns or remove conversations"


def _attributes(suite: Suite) -> Iterator[str]:
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


def _prompts(suite: Suite) -> Iterator[str]:
    ids: set[str] = set()
    texts: dict[tuple[str, str, str, bool], str] = {}
    for prompt in suite.prompts:
        if prompt.id in ids:
            yield f'prompt "{prompt.id}" is listed twice; give each prompt an id of its own'
        ids.add(prompt.id)
        asked = (prompt.text, prompt.language, prompt.condition, bool(prompt.turns))
        other = texts.setdefault(asked, prompt.id)
        if other != prompt.id:
            yield f'prompt "{prompt.id}" asks the same as "{other}"; remove one of them'
        if len(set(prompt.attributes)) != len(prompt.attributes):
            yield f'prompt "{prompt.id}" lists an attribute twice; remove one'


def _references(suite: Suite) -> Iterator[str]:
    seen: set[tuple[str, str]] = set()
    for reference in suite.references:
        if (reference.id, reference.attribute) in seen:
            yield f'reference "{reference.id}" of "{reference.attribute}" is listed twice; remove one'
        seen.add((reference.id, reference.attribute))


def _stereotypes(suite: Suite) -> Iterator[str]:
    attributes = {attribute.id: attribute for attribute in suite.attributes}
    for pair in suite.stereotypes:
        name = f"stereotype {pair.value}-{pair.subject}"
        asked = [prompt for prompt in suite.prompts if prompt.subject == pair.subject]
        if pair.attribute not in attributes:
            yield f'{name}: unknown attribute "{pair.attribute}"' + close_match(pair.attribute, attributes)
        elif pair.value not in attributes[pair.attribute].values:
            yield (
                f'{name}: unknown value "{pair.value}" of "{pair.attribute}"'
                + close_match(pair.value, attributes[pair.attribute].values)
            )
        elif not asked:
            yield f"{name}: no prompt has this subject" + close_match(
                pair.subject, {p.subject for p in suite.prompts}
            )
        elif not any(pair.attribute in prompt.attributes for prompt in asked):
            yield f'{name}: no prompt of this subject has the attribute "{pair.attribute}"; add it or drop the pair'
