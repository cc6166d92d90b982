"""Replies of makers on the pages of their models: word for word, inert, cut where they are long."""

from __future__ import annotations

import hashlib
import html
import re
from pathlib import Path

import duckdb
import pytest

from assets.leaderboard.page.sheets import SitePlace, site_of
from assets.leaderboard.replies import MOST, read_replies, reply_of
from tests.site.pages import shown
from warehouse.errors import UsageError

Con = duckdb.DuckDBPyConnection

MODEL = "imago-2"
HOSTILE = (
    '</blockquote><script>document.title="owned"</script><img src=x onerror=alert(1)>\n\n'
    "[click](javascript:alert(1)) {{7*7}} %(n)s \u202egnp.exe\x00\n=cmd()|' /C calc'!A0"
)
QUOTED = re.compile(r'<blockquote class="reply" dir="auto">(.*?)</blockquote>', re.DOTALL)


def page(con: Con, reply: str, before: str = "") -> str:
    site = SitePlace(replies={MODEL: reply.encode()})
    return shown.files(con, "model", site)[f"{before}models/{MODEL}/index.html"]


def quoted(text: str) -> list[str]:
    (found,) = QUOTED.findall(text)
    return [html.unescape(one) for one in re.findall(r"<p>(.*?)</p>", found, re.DOTALL)]


def test_a_reply_is_quoted_by_paragraphs_in_both_languages(con: Con) -> None:
    said = "We changed it in May.\nSee our notes.\r\n\r\n \nThank you & good-bye.\n"
    for before in ("", "fr/"):
        text = page(con, said, before)
        assert quoted(text) == ["We changed it in May.\nSee our notes.", "Thank you & good-bye."]
        up = "../../" if not before else "../../../"
        assert f'<a href="{up}docs/replies/{MODEL}.md">' in text
        assert f"<code>{hashlib.sha256(said.encode()).hexdigest()}</code>" in text


def test_a_model_without_a_reply_says_how_to_reply(con: Con) -> None:
    text = shown.files(con, "model")[f"models/{MODEL}/index.html"]
    assert not QUOTED.search(text)
    assert "No reply yet." in text


def test_a_hostile_reply_is_text(con: Con) -> None:
    text = page(con, HOSTILE)
    first, second = quoted(text)
    assert first.startswith('</blockquote><script>document.title="owned"')
    assert "[click](javascript:alert(1)) {{7*7}} %(n)s gnp.exe\N{REPLACEMENT CHARACTER}\n=cmd()" in second
    assert "<script" not in text
    assert "<img src=x" not in text
    assert "javascript:" not in re.sub(r">[^<]*<", "><", text)
    assert "\u202e" not in text


@pytest.mark.parametrize("word", ["word ", "w"])
def test_a_long_reply_is_cut_and_says_what_is_missing(con: Con, word: str) -> None:
    said = word * (100_000 // len(word))
    text = page(con, said)
    (only,) = quoted(text)
    assert MOST - 10 < len(only) <= MOST
    assert said.startswith(only)
    assert "The reply goes on in the file." in text
    assert "The whole reply, 100,000 bytes" in text
    assert hashlib.sha256(said.encode()).hexdigest() in text


def test_what_is_no_text_is_shown_as_replaced() -> None:
    assert reply_of(MODEL, b"caf\xe9").paragraphs == ("caf\N{REPLACEMENT CHARACTER}",)


def test_files_are_read_by_the_names_of_models(tmp_path: Path) -> None:
    assert read_replies(tmp_path / "none") == {}
    (tmp_path / "one-2.5.md").write_bytes(b"Reply.\r\n")
    (tmp_path / "notes.txt").write_bytes(b"not one")
    assert read_replies(tmp_path) == {"one-2.5": b"Reply.\r\n"}
    for wrong in (b" \n", b"x" * 1_000_001):
        (tmp_path / "two.md").write_bytes(wrong)
        with pytest.raises(UsageError, match="a reply is a text for people"):
            read_replies(tmp_path)


def test_a_manifest_does_not_hold_replies() -> None:
    site = SitePlace(publisher="A", replies={MODEL: b"x"})
    assert site.stated() == {"publisher": "A"}
    assert site_of({"site": site.stated() | {"replies": "x"}}) == SitePlace(publisher="A")


def test_a_reply_that_is_no_file_is_reported_in_a_line(tmp_path: Path) -> None:
    (tmp_path / "one.md").mkdir()
    with pytest.raises(UsageError, match=r"cannot read .*one\.md: it is a folder, not a plain file"):
        read_replies(tmp_path)
