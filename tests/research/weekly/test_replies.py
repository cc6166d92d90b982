"""A maker's reply from a file to the page of an edition, and verified there."""

from __future__ import annotations

import json
from pathlib import Path

from tests.orchestration.installation import WEEK, Cliche, Installation
from warehouse.canonical import sha256_hex

PAGE = "models/sim-drift/index.html"
FILE = "docs/replies/sim-drift.md"


def test_a_reply_is_published_with_its_bytes_and_verified(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    replies = published.home / "replies"
    replies.mkdir()
    said = b"We disagree:\n\nit was <b>one</b> week.\n"
    (replies / "sim-drift.md").write_bytes(said)
    (replies / "sim-gone.md").write_bytes(b"Of a model that was never asked.")
    ended = cliche("publish")
    assert ended.code == 0
    assert "replies/sim-gone.md: no model sim-gone was asked, so no page quotes it" in ended.err
    prefix = f"editions/{WEEK}.2/"
    assert published.store.get(prefix + FILE) == said
    page = published.store.get(prefix + PAGE).decode()
    assert "<p>We disagree:</p><p>it was &lt;b&gt;one&lt;/b&gt; week.</p>" in page
    assert sha256_hex(said) in page
    assert (
        cliche("publish")
        .out.rstrip()
        .endswith("nothing changed: " + f"{published.store.url}/{prefix}index.html")
    )

    folder = tmp_path / "copy"
    cliche("edition", "fetch", f"{WEEK}.2", str(folder))
    ended = cliche("verify", str(folder))
    assert ended.code == 0, ended.out
    # Who puts other words into a maker's mouth is found out, even with a manifest that fits them.
    edition = folder / prefix
    for name, old, new in ((FILE, b"one", b"two"), (PAGE, b"We disagree", b"We agree")):
        whole = (edition / name).read_bytes()
        forged = whole.replace(old, new)
        (edition / name).write_bytes(forged)
        stated = (edition / "manifest.json").read_text()
        manifest = json.loads(stated)
        manifest["files"][name] |= {"sha256": sha256_hex(forged), "bytes": len(forged)}
        (edition / "manifest.json").write_text(json.dumps(manifest))
        ended = cliche("verify", str(folder))
        assert ended.code == 1
        assert f"{PAGE} is not what its version makes of the tables" in ended.out
        (edition / name).write_bytes(whole)
        (edition / "manifest.json").write_text(stated)
