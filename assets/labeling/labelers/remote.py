"""What labelers share that are asked over a network: their entry, its settings, and trying one out."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from assets.gateway.models_file import OUR_SETTINGS, LabelerEntry
from assets.gateway.records import Answer, Outcome
from assets.generation.providers.errors import ErrorRow, match
from assets.generation.providers.openai.params import require_params
from assets.labeling.asked.forms import WRONG_FORM, declined_in_words, wrong_text
from assets.labeling.pictures import Preparation, ShownPicture, UnreadableError, prepare
from assets.labeling.questions import bare, picture_names, readings
from assets.labeling.records import Reading, Sight
from assets.suites.schema import Attribute
from warehouse.errors import ClicheError, UsageError

#: What APIs say when a picture is no picture to them: it will not be one next time either.
PICTURE_ERRORS: tuple[ErrorRow, ...] = (
    *(
        ErrorRow(Outcome.CORRUPT_IMAGE, code=code)
        for code in (
            *("invalid_image", "invalid_image_format", "invalid_base64_image", "invalid_image_mode"),
            *("image_parse_error", "image_too_large", "image_too_small", "image_file_too_large"),
            *("unsupported_image_media_type", "empty_image_file"),
        )
    ),
    ErrorRow(Outcome.CORRUPT_IMAGE, status=400, says=r"could not process image|image (exceeds|dimensions)"),
)

_AS_USUAL = Preparation()
_ALIKE = 0.8  # difflib's ratio from which on a setting that the API does not have is a near miss of ours


class Remote:
    """The part of a labeler that does not depend on its API; see `records.RemoteLabeler`."""

    kind = "vision_model"
    adapter_version = "1"
    sdk_version = ""

    def __init__(self, entry: LabelerEntry, preparation: Preparation = _AS_USUAL) -> None:
        self.entry = entry
        self.name = entry.name
        self.endpoint = ""
        self._attributes: dict[str, Attribute] = {attribute.id: attribute for attribute in entry.questions}
        max_side = entry.settings.get("max_side", preparation.max_side)
        if isinstance(max_side, bool) or not isinstance(max_side, int) or not 64 <= max_side <= 8000:
            raise UsageError(f"{self.who}: max_side is a number of pixels from 64 to 8000")
        self.preparation = Preparation(max_side, preparation.max_png_bytes, preparation.jpeg_quality)

    @property
    def who(self) -> str:
        """Return what an error's line begins with."""
        return f'labeler "{self.entry.name}": settings'

    def attributes(self) -> Sequence[str]:
        """Return the ids of the attributes that this labeler is asked for."""
        return [*self._attributes]

    def in_full(self, attributes: Sequence[str]) -> list[Attribute]:
        """Return attributes with their questions and values."""
        return [self._attributes[name] for name in attributes]

    def sent(self, ours: Collection[str]) -> dict[str, Any]:
        """Return the settings that are sent as they are: all but `ours` and `max_side`."""
        return {key: value for key, value in self.entry.settings.items() if key not in {*ours, "max_side"}}

    def choice(self, name: str, *allowed: str) -> str:
        """Return a setting of ours, by default the first allowed value."""
        value = self.entry.settings.get(name, allowed[0])
        if value not in allowed:
            raise UsageError(f"{self.who}: {name} is one of {', '.join(allowed)}")
        return str(value)

    def flag(self, name: str) -> bool:
        """Return a setting of ours that is true or false, by default false."""
        value = self.entry.settings.get(name, False)
        if not isinstance(value, bool):
            raise UsageError(f"{self.who}: {name} is true or false")
        return value

    def check_settings(
        self,
        settings: Mapping[str, object],
        kind: Any,
        ours: Collection[str],
        *,
        only_known: bool,
        fixed: Mapping[str, object],
    ) -> None:
        """Raise `UsageError`, in one line, for the first setting that cannot be sent."""
        for name in settings:
            if name in ours:
                raise UsageError(f'{self.who}: "{name}" is set by the labeler itself; remove it')
            if name not in kind.__annotations__ and (
                near := difflib.get_close_matches(name, OUR_SETTINGS, 1, _ALIKE)
            ):
                raise UsageError(f'{self.who}: unknown setting "{name}"; did you mean "{near[0]}"?')
        require_params(self.who, settings, kind, only_known=only_known, fixed=fixed)

    def look(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> Sight:
        """Make one call; an error of the API is an outcome, never an exception, and so is an answer of any shape."""
        try:
            return self.ask(pictures, attributes)
        except Exception as error:  # noqa: BLE001 - what an unknown server answers may have any shape
            kind = type(error).__name__
            facts = {"unmapped": True, "error_type": kind, "maybe_billed": True}
            return _not_whole(WRONG_FORM, f"its parts are of no known form ({kind})", facts)

    def ask(self, pictures: Sequence[ShownPicture], attributes: Sequence[str]) -> Sight:
        """Make one call and read its answer; an answer whose shape is not the API's may raise anything."""
        raise NotImplementedError

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """Make one call about one picture, without retry, receipt or money; for trying a labeler out."""
        try:
            sight = self.look([prepare(image, self.preparation)], attributes)
        except UnreadableError as error:
            raise ClicheError(f"{self.name}: {error}") from None
        if not sight.readings:
            answer = sight.answer
            why = answer.refusal_text or answer.error_message or answer.error_code or "no reason given"
            raise ClicheError(f"{self.name} gave no labels: {answer.outcome}: {why}")
        return sight.readings[0]


def failed(answer: Answer) -> Sight:
    """Return what a call came to that brought no labels; a picture that the API cannot read is told apart."""
    row = match(
        PICTURE_ERRORS, status=answer.http_status, code=answer.error_code, message=answer.error_message
    )
    if row is not None and answer.outcome not in {Outcome.AUTH, Outcome.QUOTA_EXHAUSTED}:
        answer = answer.model_copy(update={"outcome": row.outcome, "unmapped": None, "raw_body": None})
    return Sight(answer)


def cut_off(setting: str, facts: Mapping[str, Any]) -> Sight:
    """Return what a call came to whose answer was not whole: it is asked again."""
    return _not_whole("cut_off", f"the answer was cut off; raise {setting} in the labeler's settings", facts)


def _not_whole(code: str, message: str, facts: Mapping[str, Any]) -> Sight:
    return Sight(Answer(outcome=Outcome.SERVER_ERROR, error_code=code, error_message=message, **facts))


def answered(text: str, attributes: Sequence[str], pictures: int, facts: Mapping[str, Any]) -> Sight:
    """Return what an answer's text came to: readings, or a refusal where words stand instead of an object."""
    if not text.strip():
        return _not_whole("empty_answer", "the answer holds no text", facts)
    names = attributes if pictures == 1 else picture_names(pictures)
    if (wrong := wrong_text(bare(text), names, facts)) is not None:
        return wrong
    if not bare(text).startswith("{"):  # words: it declined, in its own way
        return declined_in_words(text.strip(), facts)
    return Sight(Answer(outcome=Outcome.OK, **facts), tuple(readings(text, attributes, pictures)))
