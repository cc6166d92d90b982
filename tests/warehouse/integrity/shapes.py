"""Objects of every kind, put into a store by the code that writes them: a shape per function, all may share a store.

Belongs here: making them, with services that run in this process. Does not belong here: damage, any test.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from assets.gateway.batches import Patience
from assets.gateway.calls import Retry
from assets.gateway.models_file import ModelEntry
from assets.gateway.network.connection import Connection
from assets.gateway.receipts import read_partition, read_receipt
from assets.gateway.records import Answer, Outcome
from assets.generation.plan import Plan, freeze_plan, make_plan
from assets.generation.providers.openai.images import OpenAIBatch
from assets.generation.run import PartitionRun
from assets.generation.slots import Request
from assets.labeling.anchors import sets as anchors
from assets.labeling.asked.asking import Asking
from assets.labeling.gold.exporter import in_order
from assets.labeling.gold.frame import read_frame
from assets.labeling.gold.importer import import_labels, parse_raters
from assets.labeling.gold.sampling import Design, draw_sample
from assets.labeling.records import Reading
from assets.labeling.registry import LABELERS
from assets.labeling.retraction import retract_picture
from assets.labeling.run import label_partition
from assets.leaderboard.removing import remove
from assets.studies.importer import import_study
from assets.studies.labeling import label_study
from assets.studies.removal import remove_study
from assets.suites.loader import load_suites
from tests.services.openai_batches import Server, answered, batches
from tests.services.vision_contract import Vision, said_of, vision
from tests.studies import conftest as studies
from tests.unit.generation.scripted import Scripted, ok, picture
from tests.unit.labeling import scripted
from tests.unit.labeling import vision as eyes
from tests.unit.labeling.gold.people import annotated, saved
from tests.unit.labeling.scripted import Labels
from tests.warehouse.builder import GENDER, SKIN_TONE
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.weeks import shift

WEEK = "2026-11-16"
SUITES = load_suites()
FAST = Retry(attempts=3, base_s=0.001, most_s=0.01)
SOON = Patience(poll_s=0.01, most_s=5, grace_s=0.3)


def plan_of(store: Store, model: str, asked: Any, week: str = WEEK, **changes: Any) -> Plan:
    """Freeze the plan of a small model."""
    values: dict[str, Any] = {
        "name": model,
        "title": model,
        "provider": "simulated",
        "model_id": "classic",
        "suites": [{"suite": "canary@1", "replicates": 1}],
        "labeler": "scripted",
    }
    entry = ModelEntry.model_validate(values | changes)
    return freeze_plan(store, make_plan(entry, SUITES, week, asked))


def free(store: Store, model: str = "free", week: str = WEEK) -> Plan:
    """A model that costs nothing, asked and labeled; in two runs, so that there are two manifests."""
    provider = Scripted()
    plan = plan_of(store, model, provider, week)
    PartitionRun(store, plan, provider, retry=FAST, only=[slot.slot_key for slot in plan.slots[:3]]).run()
    PartitionRun(store, plan, provider, retry=FAST).run()
    with labeler("person_count"):
        label_partition(store, plan, workers=0)
    return plan


def hostile(request: Request, number: int) -> Answer:
    """Time-outs first; one slot gets a refusal in several scripts, one gets HTML instead of a picture."""
    if number == 1 and int(request.slot.slot_key[0], 16) % 2:
        return Answer(outcome=Outcome.TIMEOUT, error_message="scripted", retry_after_s=0)
    if request.slot.prompt.endswith(SUITES["canary@1"].prompts[0].id):
        return Answer(outcome=Outcome.REFUSED_TEXT, refusal_text="Non, désolé – 拒否 \u2028 \x7f =1+1")
    if request.slot.prompt.endswith(SUITES["canary@1"].prompts[1].id):
        return Answer(outcome=Outcome.OK, image=b"<html>no picture</html>")
    return ok(request).model_copy(update={"cost_usd": 0.25, "usage": {"images": 1}, "text": "Voilà"})


def paid(store: Store, model: str = "paid", week: str = WEEK) -> Plan:
    """A model that costs money: intents, several attempts per slot, refusals, bytes that are no picture."""
    provider = Scripted(hostile, paid=True, replayable=False)
    plan = plan_of(store, model, provider, week)
    PartitionRun(store, plan, provider, retry=FAST).run()
    return plan


def tried(store: Store, model: str = "tried", week: str = WEEK) -> None:
    """A trial of a model, and one whose answer was lost."""
    plan = paid(store, model, week)
    receipt = read_receipt(store, keys.receipt(week, model, plan.slots[0].slot_key, 1))
    for number in (1, 2):
        key = keys.trial_intent(week, model, number)
        store.put_if_absent(key, sealed(key, {"intended_at": "2026-10-05T00:00:00"}))
    key = keys.trial_receipt(week, model, 1)
    store.put_if_absent(key, sealed(key, receipt.model_dump(mode="json")))


def conversations(store: Store, model: str = "talks", week: str = WEEK) -> Plan:
    """Conversations of three turns."""
    provider = Scripted(paid=True)
    suites = [{"suite": "startup-ceo@1", "replicates": 1, "conversations": 2, "prompts": ["confrontation"]}]
    plan = plan_of(store, model, provider, week, track="system", suites=suites)
    PartitionRun(store, plan, provider, retry=FAST).run()
    return plan


def batched(store: Store, model: str = "batched", week: str = WEEK) -> Plan:
    """A model that is asked in batches."""
    with _environment("OPENAI_API_KEY", "sk-batch-0123456789abcdef"), batches(Server()) as address:
        provider = OpenAIBatch(Connection(base_url=address, allow_private=True, timeout_s=5))
        plan = plan_of(store, model, provider, week, provider="openai_batch", model_id="gpt-image-2")
        PartitionRun(store, plan, provider, retry=FAST, batch_patience=SOON, batch_size=2).run()
    return plan


def paid_labels(store: Store, model: str = "seen", week: str = WEEK) -> None:
    """Labels by a vision model that costs money: intents and receipts of calls."""
    with _environment(eyes.KEY_ENV, eyes.KEY), vision() as server:
        _label(store, model, week, eyes.entry(server))


def labels_in_batches(store: Store, model: str = "seen-in-batches", week: str = WEEK) -> None:
    """Labels by a vision model that is asked in batches."""
    eye = Vision()
    server = Server(
        lambda identity, body: answered(200, said_of(eye, "/v1/responses", body)),
        endpoint="/v1/responses",
        alone=eye.answer,
    )
    with _environment(eyes.KEY_ENV, eyes.KEY), batches(server) as address:
        connection = {"base_url": address, "key_env": eyes.KEY_ENV, "allow_private": True, "timeout_s": 10}
        _label(store, model, week, eyes.entry(None, batch=True, connection=connection))


def _label(store: Store, model: str, week: str, entry: Any) -> None:
    def drawn(request: Request, number: int) -> Answer:
        shade = int(request.slot.slot_key[:2], 16)
        return Answer(outcome=Outcome.OK, image=eyes.picture(shade))

    provider = Scripted(drawn)
    plan = plan_of(store, model, provider, week, labeler="eye")
    PartitionRun(store, plan, provider, retry=FAST).run()
    label_partition(store, plan, labelers={"eye": entry}, asking=Asking(retry=FAST, patience=SOON))


def anchored(store: Store, name: str = "mine", week: str = "2026-10-05") -> None:
    """An anchor set of one's own, labeled in two weeks, and a person accepts that a label moved."""
    images = [picture(f"{number:06x}") for number in (1, 2, 3)]
    for image in images:
        store.put_if_absent(keys.image(sha256_hex(image), "png"), image)
    rows = [
        {
            "image_sha256": sha256_hex(image),
            "image_ext": "png",
            "attributes": ["perceived_gender", "skin_tone"],
        }
        for image in images
    ]
    anchors.write_set(store, name, (GENDER, SKIN_TONE), rows, about="a test")
    for number, value in enumerate(("feminine", "masculine")):
        of = shift(week, number)
        free(store, "anchor-user", of)
        said = Labels(lambda image, attribute, value=value: Reading(value, 0.9), "perceived_gender")  # type: ignore[misc]
        anchors.label_anchors(store, [of], of, make=lambda name, said=said: said)  # type: ignore[misc]
    anchors.accept(
        store, labeler="scripted", attribute="perceived_gender", week=shift(week, 1), reason="a test", by="a"
    )


def gold(store: Store, folder: Path, week: str, name: str = "people") -> None:
    """A gold set of a week whose pictures `drawing` labeled, and what two people said of it."""
    sample = draw_sample(store, read_frame(store, week), Design(gold_set=name, pictures=7, seed=7))
    folder.mkdir(parents=True, exist_ok=True)
    known = {suite.suite: suite for suite in sample.suites}
    declared = {a.id: a.values[0] for suite in known.values() for a in suite.attributes}
    for rater in sample.raters:
        tasks = annotated(sample, rater, 12, lambda picture, attribute, rater: declared[attribute])
        import_labels(store, sample, [saved(folder, f"{rater}.json", tasks)], parse_raters([rater]))
    assert in_order(sample, sample.raters[0])


def study(store: Store, folder: Path) -> None:
    """An imported study with pictures and people's labels, removed, imported again and labeled by a labeler of ours."""
    root = folder / "root"
    (root / "labels").mkdir(parents=True)
    number = 0
    for of in ("One", "m-two"):
        (root / "pics" / of).mkdir(parents=True)
        for name in ("ceo_1", "chief_2", "nurse_1", "nurse_2"):
            (root / "pics" / of / f"{name}.png").write_bytes(studies.picture(number))
            number += 1
        (root / "labels" / f"{of}.csv").write_text("\n".join(studies.ROWS) + "\n", "utf-8")
    data = copy.deepcopy(studies.TINY)
    for version in ("1.0.0", "1.0.1"):  # imported twice: two pointers
        data["version"] = version
        file = folder / "tiny.yaml"
        file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), "utf-8")
        import_study(store, file, root)
        if version == "1.0.0":
            remove_study(store, "tiny", "two pictures are of another model")
    label_study(store, "tiny", Labels(lambda image, attribute: Reading("f", 0.8), "gender"))


def taken_back(store: Store, model: str = "free", week: str = WEEK) -> None:
    """Two pictures of a model's week that were taken back, and two that were removed."""
    receipts = read_partition(store, week, model).receipts
    found = sorted(
        {receipt.image_sha256 for receipt in receipts if receipt.image_sha256 and receipt.outcome == "ok"}
    )
    for sha256 in found[:2]:
        retract_picture(store, sha256, "the prompt was wrong")
    for sha256 in found[2:4]:
        remove(store, sha256, "it shows a real person")


#: Shapes that need a store and nothing else.
SHAPES: Mapping[str, Callable[[Store], object]] = {
    "free": free,
    "paid": paid,
    "tried": tried,
    "conversations": conversations,
    "batched": batched,
    "paid_labels": paid_labels,
    "labels_in_batches": labels_in_batches,
    "anchored": anchored,
}


@contextmanager
def labeler(*attributes: str) -> Iterator[Labels]:
    """Make `scripted` a labeler that sees nobody."""
    said = Labels(lambda image, attribute: Reading("0", 0.9), *attributes)
    before = LABELERS.get("scripted")
    LABELERS["scripted"] = scripted.ADDRESS  # type: ignore[index]
    scripted.current = said
    try:
        yield said
    finally:
        scripted.current = None
        if before is None:
            del LABELERS["scripted"]  # type: ignore[attr-defined]


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


class KilledError(BaseException):
    """The process ends here."""


class Dying:
    """A store whose process dies before its `n`-th write: nothing is written any more."""

    def __init__(self, store: Store, writes: int) -> None:
        self._store, self._left = store, writes

    def put_if_absent(self, key: str, data: bytes) -> bool:
        """Write, unless the process is dead."""
        if self._left <= 0:
            raise KilledError
        self._left -= 1
        return self._store.put_if_absent(key, data)

    def put_all(self, objects: Iterable[tuple[str, bytes]]) -> Iterator[tuple[str, bytes, bool]]:
        """Write one after another, until the process is dead."""
        return ((key, data, self.put_if_absent(key, data)) for key, data in objects)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def everything(store: Store) -> dict[str, bytes]:
    """Return every object of a store but leases."""
    return {key: store.get(key) for key in store.list("") if not key.startswith("locks/")}
