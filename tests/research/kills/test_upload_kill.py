"""`cliche publish --to` killed wherever it is: readers see the old site or the new one."""

from __future__ import annotations

import re
import signal
import time
from pathlib import Path

from tests.orchestration.installation import WEEK, Cliche, Installation, start
from tests.orchestration.uploading.test_upload import EDITION, correct, dead, held, of_site


def test_readers_see_the_old_site_or_the_new(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    """Killed wherever it is, an upload leaves a site whose links are alive; the next one completes it."""
    site = tmp_path / "site"
    whole = len(of_site(published))
    killed = 0
    for share in (0.1, 0.5, 0.9):
        killed += _killed(published.home, site, share * whole)
        assert not (site / "index.html").exists() or dead(site)[0] == []
    cliche("publish", "--to", str(site))
    assert dead(site)[0] == []
    old, before = (site / "index.html").read_bytes(), held(site)
    correct(published)
    added = len(of_site(published)) - whole
    for share in (0.2, 0.8):
        killed += _killed(published.home, site, whole + share * added)
        assert dead(site)[0] == []
        assert (site / "index.html").read_bytes() == old or f"{WEEK}.2/" in (site / "index.html").read_text()
    assert killed >= 3, "uploads ended before they were killed"
    cliche("publish", "--to", str(site))
    assert f"{WEEK}.2/" in (site / "index.html").read_text()
    changed = {key for key, data in held(site).items() if before.get(key) != data}
    assert not any(
        key.startswith(f"editions/{EDITION}/") for key in changed
    )  # what was corrected is sent alone
    unfinished = {path for path in held(site) if re.fullmatch(r"\..+\.\d+", path.rpartition("/")[2])}
    assert held(site).keys() - unfinished >= of_site(published)


def _killed(home: Path, site: Path, after: float) -> bool:
    """Send the site and kill that when so many files are there; return whether it had not ended."""
    process = start(home, "publish", "--to", str(site))
    while process.poll() is None and sum(path.is_file() for path in site.rglob("*")) < after:
        time.sleep(0.005)
    alive = process.poll() is None
    if alive:
        process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    return alive
