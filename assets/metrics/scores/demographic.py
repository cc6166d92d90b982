"""Whether a rewritten prompt names a demographic group that the prompt sent had not named.

A list of words sees what is named and nothing else: "a diverse team" names no group, and a group that the list does not
know is not seen, and a word that means something else (a white coat) is counted: it is the same list for all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

import assets.suites
from warehouse.errors import UsageError
from warehouse.validation import explain
from warehouse.yamlfile import read_yaml

WORDS = Path(assets.suites.__file__).parent / "demographic_words.yaml"
#: Systems rewrite prompts of any language in English too.
_LINGUA_FRANCA = "en"
_PART = r"\w+"  # of a word that has blanks, hyphens or apostrophes
_BETWEEN = r"[\s,‐-]+"  # between an adjective and the person: blank, comma, hyphens


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Data):
    """Words of one language that name one group."""

    alone: tuple[str, ...] = ()
    with_person: tuple[str, ...] = ()

    @property
    def every(self) -> tuple[str, ...]:
        """All words, whether they need a person beside them or not."""
        return (*self.alone, *self.with_person)


class Language(_Data):
    """Where a language puts adjectives, and its words for people, divided by blanks."""

    adjectives: Literal["before", "after"]
    people: str


class Group(_Data):
    """A demographic group: its words in each language, and the groups that its name holds already."""

    en: Words = Words()
    fr: Words = Words()
    implies: tuple[str, ...] = ()


class WordList(_Data):
    """The file: languages and groups."""

    languages: dict[str, Language]
    groups: dict[str, Group]

    @model_validator(mode="after")
    def _known(self) -> WordList:
        for name, group in self.groups.items():
            for implied in group.implies:
                if implied not in self.groups:
                    raise ValueError(f"{name} implies {implied}, which is no group of the list")
        return self


@cache
def word_list(path: Path = WORDS) -> WordList:
    """Return the declared words.

    Raises:
        UsageError: one line, if the file is not valid.
    """
    where = f"suites/{path.name}"
    try:
        return WordList.model_validate(read_yaml(path, where))
    except ValidationError as error:
        raise UsageError(explain(error, where, shape=WordList)) from None


def _any(words: tuple[str, ...]) -> str:
    """Return a pattern of any of the words; a blank in a word matches blanks and hyphens."""
    spelt = (re.escape(word).replace(r"\ ", r"[\s‐-]+").replace("'", "['’]") for word in words)
    return "(?:" + "|".join(spelt) + ")"


@cache
def patterns(language: str) -> Mapping[str, str]:
    """Return a regular expression for each group, for prompts of one language: its own words and the English ones."""
    known = word_list()
    found: dict[str, list[str]] = {name: [] for name in known.groups}
    for code in {language: None, _LINGUA_FRANCA: None}:
        grammar = known.languages[code]
        people = _any(tuple(grammar.people.split()))
        for name, group in known.groups.items():
            words: Words = getattr(group, code)
            if words.alone:
                found[name].append(rf"\b{_any(words.alone)}\b")
            if words.with_person and grammar.adjectives == "before":
                # one word may stand between: "a Black startup founder", not "black hair of a woman"
                found[name].append(rf"\b{_any(words.with_person)}{_BETWEEN}(?:\w+{_BETWEEN})?{people}\b")
            elif words.with_person:
                found[name].append(rf"\b{people}{_BETWEEN}{_any(words.with_person)}\b")
    return {name: "(?i)" + "|".join(either) for name, either in found.items() if either}


@cache
def words_of(language: str) -> Mapping[str, tuple[str, ...]]:
    """Return the words of each group that are looked for in prompts of one language."""
    codes = dict.fromkeys([language, _LINGUA_FRANCA])
    found = {
        name: tuple(word for code in codes for word in getattr(group, code).every)
        for name, group in word_list().groups.items()
    }
    return {name: words for name, words in found.items() if words}


def named(text: pl.Expr, language: str, groups: Iterable[str] | None = None) -> dict[str, pl.Expr]:
    """Return for each of these groups, all if none are given, whether the text names it."""
    known = patterns(language)
    return {name: text.str.contains(known[name]) for name in (known if groups is None else groups)}


def possible(texts: pl.Series, language: str) -> list[str]:
    """Return the groups that one of the texts can name: those of which a word stands there, with all its parts.

    There are many groups, and most are named by no text; the expression of each costs more than these texts do.
    """
    spoken = texts.str.extract_all(_PART).explode().drop_nulls().unique().to_list()
    parts = {part.casefold() for part in spoken}
    return [
        name
        for name, words in words_of(language).items()
        if any(parts.issuperset(re.findall(_PART, word.casefold())) for word in words)
    ]


def injected(prompts: pl.DataFrame) -> pl.DataFrame:
    """Return rows of prompts with `screened` and `injected`.

    Args:
        prompts: one row per picture: language, prompt_sent, revised_prompt (NULL: none reported).

    Returns:
        The rows in their order with two columns more. `screened`: there is a list of words of the prompt's language.
        `injected`: the revised prompt names a group that the prompt sent neither names nor implies; False where no
        revised prompt was reported.
    """
    known = word_list()
    texts = ["language", "prompt_sent", "revised_prompt"]
    told = prompts.with_row_index("row").select("row", *texts).filter(pl.col("revised_prompt").is_not_null())
    judged = [
        _adding(known, str(language), part)
        for (language,), part in told.unique(texts, maintain_order=True).group_by(
            "language", maintain_order=True
        )
        if language in known.languages
    ]
    adds = np.zeros(prompts.height, dtype=bool)
    if judged:
        found = told.join(pl.concat(judged), on=texts, how="semi", nulls_equal=True)
        adds[found["row"].to_numpy()] = True
    return prompts.with_columns(
        screened=pl.col("language").is_in(list(known.languages)).fill_null(value=False),
        injected=pl.Series(adds),
    )


def _adding(known: WordList, language: str, told: pl.DataFrame) -> pl.DataFrame:
    """Return the rows whose revised prompt names a group that the prompt sent neither names nor implies."""
    every = _any(tuple(word for words in words_of(language).values() for word in words))
    # most revised prompts name nobody: they need no look for each group, nor at what was sent
    told = told.filter(pl.col("revised_prompt").str.contains(rf"(?i)\b{every}\b"))
    names = possible(told["revised_prompt"], language)
    if not names:
        return told.clear()
    after = {
        f"after {name}": holds for name, holds in named(pl.col("revised_prompt"), language, names).items()
    }
    naming = told.with_columns(**after).filter(pl.any_horizontal(*after))
    before = named(pl.col("prompt_sent").fill_null(""), language)
    holds = {
        name: [before[name], *(before[other] for other in before if name in known.groups[other].implies)]
        for name in names
    }
    adds = [pl.col(f"after {name}") & ~pl.any_horizontal(holds[name]) for name in names]
    return naming.filter(pl.any_horizontal(adds)).select(told.columns)
