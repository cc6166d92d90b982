"""Path patterns with named fields: how a path says model, prompt, condition and replicate.

Belongs here: reading a template such as `images/{model}/{prompt}_s{replicate}.png` and matching text with it. Does not
belong here: what the fields' values mean (`definition`), walking folders (`pictures`) or reading files (`label_files`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_FIELD = re.compile(r"\{([a-z_]+)\}")


class FieldsDisagreeError(ValueError):
    """One path names two values for one field."""


class Pattern:
    """A template; `{field}` stands for one or more characters other than `/`, as few as fit."""

    def __init__(self, template: str) -> None:
        left_over = _FIELD.sub("", template)
        if "{" in left_over or "}" in left_over or not template:
            raise ValueError(f'"{template}" is not a pattern: a field reads {{name}}, in lower-case letters')
        self.template = template
        self.fields = tuple(_FIELD.findall(template))
        parts = _FIELD.split(template)
        # The same field twice becomes two groups, so that a path which contradicts itself can be told apart.
        text = [
            re.escape(part) if number % 2 == 0 else f"(?P<f{number}>[^/]+?)"
            for number, part in enumerate(parts)
        ]
        self._groups = {f"f{number}": part for number, part in enumerate(parts) if number % 2}
        self._expression = re.compile("".join(text))

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
        found = self._expression.fullmatch(text)
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
