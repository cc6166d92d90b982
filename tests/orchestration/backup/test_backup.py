"""`cliche backup` and `cliche restore`: folders, buckets, damage on either side, what is refused, a home that moves."""

from __future__ import annotations

import json
import os
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.filesize import decimal

from assets.gateway.network.redaction import line_with_key
from orchestration.settings import CHECKOUT
from tests.orchestration.installation import WEEK, Cliche, Installation, Result, install
from warehouse import keys
from warehouse.backup import home
from warehouse.backup.order import may_change
from warehouse.errors import CorruptObjectError
from warehouse.store import open_store

SAID = re.compile(r"holds (?:all [\d,]+|not all) objects of .*: ([\d,]+) copied \((.*?)\)(.*)$", re.MULTILINE)
TO_COPY = re.compile(r"^to copy to .*: ([\d,]+) objects? \((.*?)\)(?:: (.*))?$", re.MULTILINE)


def held(folder: Path) -> dict[str, bytes]:
    found = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    return {
        key: path.read_bytes()
        for key, path in found.items()
        if not key.startswith(("locks/", ".tmp/", "home/"))
    }


def copied(ended: Result) -> int:
    """How many objects a command copied, as its last line says."""
    found = SAID.search(ended.out)
    assert found, ended.out + ended.err
    return int(found[1].replace(",", ""))


def damage(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)


def first(folder: Path, pattern: str) -> Path:
    return min(folder.glob(pattern))


def test_a_copy_holds_every_byte_and_comes_once(reads: Installation, cliche: Cliche, tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    ended = cliche("backup", str(copy))
    assert (ended.code, ended.err) == (0, ""), ended.out
    source = reads.objects()
    assert held(copy) == source
    assert copied(ended) == len(source)
    assert f"holds {len(source):,} objects" in ended.out.splitlines()[0]
    stamps = {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()}
    for more in ((), ("--quick",)):
        ended = cliche("backup", str(copy), *more)
        assert (ended.code, copied(ended)) == (0, 0)
    assert {path: path.stat().st_mtime_ns for path in copy.rglob("*") if path.is_file()} == stamps


def test_what_is_damaged_is_named_not_copied(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    store, copy = published.home / "store", tmp_path / "copy"
    patterns = (
        "images/*/*",
        "thumbnails/*/*-160.webp",
        "attempts/*/*/*/1.json",
        "attempts/*/*/manifest-0001.parquet",
        "labels/*/*/*/part-*.parquet",
        "tables/*/*/*.parquet",
        "plans/*/*.json",
        "pages/*/*/*/**/*.html",
        f"editions/{WEEK}.1/index.html",
        "site/index.html",
        "site/cliche.duckdb",
    )
    whole = published.objects()
    paths = [first(store, pattern) for pattern in patterns]
    for path in paths:
        damage(path)
    bad = {path.relative_to(store).as_posix() for path in paths}
    ended = cliche("backup", str(copy))
    assert ended.code == 1
    there = held(copy)
    site = {key for key in whole if key.startswith(keys.SITE)}  # made anew together: all of it or none
    assert whole.keys() - there.keys() == bad | site
    assert all(there[key] == whole[key] for key in there)
    for key in bad - site | {keys.SITE_PAGES_NOTE}:
        assert re.search(rf"^  {re.escape(key)} ", ended.out, re.MULTILINE), key
    assert "holds not all objects" in ended.out

    for path, key in zip(paths, (path.relative_to(store).as_posix() for path in paths), strict=True):
        path.write_bytes(whole[key])
    ended = cliche("backup", str(copy))
    assert (ended.code, copied(ended)) == (0, len(bad | site)), ended.out
    assert held(copy) == whole


def test_a_complete_backup_is_on_record(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    picture = first(published.home / "store", "images/*/*")
    whole = picture.read_bytes()
    damage(picture)
    assert cliche("backup", str(tmp_path / "copy")).code == 1
    assert "Last backup: never; cliche backup makes one" in cliche("status").out
    assert json.loads(cliche("status", "--json").out)["backup"] is None
    picture.write_bytes(whole)
    assert cliche("backup", str(tmp_path / "copy")).code == 0
    held = len(published.objects())
    said = cliche("status").out
    assert re.search(rf"^Last backup: 20.* UTC, {held:,} objects, to {tmp_path}/copy$", said, re.MULTILINE)
    assert json.loads(cliche("status", "--json").out)["backup"]["objects"] == held
    assert cliche("restore", str(tmp_path / "copy")).code == 0  # is no backup
    moved = published.home / "store-backup.json"
    moved.write_text(moved.read_text().replace("/store", "/other"))
    assert "Last backup: never" in cliche("status").out  # of another store
    moved.unlink()
    moved.mkdir()  # nothing can be written there
    ended = cliche("backup", str(tmp_path / "copy"))
    assert (ended.code, ended.err.count("\n")) == (0, 1)
    assert ended.err.startswith("This backup is not on record, and alerts do not know of it: ")


def test_what_was_lost_is_restored_and_a_damaged_copy_mended(
    published: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    store, copy = published.home / "store", tmp_path / "copy"
    whole = published.objects()
    shutil.copytree(store, copy)
    for pattern in ("thumbnails/*/*-160.webp", "attempts/*/*/*/1.json"):
        damage(first(copy, pattern))
    assert copied(cliche("backup", str(copy), "--quick")) == 0
    ended = cliche("backup", str(copy))
    assert (ended.code, copied(ended)) == (0, 2)
    assert "2 of them in the place of damaged ones" in ended.out
    lost = [first(store, "images/*/*"), first(store, "plans/*/*.json")]
    for path in lost:
        path.unlink()
    ended = cliche("backup", str(copy))
    assert ended.code == 1
    for path in lost:
        assert re.search(rf"^  {path.relative_to(store).as_posix()} +missing; ", ended.out, re.MULTILINE)
    assert held(copy) == whole
    ended = cliche("restore", str(copy))
    assert (ended.code, copied(ended)) == (0, 2), ended.out
    assert published.objects() == whole


def test_the_site_comes_when_it_is_whole(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    copy, whole = tmp_path / "copy", published.objects()
    site = {key for key in whole if key.startswith(keys.SITE)}
    with published.store.lease("edition", purpose=f"publish {WEEK}"):
        ended = cliche("backup", str(copy))
    assert (ended.code, copied(ended)) == (0, len(whole) - len(site))
    assert "without site/, which a publish is writing" in ended.out.splitlines()[0]
    assert whole.keys() - held(copy).keys() == site
    assert copied(cliche("backup", str(copy))) == len(site)
    assert held(copy) == whole


def test_restoring_overwrites_nothing(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    store, copy = published.home / "store", tmp_path / "copy"
    shutil.copytree(store, copy)
    lost, other = first(store, "images/*/*"), first(store, "labels/*/*/*/part-*.parquet")
    lost.unlink()
    damage(other)
    before = published.objects()
    ended = cliche("restore", str(copy))
    assert ended.code == 3
    assert f"holds another {other.relative_to(store).as_posix()}; nothing is overwritten" in ended.only_line
    assert published.objects() == before
    with open_store(store).lease("label-2026-11-09-a", purpose="label 2026-11-09 / a"):
        ended = cliche("restore", str(copy))
    assert ended.code == 3
    assert "label-2026-11-09-a is held" in ended.only_line
    other.unlink()
    assert copied(cliche("restore", str(copy))) == 2
    assert published.objects() == held(copy)
    pointer = store / keys.LATEST_EDITION  # a restored store stays at its newer edition
    newer = pointer.read_bytes().replace(b'"revision":1', b'"revision":2')
    pointer.write_bytes(newer)
    lost.unlink()
    assert copied(cliche("restore", str(copy))) == 1
    assert pointer.read_bytes() == newer
    (copy / keys.LATEST_EDITION).write_bytes(newer.replace(b'"revision":2', b'"revision":3'))
    ended = cliche("backup", str(copy))
    assert (ended.code, "holds a newer edition" in ended.only_line) == (3, True)


def test_what_is_no_copy_is_left(
    reads: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, other = Path(reads.settings.store), "holds something else than"
    letters, twin, week = (tmp_path / name for name in ("letters", "twin", "week"))
    letters.mkdir()
    (letters / "letter.txt").write_text("dear")
    shutil.copytree(store, twin)
    for path in twin.glob("attempts/*/*/*/1.json"):  # the same slots, asked at another time
        path.write_bytes(path.read_bytes().replace(b"2026", b"2025"))
    shutil.copytree(store / "anchors", week / "anchors")  # which are the same in all stores
    plan = week / keys.plan("2026-11-02", "sim-classic")
    plan.parent.mkdir(parents=True)
    plan.write_text("{}")
    for to, code, said in (
        (letters, 3, f"{letters} {other} {store} (letter.txt, for one); nothing was copied"),
        (twin, 3, f"{twin} {other} {store} (attempts/"),
        (week, 3, f"{week} {other} {store} (plans/week=2026-11-02/model=sim-classic.json"),
        (store / "copy", 2, "lie in each other"),
        (store.parent, 2, "lie in each other"),
    ):
        before = held(to)
        ended = cliche("backup", str(to))
        assert (ended.code, said in ended.only_line) == (code, True), ended.err
        assert cliche("restore", str(to)).code == code
        assert held(to) == before
    monkeypatch.setenv("CLICHE_HOME", str(install(tmp_path / "fresh").home))
    ended = cliche("backup", str(tmp_path / "empty"))
    assert (ended.code, "holds no object, so nothing was copied; is it the store" in ended.error) == (2, True)
    assert not (tmp_path / "empty").exists()


@pytest.mark.s3
def test_a_home_moves_to_a_bucket(
    published: Installation, cliche: Cliche, s3_address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("editions", "pages", "site", "tables", "thumbnails"):  # fewer objects
        shutil.rmtree(published.home / "store" / name)
    before = published.objects()
    ended = cliche("backup", s3_address)
    assert (ended.code, copied(ended)) == (0, len(before)), ended.out + ended.err
    published.configure(store=s3_address)
    shutil.rmtree(published.home / "store")
    assert cliche("status", "--week", WEEK).code == 0
    # And back again, by a profile alone: the variables name another server and other keys.
    server = os.environ["AWS_ENDPOINT_URL"]
    said = {name: os.environ[f"AWS_{name.upper()}"] for name in ("access_key_id", "secret_access_key")}
    profile = "\n".join(
        ["[profile offsite]", f"endpoint_url = {server}", *(f"aws_{k} = {v}" for k, v in said.items())]
    )
    (tmp_path / "aws").write_text(profile)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wrong")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("CLICHE_STORE", str(published.home / "again"))
    ended = cliche("restore", s3_address, "--profile", "offsite")
    assert (ended.code, copied(ended)) == (0, len(before)), ended.out + ended.err
    assert held(published.home / "again") == before


def test_the_numbers_add_up(published: Installation, cliche: Cliche, tmp_path: Path) -> None:
    """What of the store is to be copied and why is what is then copied."""
    copy, whole = tmp_path / "copy", published.objects()
    whats = ["new", "made anew by each publish", "DuckDB file"]
    again = sum(may_change(key) for key in whole) - 1

    def numbers() -> tuple[str, str, list[tuple[int, str]]]:
        ended = cliche("backup", str(copy))
        said, done = TO_COPY.search(ended.out), SAID.search(ended.out)
        assert said, ended.out
        assert done, ended.out
        assert said.groups()[:2] == done.groups()[:2]
        parts = re.findall(r"(?:^|\), )([\d,]+) ([A-Za-z][^(]*) \(", said[3] or "")
        return said[1], said[2], [(int(number.replace(",", "")), what) for number, what in parts]

    size = decimal(sum(map(len, whole.values())))
    counts = (len(whole) - again - 1, again, 1)
    assert numbers() == (f"{len(whole):,}", size, [*zip(counts, whats, strict=True)])
    assert numbers() == ("0", "0 bytes", [])
    first(copy, "images/*/*").unlink()
    damage(first(copy, "attempts/*/*/*/1.json"))
    (copy / "site/index.html").unlink()
    assert numbers()[::2] == ("3", [(1, whats[0]), (1, whats[1]), (1, "that differ there")])


def test_settings_models_and_replies_come_with_it_and_go_back(
    published: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy, new = tmp_path / "copy", tmp_path / "new"
    (published.home / "models.yaml").rename(published.home / "mine.yaml")
    published.configure(models="mine.yaml")
    (published.home / "replies").mkdir()
    (published.home / "replies" / "sim-drift.md").write_text("We do not draw so.")
    files = {
        name: (published.home / name).read_bytes()
        for name in ("cliche.yaml", "mine.yaml", "replies/sim-drift.md")
    }
    said = f"{copy} holds cliche.yaml, models.yaml and 1 reply: "
    for what, kept in (("copied", 1), ("as before", 1), ("copied", 2)):
        if kept == 2:
            files["mine.yaml"] += b"# one more\n"
            (published.home / "mine.yaml").write_bytes(files["mine.yaml"])
        assert cliche("backup", str(copy)).out.splitlines()[-1] == said + what
        assert len([*copy.glob("home/*")]) == kept
    monkeypatch.setenv("CLICHE_HOME", str(new))
    ended = cliche("restore", str(copy))
    assert (ended.code, ended.err) == (0, "")
    assert {name: (new / name).read_bytes() for name in files} == files
    assert cliche("status").code == 0
    (new / "mine.yaml").write_text("models: []\n")
    (new / "replies" / "sim-drift.md").unlink()
    out = cliche("restore", str(copy)).out
    assert (new / "mine.yaml").read_text() == "models: []\n"
    assert re.search(r"mine\.yaml is another one than home/.*/models\.yaml of the copy, and is left", out)
    assert f"{new / 'replies' / 'sim-drift.md'}: put back" in out


def test_a_file_with_a_key_is_named_and_no_settings_are_copied(
    reads: Installation, cliche: Cliche, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = "a-key-of-my-own-0123"
    monkeypatch.setenv("MY_API_KEY", secret)
    home = tmp_path / "home"
    shutil.copytree(reads.home, home, ignore=shutil.ignore_patterns("dagster"))
    monkeypatch.setenv("CLICHE_HOME", str(home))
    with (home / "models.yaml").open("a") as file:
        file.write(f"# it is\n#   {secret}\n")
    line = len((home / "models.yaml").read_text().splitlines())
    ended = cliche("backup", str(tmp_path / "copy"))
    assert ended.code == 1
    assert f"models.yaml, line {line}, holds what looks like a key, so cliche.yaml, models.yaml" in ended.out
    assert secret not in ended.out + ended.err
    assert held(tmp_path / "copy") == Installation(home).objects()
    assert not (tmp_path / "copy" / "home").exists()


def test_a_copy_that_names_files_elsewhere_is_refused(tmp_path: Path) -> None:
    copy = open_store(tmp_path)
    home.keep(copy, {"replies/.profile": b"echo"}, datetime(2026, 11, 30, tzinfo=UTC))
    with pytest.raises(CorruptObjectError, match="is missing from"):
        home.newest(copy)


def test_nothing_that_is_shipped_looks_like_a_key() -> None:
    shipped = [
        CHECKOUT / "models.yaml",
        *CHECKOUT.glob("models/*.yaml"),
        *CHECKOUT.glob("assets/suites/**/*.yaml"),
    ]
    assert len(shipped) > 20
    assert [path for path in shipped if line_with_key(path.read_text(encoding="utf-8"), {})] == []
