from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest
from PIL import Image

from assets.gateway.models_file import ModelEntry
from assets.gateway.receipts import read_partition
from assets.gateway.records import Answer, Outcome
from assets.generation.midjourney.files import parse_file, read_folder
from assets.generation.midjourney.matching import Import, standing
from assets.generation.midjourney.provider import FolderProvider
from assets.generation.pictures import image_check
from assets.generation.pictures.png_chunks import SIGNATURE, chunks
from assets.generation.plan import make_plan
from assets.generation.run import PartitionReport, PartitionRun
from assets.generation.slots import Request, Slot
from tests.unit.generation.midjourney.downloads import (
    ACCOUNT,
    FRENCH,
    SUITES,
    WEEK,
    Downloads,
    Entry,
    make_slots,
    plain_png,
    prepare,
    text_chunk,
    with_chunks,
)
from warehouse.canonical import sha256_hex
from warehouse.errors import UsageError
from warehouse.store.local import LocalStore


def request(slot: Slot) -> Request:
    return Request(
        slot=slot, attempt=1, model_id="7", params={}, prompt_text="a French person", language="en"
    )


def prepared(folder: Path) -> Import:
    return prepare(folder, [Entry()], SUITES, WEEK, {"mj-7": make_slots(FRENCH, "mj-7", 2)})


def answered(folder: Path) -> list[Answer]:
    found = prepared(folder)
    return [
        found.provider(model).ask(request(slot)) for model, slots in found.slots.items() for slot in slots
    ]


def test_an_answer_is_the_stripped_picture_with_both_hashes_and_no_account(
    folder: Path, download: Downloads
) -> None:
    path = download(parameters="--chaos 5 --seed 42 --v 7", position=2)
    original = path.read_bytes()
    [answer] = answered(folder)
    assert answer.outcome is Outcome.OK
    assert answer.image is not None
    assert answer.image != original
    assert answer.original_sha256 == sha256_hex(original)
    assert answer.original_created_at == "2026-11-24T10:00:00Z"
    assert answer.model_reported == "midjourney --v 7"
    assert answer.request_id == f"{path.stem.split('_')[-2]}_2"
    assert answer.seed == 42
    assert answer.cluster == "seed 42"
    assert answer.usage == {"parameters": {"chaos": "5", "seed": "42", "version": "7"}}
    assert isinstance(image_check.inspect(answer.image), image_check.CheckedPicture)
    assert ACCOUNT.encode() in original
    assert ACCOUNT.encode() not in answer.image
    assert "Doe" not in json.dumps(answer.model_dump(exclude={"image"}), default=str)
    with Image.open(io.BytesIO(answer.image)) as stored, Image.open(path) as before:
        assert stored.tobytes() == before.tobytes()


def test_pictures_of_one_job_are_a_cluster(folder: Path, download: Downloads) -> None:
    job = "12345678-1234-4234-8234-123456789abc"
    for position in (1, 3):
        download(job=job, position=position)
    assert [answer.cluster for answer in answered(folder)] == [job, job]


def test_a_slot_without_a_picture_is_not_to_be_asked(folder: Path, download: Downloads) -> None:
    download()
    found = prepared(folder)
    provider = found.provider("mj-7")
    other = make_slots(FRENCH, "mj-7", 2)[-1]
    assert provider.slot_keys == {slot.slot_key for slot in found.slots["mj-7"]}
    with pytest.raises(UsageError, match="cliche import midjourney DIR --week 2026-11-23"):
        provider.ask(request(other))


@pytest.mark.parametrize("change", ["gone", "changed"])
def test_a_file_that_changed_after_matching_is_no_answer_of_the_model(
    folder: Path, download: Downloads, change: str
) -> None:
    path = download()
    found = prepared(folder)
    path.unlink()
    if change == "changed":
        path.write_bytes(plain_png(99))
    answer = found.provider("mj-7").ask(request(found.slots["mj-7"][0]))
    assert answer.outcome is Outcome.CONNECTION
    assert answer.image is None
    assert "Doe" not in repr(answer)


def test_a_folder_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / ".DS_Store").write_bytes(b"x")
    file = tmp_path / "file.png"
    file.write_bytes(b"x")
    for folder, why in [
        (tmp_path / "none", "does not exist"),
        (empty, "holds no file"),
        (file, "is no folder"),
    ]:
        with pytest.raises(UsageError, match=why) as raised:
            read_folder(folder)
        assert "\n" not in str(raised.value)


def _bad_checksum(png: bytes) -> bytes:
    at = png.index(b"IDAT") + 30
    return png[:at] + bytes([png[at] ^ 1]) + png[at + 1 :]


def _jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(out, "JPEG")
    return out.getvalue()


JOB = "00000000-0000-0000-0000-0000000000aa"
NAME = f"{ACCOUNT}_a_French_person_{JOB}_0.png"
WHOLE = with_chunks(
    plain_png(),
    [text_chunk("Author", ACCOUNT), text_chunk("Description", f"a French person --v 7 Job ID: {JOB}")],
)

BAD = {
    "zero bytes": (NAME, b"", "0 bytes"),
    "truncated": (NAME, WHOLE[:-200], "cut off"),
    "without its end": (NAME, WHOLE[:-12], "IEND"),
    "trailing bytes": (NAME, WHOLE + b"x", "after the end"),
    "wrong checksum": (NAME, _bad_checksum(WHOLE), "wrong checksum"),
    "a page": (NAME, b"<!doctype html><p>expired", "a page of markup"),
    "a jpeg called png": (NAME, _jpeg(), "its bytes are image/jpeg"),
    "renamed without a position": ("holiday.png", WHOLE, "its grid position is unknown"),
    "renamed to another job": (NAME.replace("aa", "bb"), WHOLE, "different jobs"),
    "a grid": (NAME.replace("_0.png", ".png"), WHOLE, "download the four pictures of a grid one by one"),
    "a grid with its own ending": (NAME.replace("_0.png", "_grid_0.png"), WHOLE, "one by one"),
    "an impossible position": (NAME.replace("_0.png", "_7.png"), WHOLE, "position 7 is none of 0-3"),
    "no download at all": ("cat.png", plain_png(), "not a Midjourney download"),
    "a text": ("readme.md", b"hello", "not PNG, JPEG or WebP"),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_file_is_listed_with_one_clear_reason_and_the_good_one_beside_it_is_taken(
    folder: Path, download: Downloads, kind: str
) -> None:
    name, data, why = BAD[kind]
    download(name=name, data=data)
    download()
    found = prepared(folder)
    assert [len(slots) for slots in found.slots.values()] == [1]
    assert len(found.unmatched) == 1
    assert why in found.unmatched[0].reason
    assert "\n" not in found.unmatched[0].reason
    assert "Doe" not in repr(found)


def test_sub_folders_are_read_and_every_file_is_somewhere(folder: Path, download: Downloads) -> None:
    (folder / "monday").mkdir()
    for number in range(4):
        download()
        path = download("une personne française", words="x")
        path.rename(folder / "monday" / path.name)
        download(name=f"bad_{number}.png", data=b"")
    found = prepared(folder)
    listed = [*found.unmatched, *found.surplus, *found.refused, *found.known]
    assert len(listed) + sum(len(slots) for slots in found.slots.values()) == 12
    assert len(found.surplus) == 4


def test_a_folder_goes_through_the_ledger_and_comes_again_without_a_call(
    folder: Path, download: Downloads, tmp_path: Path
) -> None:
    entry = ModelEntry.model_validate(
        {"name": "mj-7", "title": "Midjourney 7", "provider": "midjourney", "model_id": "7"}
        | {"suites": [{"suite": FRENCH.label, "replicates": 2}]}
    )
    store = LocalStore(tmp_path / "store")
    plan = make_plan(entry, SUITES, WEEK, FolderProvider())
    for _ in range(3):
        download()

    def run_import() -> tuple[Import, PartitionReport | None]:
        taken, imported = standing(read_partition(store, WEEK, "mj-7"))
        found = prepare(folder, [entry], SUITES, WEEK, {"mj-7": plan.slots}, taken, imported=imported)
        provider = found.provider("mj-7")
        return found, PartitionRun(
            store, plan, provider, only=provider.slot_keys
        ).run() if found.files else None

    first, report = run_import()
    assert (report.asked, report.outcomes["ok"], report.outcomes["not_attempted"]) == (2, 2, 2)
    assert len(first.surplus) == 1
    second, report = run_import()
    assert report is None
    assert (len(second.known), len(second.surplus)) == (2, 1)
    download("une personne française", words="x")
    _, report = run_import()
    assert (report.asked, report.outcomes["ok"], report.outcomes["not_attempted"]) == (1, 3, 1)
    kept = [path for path in (tmp_path / "store").rglob("*") if path.is_file()]
    assert sum(path.suffix == ".png" for path in kept) == 3
    for path in kept:
        assert b"doe" not in (str(path.relative_to(tmp_path)).encode() + path.read_bytes()).lower()


@pytest.mark.corpora
def test_the_real_downloads_match_no_suite_and_are_listed_without_an_account(
    corpus, accounts, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        found = prepare(
            corpus[0].parent, [Entry()], SUITES, "2025-11-17", {"mj-7": make_slots(FRENCH, "mj-7", 2)}
        )
    assert not found.files
    pictures = [one for one in found.unmatched if one.name.startswith("job ")]
    others = [one for one in found.unmatched if not one.name.startswith("job ")]
    assert len(pictures) == 4
    assert all("no prompt planned for mj-7 reads" in one.reason for one in pictures)
    assert [one.name for one in others] == ["PROVENANCE.md"]
    output = capsys.readouterr()
    everything = (
        repr(found) + caplog.text + output.out + output.err + "".join(repr(parse_file(p)) for p in corpus)
    )
    for account in accounts:
        assert account.lower() not in everything.lower()


@pytest.mark.corpora
def test_real_pictures_with_a_suites_prompt_in_their_chunks_fill_slots(
    corpus, accounts, folder: Path
) -> None:
    for path in corpus:
        original = path.read_bytes()
        texts = {c.data.partition(b"\0")[0]: c for c in chunks(original) if c.kind == b"tEXt"}
        _, _, tail = texts[b"Description"].data.decode().partition(" --")
        replaced = text_chunk("Description", f"a French person --{tail}").join(
            original.split(texts[b"Description"].raw)
        )
        (folder / path.name).write_bytes(replaced)
    found = prepare(folder, [Entry()], SUITES, "2025-11-17", {"mj-7": make_slots(FRENCH, "mj-7", 3)})
    assert [slot.replicate for slot in found.slots["mj-7"]] == [0, 1, 2]
    assert len(found.surplus) == 1
    jobs = sorted(path.stem.rsplit("_", 2)[1] for path in corpus)
    for slot, job in zip(found.slots["mj-7"], jobs, strict=False):
        answer = found.provider("mj-7").ask(request(slot))
        assert answer.request_id.startswith(job)
        source = next(path for path in corpus if job in path.name).read_bytes()
        kept = [c.raw for c in chunks(source) if c.kind in {b"IHDR", b"IDAT", b"IEND"}]
        assert answer.image == SIGNATURE + b"".join(kept)
        stored = answer.image + answer.model_dump_json(exclude={"image"}).encode()
        assert not any(account.lower().encode() in stored.lower() for account in accounts)
    outside = prepare(folder, [Entry()], SUITES, WEEK, {"mj-7": make_slots(FRENCH, "mj-7", 3)})
    assert len(outside.refused) == 4
    assert outside.refusal() is not None
