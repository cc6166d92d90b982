"""Patterns with named fields: how a path or a cell says model, prompt, condition, replicate and more."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping

_FIELD = re.compile(r"\{([a-z_]+|\*\*?)\}")
_DIGITS = re.compile(r"([0-9]+)")
_SUFFIX = re.compile(r"\.[A-Za-z0-9]{1,5}$")
#: Anything without a slash, and anything.
WILDCARDS = {"*": "[^/]*", "**": ".*"}
#: The longest text that is matched: with several fields the time grows by a power of the length.
LONGEST = 2000
#: Fields that are whole numbers.
NUMBERS = frozenset(("replicate", "number"))
_WITH_FOLDERS = frozenset(("picture",))


class FieldsDisagreeError(ValueError):
    """One text names two values for one field."""


def composed(text: str) -> str:
    """Return `text` in Unicode's composed form: a Mac writes file names decomposed."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts numbers within text as numbers: `img2` before `img10`."""
    parts = _DIGITS.split(text)
    return tuple((0, int(part), part) if number % 2 else (1, 0, part) for number, part in enumerate(parts))


class Pattern:
    """A template. `{field}` stands for one or more characters other than `/`, as few as fit.

    With `spelled` (field → its declared spellings) such a field matches these and nothing else, and `replicate` and
    `number` match digits. `{*}` stands for anything without a slash, `{**}` for anything. A template that is one field
    stands for a whole text, slashes and all. A suffix such as `.png` matches in capitals too.
    """

    def __init__(self, template: str, spelled: Mapping[str, Collection[str]] | None = None) -> None:
        left_over = _FIELD.sub("", template)
        if "{" in left_over or "}" in left_over or not template:
            raise ValueError(
                f'"{template}" is not a pattern: a field reads {{name}}, in lower-case letters, '
                "{*} is anything, {**} anything across folders"
            )
        self.template = composed(template)
        parts = _FIELD.split(self.template)
        self.fields = tuple(name for name in parts[1::2] if name not in WILDCARDS)
        whole = len(parts) == 3 and not parts[0] and not parts[2]
        # The same field twice becomes two groups, so that a path which contradicts itself can be told apart.
        text = [
            _literal(part, number == len(parts) - 1)
            if number % 2 == 0
            else WILDCARDS.get(part) or f"(?P<f{number}>{_expression(part, spelled, whole=whole)})"
            for number, part in enumerate(parts)
        ]
        self._groups = {f"f{n}": part for n, part in enumerate(parts) if n % 2 and part not in WILDCARDS}
        self._expression = re.compile("".join(text), re.DOTALL)

    @property
    def fixed_folder(self) -> str:
        """Return the folders before the first field, e.g. `images/`; an empty string if there are none."""
        folder, slash, _ = self.template.partition("{")[0].rpartition("/")
        return folder + slash

    def match(self, text: str) -> dict[str, str] | None:
        """Return the fields' raw values, or None if `text` does not match.

        Raises:
            FieldsDisagreeError: if the text names two values for one field.
        """
        found = self._expression.fullmatch(composed(text)) if len(text) <= LONGEST else None
        if found is None:
            return None
        values: dict[str, str] = {}
        for group, field in self._groups.items():
            value = found[group]
            if values.setdefault(field, value) != value:
                raise FieldsDisagreeError(f'{field} is "{values[field]}" and "{value}" in one path')
        return values

    def fill(self, values: Mapping[str, str]) -> str:
        """Return the text with every field replaced; a field without a value stays as it is written."""
        return _FIELD.sub(lambda found: values.get(found[1], found[0]), self.template)


class TypedPattern:
    """A pattern that first looks for declared spellings, then, so that a message can name it, for any text."""

    def __init__(self, template: str, spelled: Mapping[str, Collection[str]]) -> None:
        self.template = template
        self._typed, self._loose = Pattern(template, spelled), Pattern(template)
        self.fixed_folder = self._loose.fixed_folder

    def match(self, text: str) -> dict[str, str] | None:
        """Return the fields' raw values, or None if `text` does not match; a path may be written with backslashes."""
        texts = [text, text.replace("\\", "/")] if "\\" in text else [text]
        problem: FieldsDisagreeError | None = None
        for pattern in (self._typed, self._loose):
            for one in texts:
                try:
                    found = pattern.match(one)
                except FieldsDisagreeError as error:
                    problem = problem or error
                    continue
                if found is not None:
                    return found
        if problem is not None:
            raise problem
        return None


def _literal(text: str, last: bool) -> str:
    suffix = _SUFFIX.search(text) if last else None
    if suffix is None:
        return re.escape(text)
    return f"{re.escape(text[: suffix.start()])}(?i:{re.escape(suffix[0])})"


def _expression(field: str, spelled: Mapping[str, Collection[str]] | None, *, whole: bool) -> str:
    if spelled is not None and field in NUMBERS:
        return "[0-9]+"
    if spelled is not None and spelled.get(field):
        longest_first = sorted(map(composed, spelled[field]), key=lambda text: (-len(text), text))
        return "|".join(map(re.escape, longest_first))
    if whole:
        return ".+"
    return ".+?" if field in _WITH_FOLDERS else "[^/]+?"
