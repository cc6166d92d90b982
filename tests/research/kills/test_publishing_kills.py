"""SIGKILL at random moments of a publish: readers see the old edition or the new one; the next publish completes."""

from __future__ import annotations

import json
import random
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from tests.orchestration.conftest import ask, publish_one_week
from tests.orchestration.installation import NEXT, WEEK
from tests.research.kills.killed_home import finished, kill, store_of
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.store import Store

KILLS = 20
OLD = f"{WEEK}.1"
PUBLISH = ("publish", "--week", NEXT)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a published week, and one that is asked and not published; for copying."""
    folder = tmp_path_factory.mktemp("killed") / "home"
    made = publish_one_week(folder)
    ask(made, NEXT)
    return folder


def seen(store: Store) -> dict[str, Any]:
    """Return the manifest of the edition that readers see; fails unless all that it names is there, whole."""
    edition = json.loads(store.get(keys.LATEST_EDITION))["edition"]
    prefix = keys.edition_prefix(edition)
    manifest: dict[str, Any] = json.loads(store.get(f"{prefix}manifest.json"))
    named = {prefix + path: stated["sha256"] for path, stated in manifest["files"].items()}
    for table in manifest["tables"].values():
        named |= {part["key"]: part["sha256"] for part in table["parts"]}
    assert {key: sha256_hex(store.get(key)) for key in named} == named
    return manifest


def test_readers_see_the_old_edition_or_the_new_one_and_the_next_publish_completes(
    before: Path, tmp_path: Path
) -> None:
    undisturbed, killed = (shutil.copytree(before, tmp_path / name) for name in ("undisturbed", "killed"))
    began = time.monotonic()
    finished(undisturbed, *PUBLISH)
    seconds = time.monotonic() - began
    wanted = seen(store_of(undisturbed))
    chance, kills, over, unpublished = random.Random("publishing"), 0, 0, 0
    while kills < KILLS:
        assert over <= 2 * KILLS, f"the publish was over before {over} of {over + kills} kills"
        was_killed = kill(killed, chance, PUBLISH, begun=lambda: True, s=1.2 * seconds)
        kills, over = kills + was_killed, over + (not was_killed)
        manifest = seen(store_of(killed))
        assert manifest["edition"] == OLD or manifest["content_sha256"] == wanted["content_sha256"]
        unpublished += manifest["edition"] == OLD
        if manifest["edition"] != OLD and kills < KILLS:
            shutil.rmtree(killed)
            shutil.copytree(before, killed)
    said = finished(killed, *PUBLISH)
    store, now = store_of(killed), seen(store_of(killed))
    assert f"Edition {now['edition']} is current" in said
    assert now["content_sha256"] == wanted["content_sha256"]
    assert now["table_hashes"] == wanted["table_hashes"]
    assert json.loads(store.get(keys.SITE_DATABASE_NOTE))["edition"] == now["edition"]
    assert " agree " in finished(killed, "verify")
    assert "all as recorded" in finished(killed, "verify", "--store")
    print(f"\n{kills} kills, {unpublished} of them before the new edition was public")
