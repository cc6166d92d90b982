"""Open-weight models on one's own GPU through `diffusers`, an extra: `pip install -e ".[diffusers]"`.

Each slot has a fixed seed, made from its key: asked again on the same machine with the same weights it draws the same
picture. It is not replayable all the same: another GPU, another torch or changed files under the same path draw another
picture, so a missed week stays a gap. Weights are read from safetensors files only (other formats can hold code), and
no code of a model's repository is run.
"""

from __future__ import annotations

import gc
import hashlib
import inspect
import io
import re
import threading
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from assets.gateway.network.connection import Connection
from assets.gateway.records import Answer, Outcome
from assets.generation.providers import base
from assets.generation.providers.errors import ErrorRow, by_code, error_answer
from assets.generation.slots import Request
from warehouse.errors import UsageError

#: Our names of parameters and diffusers' names; the first group is of a call, the second of loading.
CALL = {
    "steps": "num_inference_steps",
    "guidance": "guidance_scale",
    "width": "width",
    "height": "height",
    "negative_prompt": "negative_prompt",
}
LOAD = frozenset({"dtype", "device", "revision", "variant", "offload"})
DTYPES = ("bfloat16", "float16", "float32")
_HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+")
_READ = 1 << 20
_MOST_NAMES = 100  # of classes along a chain of causes

#: `code` is the name of an exception's class, of one that it derives from, or of a cause's: the first row wins.
ERRORS: tuple[ErrorRow, ...] = (
    *by_code(Outcome.INVALID_PARAMS, "OutOfMemoryError"),  # smaller, in another dtype, or with offload: true
    *by_code(Outcome.AUTH, "GatedRepoError"),
    *by_code(Outcome.MODEL_RETIRED, "RepositoryNotFoundError", "RevisionNotFoundError"),
    *by_code(Outcome.CONNECTION, "LocalEntryNotFoundError", "OfflineModeIsEnabled"),
    *by_code(Outcome.MODEL_RETIRED, "EntryNotFoundError"),
    *by_code(Outcome.CONNECTION, "ConnectionError", "HTTPError"),
    # Files that are not there or not those of a pipeline, and a pipeline that wants a further package.
    *by_code(Outcome.INVALID_PARAMS, "OSError", "ValueError", "TypeError", "ImportError"),
)


@dataclass(frozen=True)
class _Loaded:
    """A pipeline in memory and what it was loaded from."""

    key: tuple[Any, ...]
    pipeline: Any
    reported: str  # class and commit, or class and digest of the files
    device: str
    dtype: str


class Diffusers(base.Service):
    """Draws with one pipeline; one picture at a time, whoever asks."""

    name = "diffusers"
    paid = False
    idempotent = True
    endpoint = "local"

    def __init__(self, connection: Connection = Connection()) -> None:
        del connection  # nobody is reached but, for weights, the hub
        self.sdk_version = ", ".join(f"{name} {base.installed(name)}" for name in ("diffusers", "torch"))
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None

    def check(self, model_id: str, params: dict[str, object]) -> None:
        """Raise `UsageError` without the extra, for a folder without a pipeline, or an unknown parameter."""
        if missing := [name for name in ("torch", "diffusers", "transformers") if find_spec(name) is None]:
            raise UsageError(f'diffusers: {missing[0]} is not installed; run: pip install -e ".[diffusers]"')
        if not _HUB_ID.fullmatch(model_id) and not (Path(model_id) / "model_index.json").is_file():
            raise UsageError(
                f'diffusers: "{model_id}" is neither a folder with a model_index.json nor a name like '
                "black-forest-labs/FLUX.2-klein-4B"
            )
        base.check_seed("diffusers", params)  # each slot has one of its own, whether it is written or not
        base.check_names("diffusers: no parameter", params, {*CALL, *LOAD, "seed"})
        if params.get("dtype", DTYPES[0]) not in DTYPES:
            raise UsageError(f"diffusers: dtype is one of {', '.join(DTYPES)}")

    def ask(self, request: Request) -> Answer:
        """Return the picture of one slot; trouble with weights, memory or the pipeline is an outcome."""
        if refused := base.refused_turn(self.name, request):
            return refused
        seed = base.slot_seed(request.slot.slot_key)
        with self._lock:
            try:
                loaded = self._load(request.model_id, request.params)
                return _draw(loaded, request, seed)
            except Exception as error:  # noqa: BLE001 - torch and pipelines raise anything; each is reported by its class
                return _failed(error, seed)

    def probe(self, model_id: str) -> base.Probe:
        """Say whether the folder is there; of a name on the hub nothing is known without loading it."""
        if _HUB_ID.fullmatch(model_id) and not Path(model_id).is_dir():
            return base.Probe(
                None, None, f"diffusers: {model_id} is loaded from the hub when it is first asked"
            )
        there = (Path(model_id) / "model_index.json").is_file()
        words = "is there" if there else "has no model_index.json"
        return base.Probe(None, there, f"diffusers: the folder {Path(model_id).name} {words}")

    def _load(self, model_id: str, params: dict[str, Any]) -> _Loaded:
        """Return the pipeline, loaded when it is first needed; another one takes the place of the last."""
        key = (model_id, *(params.get(name) for name in sorted(LOAD)))
        if self._loaded is not None and self._loaded.key == key:
            return self._loaded
        self._loaded = None  # the memory of the last is needed for the next
        gc.collect()
        torch: Any = import_module("torch")
        source: Any = import_module("diffusers").DiffusionPipeline
        folder, reported = Path(model_id), ""
        options = {"use_safetensors": True, "variant": params.get("variant")}
        if not folder.is_dir():
            folder = Path(source.download(model_id, revision=params.get("revision"), **options))
            reported = f"{model_id}@{folder.name}"
        device = str(params.get("device") or _best_device(torch))
        dtype = str(params.get("dtype") or ("bfloat16" if device.startswith("cuda") else "float32"))
        pipeline = source.from_pretrained(
            str(folder), dtype=getattr(torch, dtype), local_files_only=True, **options
        )
        pipeline.set_progress_bar_config(disable=True)
        if params.get("offload"):
            pipeline.enable_model_cpu_offload(device=device)
        else:
            pipeline.to(device)
        reported = f"{type(pipeline).__name__} {reported or 'sha256:' + _digest(folder)[:16]}"
        self._loaded = _Loaded(key, pipeline, reported, device, dtype)
        return self._loaded


def _draw(loaded: _Loaded, request: Request, seed: int) -> Answer:
    torch: Any = import_module("torch")
    given = {CALL[name]: value for name, value in request.params.items() if name in CALL}
    taken = inspect.signature(loaded.pipeline.__call__).parameters
    strange = [name for name, theirs in CALL.items() if theirs in given and theirs not in taken]
    if strange:
        raise ValueError(f"{type(loaded.pipeline).__name__} takes no {strange[0]}; remove it from params")
    output = loaded.pipeline(
        prompt=request.prompt_text,
        generator=torch.Generator("cpu").manual_seed(seed),  # of the CPU: the same noise on every device
        output_type="pil",
        **given,
    )
    common: dict[str, Any] = {
        "model_reported": loaded.reported,
        "seed": seed,
        "usage": {"device": loaded.device, "dtype": loaded.dtype},
    }
    flagged = getattr(output, "nsfw_content_detected", None)
    if flagged and any(flagged):
        return Answer(
            outcome=Outcome.BLOCKED_OUTPUT,
            block_stage="output",
            block_categories=("nsfw",),
            error_message="the pipeline's safety checker flagged the picture",
            **common,
        )
    if not output.images:
        why = "the pipeline returned no picture and no reason"
        return Answer(outcome=Outcome.EMPTY_ANSWER, error_message=why, **common)
    data = io.BytesIO()
    output.images[0].save(data, "PNG")
    return Answer(outcome=Outcome.OK, image=data.getvalue(), **common)


def _failed(error: Exception, seed: int) -> Answer:
    """Return the answer of an exception: the first row that names its class, one it derives from, or one of a cause."""
    names: list[str] = []
    link: BaseException | None = error
    while link is not None and len(names) < _MOST_NAMES:
        names += [kind.__name__ for kind in type(link).__mro__]
        link = link.__cause__ or link.__context__
    name = next((row.code for row in ERRORS if row.code in names), type(error).__name__)
    lines = str(error).strip().splitlines() or ["no words"]
    message = f"{type(error).__name__}: {lines[0]}"[:2000]
    return error_answer(ERRORS, code=name, message=message, body=str(error), seed=seed)


def _best_device(torch: Any) -> str:
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _digest(folder: Path) -> str:
    """Return the SHA-256 of all files of a pipeline that decide what it draws, with their names."""
    whole = hashlib.sha256()
    files = (path for path in folder.rglob("*") if path.suffix in {".json", ".safetensors", ".txt", ".model"})
    for path in sorted(files):
        one = hashlib.sha256()
        with path.open("rb") as file:
            while part := file.read(_READ):
                one.update(part)
        whole.update(f"{path.relative_to(folder).as_posix()}\n{one.hexdigest()}\n".encode())
    return whole.hexdigest()
