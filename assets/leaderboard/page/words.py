"""Names for people: how weeks, suites, references, reasons and outcomes are said; of attributes: `attributes.yaml`.

A name without a phrase of its own is shown as it is, with spaces: nothing is hidden for want of a phrase. Values of
imported studies are shown as their file writes them (`plain`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from assets.suites.loader import ValueWords, attribute_words, load_suites

PERCEIVED = "Labels describe how depictions are perceived; the people do not exist."
#: Marks of direction: `text` holds them escaped as data, yet they would reorder the words around them.
_DIRECTION = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C])
_CONTROL = dict.fromkeys(
    [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)], "\N{REPLACEMENT CHARACTER}"
)

REFERENCES: Mapping[str, str] = {
    "parity": "parity",
    "uniform": "equal shares",
    "bls-cps-2025": "US labor statistics 2025",
    "un-wpp-2019": "UN population figures 2020",
    "stereotypes": "declared stereotypes",
}
#: How a turn ended that brought no picture, by outcome, else by the outcome's group.
TURNS: Mapping[str, str] = {
    "refused_text": "Refused in words",
    "no_image": "Answered without a picture",
    "blocked_input": "Blocked before drawing",
    "blocked_output": "Drawn and then blocked",
    "not_attempted": "Not asked yet",
    "unknown_charge": "The answer was lost",
    **dict.fromkeys(
        ("auth", "quota_exhausted", "model_retired", "invalid_params"), "Not answered: the provider stopped"
    ),
    **dict.fromkeys(
        ("corrupt_image", "wrong_type", "too_large", "empty_answer"), "What came back was no picture"
    ),
    "retracted": "Taken back by the publisher",
    "picture": "Removed by the publisher",
    "failed": "Not answered",
    "not_asked": "Not asked",
}
#: How requests ended that brought no picture, by outcome.
LOST: Mapping[str, str] = {
    "blocked_input": "blocked before drawing",
    "blocked_output": "drawn and then blocked",
    "refused_text": "refused in words",
    "no_image": "answered without a picture",
    "rate_limited": "too many requests",
    "timeout": "no answer in time",
    "connection": "connection failed",
    "server_error": "the service failed",
    "batch_expired": "not answered in the time of its batch",
    "auth": "the key was refused",
    "quota_exhausted": "the account’s limit was reached",
    "model_retired": "the model is gone",
    "invalid_params": "the request was not accepted",
    "corrupt_image": "the picture was damaged",
    "wrong_type": "no usable kind of picture",
    "too_large": "too large",
    "empty_answer": "the answer was empty",
    "budget_stopped": "not asked, to keep to the budget",
    "unknown_charge": "the answer was lost",
    "not_attempted": "not asked",
    "retracted": "taken back by the publisher",
}
_ACRONYMS = {"ceo": "CEO"}
#: Kinds of subjects that make a phrase.
_PHRASES = {"occupation", "person", "woman", "house", "street"}
_HYPHEN = re.compile(r"(?<!\d)-(?!\d)")
_VOWELS = "aeiou"


def plain(value: object) -> str:
    """Return `value` as text that cannot reorder or cut the words around it: no direction marks, no controls."""
    return str(value).translate(_DIRECTION).translate(_CONTROL)


def spaced(name: str) -> str:
    """Return a name with `_` and `-` read as spaces; a `-` beside a digit stays: "20-29"."""
    return _HYPHEN.sub(" ", plain(name).replace("_", " "))


def value(name: str) -> str:
    """Return a value of our own attributes as it is written, but for `_`: "cannot tell", "20-29", "well-kept"."""
    return plain(name).replace("_", " ")


def attribute(name: str) -> str:
    """Return the title of an attribute."""
    phrases = attribute_words().get(name)
    return (phrases and phrases.title) or spaced(name).capitalize()


def reference(name: str) -> str:
    """Return what a reference is called."""
    return REFERENCES.get(name) or plain(name)


def turn_ended(outcome: str, group: str) -> str:
    """Return why a turn of a conversation brought no picture, as a sentence without its full stop."""
    if outcome == "not_needed":
        return "Not asked: there was no reason to"
    return TURNS.get(outcome) or TURNS.get(group) or spaced(outcome).capitalize()


def of_value(attribute_name: str, name: str) -> ValueWords:
    """Return the words of `attributes.yaml` for a value or band; empty where it has none."""
    phrases = attribute_words().get(attribute_name)
    return (phrases and phrases.values.get(name)) or ValueWords()


def depiction(attribute_name: str, name: str) -> str:
    """Return what a picture with this value shows, as the object of "drew"."""
    return of_value(attribute_name, name).one or f"{spaced(attribute_name)} “{value(name)}”"


def caption(attribute_name: str, name: str) -> str:
    """Return the word under a picture with this value: "woman"."""
    return of_value(attribute_name, name).short or value(name)


def pictures(attribute_name: str, name: str) -> str:
    """Return what pictures with this value show, beside how many they are: "perceived women"."""
    phrases = of_value(attribute_name, name)
    return phrases.many or phrases.pictures or caption(attribute_name, name)


def subject(name: str) -> str:
    """Return a subject (`occupation:ceo`, `person:indian`, `house:nigerian`) as a noun phrase: "a CEO"."""
    kind, _, what = plain(name).partition(":")
    if not what:
        return _with_article(spaced(kind))
    words = _ACRONYMS.get(what, spaced(what))
    if kind in {"occupation", "object", "descriptor"}:
        return _with_article(words)
    proper = words if words[:1].isupper() else words.title()
    return _with_article(f"{proper} {spaced(kind)}")


def several(name: str) -> str | None:
    """Return what several of a subject are called, "CEOs"; None of one that our suites do not ask for."""
    kind, _, what = name.partition(":")
    if kind != "occupation" or name not in subjects():
        return None
    one = _ACRONYMS.get(what, spaced(what))
    return f"{one[:-1]}ies" if one.endswith("y") else f"{one}s"


@cache
def subjects() -> frozenset[str]:
    """Return the subjects that our suites ask for."""
    return frozenset(prompt.subject for suite in load_suites().values() for prompt in suite.prompts)


def has_phrase(name: str) -> bool:
    """Return whether `subject` says a subject as a phrase that reads well in a sentence: "a CEO", not "an ugly"."""
    kind, _, what = name.partition(":")
    return kind in _PHRASES and bool(what)


def _with_article(words: str) -> str:
    if words.split(" ", maxsplit=1)[0].lower() in {"a", "an", "the"}:
        return words
    return f"{'an' if words[:1].lower() in _VOWELS else 'a'} {words}"


def week(day: date) -> str:
    """Return "23 November 2026"."""
    return f"{day.day} {day:%B %Y}"


def number(count: int) -> str:
    """Return an integer with thousands separators."""
    return f"{count:,}"


def signed(change: float) -> str:
    """Return a difference of shares in points as a number with its sign and a true minus: "+12".

    Ends of intervals beyond 100 points, where no difference can be, are shown as 100.
    """
    size = round(min(abs(100 * change), 100))
    return "0" if size == 0 else f"{'+' if change > 0 else '−'}{size}"


def suite_slug(suite: str, major: int) -> str:
    """Return what addresses call a version of a suite: "occupations", "occupations-2"."""
    return suite if major == 1 else f"{suite}-{major}"
