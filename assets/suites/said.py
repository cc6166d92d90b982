"""How people say attributes and values: words of `attributes.yaml` that never enter a suite, so no plan either."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, model_validator

from assets.suites.schema import Attribute, Value


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ValueWords(_Data):
    """What pictures with a value show: `one` of them, `many`, as the object of "draws more …", `short` under one."""

    short: str | None = None
    one: str | None = None
    many: str | None = None
    pictures: str | None = None


class Said(_Data):
    """Words for one attribute; `place` is that of its boards, those without one come after them by name."""

    title: str | None = None
    place: int | None = None
    values: dict[Value, ValueWords] = {}


class AttributeEntry(Attribute):
    """One entry of `attributes.yaml`: an attribute, and how it is said."""

    said: Said = Said()

    @model_validator(mode="after")
    def _known(self) -> AttributeEntry:
        for name in self.said.values:
            if name not in {*self.values, *self.outside, *self.bands}:
                raise ValueError(f"said: {name} is neither a value nor a band")
        return self

    def plain(self) -> Attribute:
        """Return the attribute as suites and plans hold it, without words."""
        return Attribute(**self.model_dump(exclude={"said"}))
