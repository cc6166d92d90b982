"""Which slot a downloaded picture answers; what is not certain is listed with its reason, none is guessed.

The rules, in order: the file is usable and there once; nothing but settings was added to the prompt; its `--v` is a
model of the configuration; its prompt equals one that is planned for that model; it was made in the week. Then files
fill the free slots of their prompt in order of (job id, position), and what is left over is surplus. Where two suites
have the same text, a picture is an answer to either: the suite that comes first in the plan is filled first.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from assets.gateway.models_file import ModelEntry
from assets.gateway.receipts import PartitionAttempts
from assets.gateway.records import Outcome
from assets.generation.midjourney import metadata
from assets.generation.midjourney.files import MidjourneyFile
from assets.generation.midjourney.provider import SETTINGS, VERSION, FolderProvider
from assets.generation.slots import Slot
from assets.suites.schema import Prompt, Suite
from warehouse.errors import RefusedError, UsageError
from warehouse.weeks import week_of

_SETTING_VALUE = re.compile(r"^[\w:.,+-]*$")


@dataclass(frozen=True)
class Listed:
    """A file that got no slot: what it is called (never by an account) and why, in one line."""

    name: str
    reason: str


@dataclass
class Import:
    """What files hold for a week; each in `files` or in one of the lists. Its representation shows no account."""

    week: str
    #: By model and by the key of the slot that is answered; `slots` are in the order of (job id, position).
    files: dict[str, dict[str, MidjourneyFile]] = field(default_factory=lambda: defaultdict(dict), repr=False)
    slots: dict[str, list[Slot]] = field(default_factory=lambda: defaultdict(list))
    unmatched: list[Listed] = field(default_factory=list)  # not certain what it answers
    surplus: list[Listed] = field(default_factory=list)  # it answers a prompt whose slots are all taken
    refused: list[Listed] = field(default_factory=list)  # made in another week
    known: list[Listed] = field(default_factory=list)  # imported before

    def provider(self, model: str) -> FolderProvider:
        """Return the provider of a model; ask it for its `slots` and no other."""
        return FolderProvider(assignments=self.files.get(model))

    def refusal(self) -> RefusedError | None:
        """Return the error to end with if no picture of the folder is in the week, by now or before; else None."""
        if self.files or self.known:
            return None
        if self.refused and not (self.unmatched or self.surplus):
            return RefusedError(
                f"nothing imported: {len(self.refused)} pictures were made outside week {self.week} "
                f"(the first: {self.refused[0].name}, {self.refused[0].reason})"
            )
        counts = (
            (len(self.unmatched), "not matched"),
            (len(self.surplus), "surplus"),
            (len(self.refused), "made in another week"),
        )
        summary = ", ".join(f"{count} {what}" for count, what in counts if count)
        return RefusedError(f"nothing imported for week {self.week}: {summary}; the reasons are above")


class _UnmatchedError(Exception):
    """The reason why a file has no prompt."""


def match(
    files: Iterable[MidjourneyFile],
    entries: Sequence[ModelEntry],
    suites: Mapping[str, Suite],
    week: str,
    slots_by_entry: Mapping[str, Sequence[Slot]],
    taken: Collection[str] = (),
    *,
    imported: Collection[str] = (),
    version: str | None = None,
) -> Import:
    """Return which slot each file answers; nothing is written.

    Entries of other providers are passed over; suites are by `<id>@<major>`, the slots planned by entry. `taken` are
    keys of slots with a final outcome, `imported` request ids (`<job id>_<position>`) and hashes of pictures that have
    a receipt in this week. `version` is the value of `--v` of files that do not say it themselves.
    """
    result = Import(week)
    ordered = sorted(files, key=lambda file: (file.job_id or "~", file.position or 0, file.path.as_posix()))
    doubles = _doubles(ordered)
    closed, known = frozenset(taken), frozenset(imported)
    models = [
        _Model(entry, slots_by_entry.get(entry.name, ()), closed, suites)
        for entry in entries
        if entry.provider == "midjourney"
    ]
    for index, file in enumerate(ordered):
        made_in = week_of(file.created_at.date()) if file.created_at else None
        reason = file.problem or doubles.get(index)
        if reason:
            result.unmatched.append(Listed(file.display, reason))
            continue
        if {file.request_id, file.original_sha256, file.image_sha256} & known:
            result.known.append(Listed(file.display, "imported before"))
            continue
        try:
            model = _model_of(file, models, week, version)
            prompts = model.prompts_of(file)
        except _UnmatchedError as unmatched:
            elsewhere = f"; besides, it was made in week {made_in}" if made_in not in {None, week} else ""
            result.unmatched.append(Listed(file.display, f"{unmatched}{elsewhere}"))
            continue
        if made_in is None:
            result.unmatched.append(Listed(file.display, "no creation time (with a time zone) in its chunks"))
        elif made_in != week:
            moment = f"{file.created_at:%Y-%m-%d %H:%M} UTC"
            reason = f"made at {moment}, outside week {week}; it belongs to --week {made_in}"
            result.refused.append(Listed(file.display, reason))
        elif slot := model.next_free(prompts):
            result.files[model.entry.name][slot.slot_key] = file
            result.slots[model.entry.name].append(slot)
        else:
            reason = f"{model.entry.name} has all its pictures of {' and '.join(prompts)} for {week}"
            result.surplus.append(Listed(file.display, reason))
    return result


def standing(state: PartitionAttempts) -> tuple[frozenset[str], frozenset[str]]:
    """Return (`taken`, `imported`) of one partition for `match`; of several, give it their unions.

    A file that could not be read when its slot was asked counts as neither: it may be imported again.
    """
    taken = {slot_key for slot_key, attempts in state.attempts.items() if attempts.settled}
    kept = [
        receipt
        for attempts in state.attempts.values()
        for receipt in attempts.receipts
        if receipt.outcome is Outcome.OK
    ]
    pictures = {name for r in kept for name in (r.request_id, r.original_sha256, r.image_sha256) if name}
    return frozenset(taken), frozenset(pictures)


class _Model:
    """One entry with its slots that a single picture can answer, and the texts that they ask for."""

    def __init__(
        self, entry: ModelEntry, slots: Sequence[Slot], closed: Collection[str], suites: Mapping[str, Suite]
    ) -> None:
        self.entry = entry
        self.texts: dict[str, list[str]] = defaultdict(list)  # text → full prompt ids, in the plan's order
        self._free: dict[str, deque[Slot]] = {}
        for slot in slots:
            if slot.conversation is not None:
                continue
            if slot.prompt not in self._free:
                self._free[slot.prompt] = deque()
                self.texts[_folded(_prompt_of(slot, suites).text)].append(slot.prompt)
            if slot.slot_key not in closed:
                self._free[slot.prompt].append(slot)

    def next_free(self, prompts: Iterable[str]) -> Slot | None:
        """Return and use up the next free slot of the first prompt that has one."""
        return next((self._free[prompt].popleft() for prompt in prompts if self._free[prompt]), None)

    def prompts_of(self, file: MidjourneyFile) -> list[str]:
        """Return the ids of the planned prompts that `file` answers: one, unless suites share the text."""
        if file.prompt is not None:
            prompts = self.texts.get(_folded(file.prompt))
            if not prompts:
                shown = metadata.shown(file.prompt, file.accounts)
                raise _UnmatchedError(f'no prompt planned for {self.entry.name} reads "{shown}"')
            return prompts
        if file.words is None:
            raise _UnmatchedError("no prompt, neither in its chunks nor in its name")
        texts = [text for text in self.texts if metadata.begins_with(text, file.words, cut=file.words_cut)]
        shown = "as its name does"
        if file.words_shown:
            shown = f'"{metadata.shown(file.words.replace("_", " "), file.accounts)}", as its name does'
        if len(texts) > 1:
            raise _UnmatchedError(f"{len(texts)} prompts planned for {self.entry.name} begin {shown}")
        if not texts:
            verb = "begins" if file.words_cut else "reads"
            raise _UnmatchedError(f"no prompt planned for {self.entry.name} {verb} {shown}")
        return self.texts[texts[0]]


def _prompt_of(slot: Slot, suites: Mapping[str, Suite]) -> Prompt:
    label = f"{slot.suite}@{slot.suite_version.partition('.')[0]}"
    for prompt in suites[label].prompts if label in suites else ():
        if f"{slot.suite}/{prompt.id}" == slot.prompt:
            return prompt
    raise UsageError(f"the plan asks for {slot.prompt} of {label}, which no suite has; restore its data file")


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


def _model_of(file: MidjourneyFile, models: Sequence[_Model], week: str, stated: str | None) -> _Model:
    """Return the entry that the file's version and settings belong to."""
    if "niji" in file.parameters:
        raise _UnmatchedError("made with Niji (--niji), which is no --v of Midjourney")
    for name, value in file.parameters.items():
        if name not in SETTINGS or (name == "style" and value != "raw"):
            raise _UnmatchedError(f"asked with --{metadata.shown(name)}, which adds to the prompt's words")
        if not _SETTING_VALUE.match(value):
            raise _UnmatchedError(f"words stand behind --{name}; parameters come last")
    version = file.version or stated
    if not version:
        raise _UnmatchedError("no --v known (it is in the Description chunk); state it with --model-version")
    if not VERSION.match(version):
        raise _UnmatchedError(f'--v "{metadata.shown(version, file.accounts)}" is no version number')
    same = [model for model in models if model.entry.model_id == version]
    if not same:
        raise _UnmatchedError(f"no model for --v {version}; add to models.yaml: {models_line(version, week)}")
    fitting = [model for model in same if _has_settings(file, model.entry.params)]
    if not fitting:
        wanted = ", ".join(model.entry.name for model in same)
        raise _UnmatchedError(f"its settings are not the params of {wanted}")
    most = max(len(model.entry.params) for model in fitting)
    best = [model for model in fitting if len(model.entry.params) == most]
    if len(best) > 1:
        wanted = " and ".join(model.entry.name for model in best)
        raise _UnmatchedError(f"it can be of {wanted} alike; give them params that tell them apart")
    return best[0]


def _has_settings(file: MidjourneyFile, params: Mapping[str, Any]) -> bool:
    """Return whether the file was made with every declared setting; undeclared ones may be anything."""
    return all(
        name in file.parameters and (value is True or file.parameters[name] == str(value))
        for name, value in params.items()
    )


def models_line(version: str, week: str) -> str:
    """Return the line of models.yaml that declares a version from `week` on."""
    name = re.sub(r"[^a-z0-9.]+", "-", version.lower()).strip("-")
    return (
        f'- {{name: midjourney-{name}, title: Midjourney {version}, provider: midjourney, model_id: "{version}", '
        f"from: {week}, suites: [{{suite: french-person@1, replicates: 40}}]}}"
    )


def _doubles(ordered: Sequence[MidjourneyFile]) -> dict[int, str]:
    """Return reasons by index for files that cannot be told apart or that are one picture twice."""
    usable = [(index, file) for index, file in enumerate(ordered) if not file.problem]
    pictures: dict[str, set[str | None]] = defaultdict(set)
    for _, file in usable:
        pictures[file.request_id].add(file.image_sha256)
    reasons: dict[int, str] = {}
    first: dict[str | None, MidjourneyFile] = {}
    for index, file in usable:
        if len(pictures[file.request_id]) > 1:
            reasons[index] = "different pictures here say that they are this job and position"
        elif file.image_sha256 in first:
            reasons[index] = f"the same picture as {first[file.image_sha256].display}, here twice"
        else:
            first[file.image_sha256] = file
    return reasons
