from __future__ import annotations

import io
from datetime import datetime

import pytest
from PIL import Image

from assets.generation.midjourney import metadata
from assets.generation.pictures.png_chunks import chunk, chunks
from assets.generation.pictures.stripping import strip
from tests.unit.generation.midjourney.downloads import plain_png, text_chunk, with_chunks

JOB = "ce75684f-cd75-4c9c-8c84-48b02f44dcb3"


@pytest.mark.parametrize(
    ("text", "prompt", "parameters", "job"),
    [
        (
            f"Students, at a table. --chaos 5 --stylize 500 --v 7 Job ID: {JOB}",
            "Students, at a table.",
            {"chaos": "5", "stylize": "500", "version": "7"},
            JOB,
        ),
        (f"a  house\n in Nigeria --v 6.1 --raw Job ID: {JOB}", "a house in Nigeria",
         {"version": "6.1", "raw": ""}, JOB),
        (f"a face --ar 16:9 --no beard, hat --v 7 Job ID: {JOB.upper()}", "a face",
         {"aspect": "16:9", "no": "beard, hat", "version": "7"}, JOB),
        ("a well-kept house -- old", "a well-kept house -- old", {}, None),
        ("a face --niji 6", "a face", {"niji": "6"}, None),
        (f"--v 7 Job ID: {JOB}", None, {"version": "7"}, JOB),
        ("Job ID: not-a-job", "Job ID: not-a-job", {}, None),
        ("", None, {}, None),
    ],
)  # fmt: skip
def test_a_description_is_prompt_parameters_and_job(
    text: str, prompt: str | None, parameters: dict[str, str], job: str | None
) -> None:
    assert metadata.parse_description(text) == (prompt, parameters, job)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Sun, 23 Nov 2025 19:52:03 GMT", datetime(2025, 11, 23, 19, 52, 3)),  # noqa: DTZ001
        ("Mon, 24 Nov 2025 01:30:00 +0200", datetime(2025, 11, 23, 23, 30)),  # noqa: DTZ001
        ("2025-11-23T19:52:03Z", datetime(2025, 11, 23, 19, 52, 3)),  # noqa: DTZ001
        ("2025-11-23T19:52:03", None),
        ("yesterday", None),
        ("", None),
        ("Sun, 99 Nov 2025 19:52:03 GMT", None),
    ],
)
def test_a_creation_time_is_utc_or_unknown(text: str, expected: datetime | None) -> None:
    assert metadata.parse_time(text) == expected


@pytest.mark.parametrize("kind", [b"tEXt", b"zTXt", b"iTXt"])
def test_text_is_read_from_every_kind_of_text_chunk(kind: bytes) -> None:
    description = f"une personne française --v 7 Job ID: {JOB}"
    png = with_chunks(plain_png(), [text_chunk("Description", description, kind)])
    said = metadata.read(png)
    assert said.prompt == "une personne française"
    assert said.parameters == {"version": "7"}
    assert said.jobs == {JOB}


def test_latin_1_text_is_read_too() -> None:
    png = with_chunks(
        plain_png(), [chunk(b"tEXt", b"Description\0" + "une personne française".encode("latin-1"))]
    )
    assert metadata.read(png).prompt == "une personne française"


def test_compressed_text_that_is_broken_or_huge_does_no_harm() -> None:
    import zlib

    huge = b"\0" + zlib.compress(b"a" * 50_000_000)
    broken = with_chunks(plain_png(), [chunk(b"zTXt", b"Description\0\0nonsense")])
    bomb = with_chunks(plain_png(), [chunk(b"zTXt", b"Description\0" + huge)])
    assert metadata.read(broken).prompt is None
    assert len(metadata.read(bomb).prompt or "") <= 1_000_000


def test_the_xmp_packet_gives_the_job_and_a_contradiction_is_seen() -> None:
    other = "00000000-0000-0000-0000-000000000001"
    xmp = text_chunk("XML:com.adobe.xmp", f'<rdf:Description iptcExt:DigImageGUID="{other}"/>')
    assert metadata.read(with_chunks(plain_png(), [xmp])).jobs == {other}
    both = with_chunks(plain_png(), [xmp, text_chunk("Description", f"a face Job ID: {JOB}")])
    assert metadata.read(both).jobs == {other, JOB}


@pytest.mark.corpora
def test_real_downloads_are_read_whole(corpus) -> None:
    assert len(corpus) == 4
    for path in corpus:
        said = metadata.read(path.read_bytes())
        assert said.prompt is not None
        assert "tudents" in said.prompt
        assert "--" not in said.prompt
        assert said.parameters["version"] == "7"
        assert int(said.parameters["stylize"]) in {200, 250, 500}
        assert list(said.jobs) == [path.stem.rsplit("_", 2)[1]]
        assert f"{said.created_at:%Y-%m-%d}" == "2025-11-23"


@pytest.mark.corpora
def test_stripping_real_downloads_leaves_image_data_untouched_and_no_account(corpus, accounts) -> None:
    for path in corpus:
        original = path.read_bytes()
        stripped = strip(original)
        before = [c.raw for c in chunks(original) if c.kind in {b"IHDR", b"IDAT", b"IEND"}]
        assert [c.raw for c in chunks(stripped)] == before
        with Image.open(io.BytesIO(stripped)) as after, Image.open(io.BytesIO(original)) as untouched:
            assert after.tobytes() == untouched.tobytes()
            assert not after.text
        for account in accounts:
            assert account.encode() in original, "else the next line would say nothing"
            assert account.lower().encode() not in stripped.lower()
