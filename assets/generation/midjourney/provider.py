"""Midjourney: answers come from a folder of downloads, because there is no API."""

from __future__ import annotations

import re
from collections.abc import Mapping

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.midjourney.files import ChangedFileError, MidjourneyFile, read_stripped
from assets.generation.providers.base import Service
from assets.generation.slots import Request
from warehouse.errors import UsageError

#: What a value of `--v` looks like.
VERSION = re.compile(r"^\d{1,3}(\.\d{1,3})?$")

#: Parameters that say how to draw, by long name. A prompt of a suite was asked as it stands only if nothing adds to its
#: words: `--no`, references, personal profiles and moodboards do. One that is not listed is not taken: none is guessed.
SETTINGS = frozenset({
    "version", "aspect", "chaos", "stylize", "weird", "quality", "seed", "raw", "style", "tile", "stop", "repeat",
    "exp", "hd", "draft", "fast", "relax", "turbo", "public", "stealth",
})  # fmt: skip


class FolderProvider(Service):
    """Answers the slots that a file was matched to, and no other: ask for `slot_keys` only."""

    name = "midjourney"
    replayable = True
    paid = False
    idempotent = True
    endpoint = "folder"
    sdk_version = "none"

    def __init__(
        self, connection: Connection = Connection(), assignments: Mapping[str, MidjourneyFile] | None = None
    ) -> None:
        del connection  # nobody is reached
        self._assignments = dict(assignments or {})

    @property
    def slot_keys(self) -> frozenset[str]:
        """Return the keys of the slots that this provider has a picture for."""
        return frozenset(self._assignments)

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` unless `model_id` is a value of `--v` and `params` are settings of Midjourney."""
        if not VERSION.match(model_id):
            raise UsageError(
                f'midjourney: model_id "{model_id}" is no version; write the value of --v, e.g. "7"'
            )
        unknown = sorted(set(params) - SETTINGS)
        if unknown:
            raise UsageError(
                f'midjourney: "{unknown[0]}" is no setting; write long names, of {", ".join(sorted(SETTINGS))}'
            )
        if "seed" in params:  # of no slot's own: the person who asks writes one and the same
            raise UsageError("midjourney: seed would make all pictures of a prompt the same; remove it")

    def ask(self, request: Request) -> Answer:
        """Return the picture that was matched to the slot, without the chunks that can hold an account."""
        file = self._assignments.get(request.slot.slot_key)
        if file is None:
            raise UsageError(
                "midjourney has no API; download the pictures and run: "
                f"cliche import midjourney DIR --week {request.slot.week}"
            )
        seed = file.parameters.get("seed", "")
        fields = {
            "request_id": file.request_id,
            "original_sha256": file.original_sha256,
            # a seed that was written by hand joins the grids of all its jobs
            "cluster": f"seed {seed}" if seed else file.job_id,
        }
        try:
            image = read_stripped(file.path, file.original_sha256)
        except ChangedFileError as error:
            return Answer(outcome=Outcome.CONNECTION, error_message=str(error), **fields)
        return Answer(
            outcome=Outcome.OK,
            image=image,
            model_reported=f"midjourney --v {file.version}" if file.version else None,
            seed=int(seed) if seed.isascii() and seed.isdigit() and len(seed) <= 18 else None,
            usage={"parameters": dict(file.parameters)} if file.parameters else None,
            original_created_at=f"{file.created_at.isoformat()}Z" if file.created_at else None,
            **fields,
        )
