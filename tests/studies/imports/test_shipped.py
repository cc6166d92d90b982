"""The studies that are shipped: cloned from repositories as published, they give every figure that was published."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assets.leaderboard.licenses import may_show
from assets.studies.clone import clone, what_comes
from assets.studies.definition import SHIPPED, Source, StudyDefinition, load_definition
from assets.studies.importer import check, import_study
from tests.services.git import git, repository
from tests.studies.conftest import PUBLISHED, Study
from warehouse.errors import ClicheError, UsageError
from warehouse.loading.study_objects import read_study
from warehouse.store.local import LocalStore

#: Study → figures that its authors printed, slots, pictures that are in the tree as published (here: of one alone).
STUDIES = {
    "raza2025": (50, 500, 472),
    "saac2023": (5, 2876, 0),
    "kauandugi2025": (60, 64, 0),
    "csds447-2025": (16, 4824, 0),
    "sd-3-ethics2025": (9, 2608, 0),
    "fair-diffusion2023": (13, 75660, 0),
    "entigen2022": (0, 648, 0),
    "beauty2025": (51, 1200, 0),
    "saac-faces2023": (0, 857, 857),
}
#: A folder with a checkout of each study that is not in ../shared, named as the study.
FETCHED = Path(os.environ.get("CLICHE_STUDIES", "/nowhere"))


def here(study: StudyDefinition, folder: Path, commit: str, **changes: object) -> StudyDefinition:
    """Return a study whose repository is a folder of this machine."""
    source = {**study.source.model_dump(), "address": folder.as_uri(), "commit": commit, **changes}
    return study.model_copy(update={"source": Source.model_construct(**source)})


@pytest.mark.corpora
@pytest.mark.parametrize("name", ["kauandugi2025", "saac2023", *list(STUDIES)[4:]])
def test_a_clone_gives_every_published_figure(name: str, tmp_path: Path) -> None:
    """Of the larger ones `tests/research/studies` says it."""
    gives_every_figure(name, tmp_path)


def gives_every_figure(name: str, tmp_path: Path) -> None:
    """Clone a shipped study from a repository of its files, check and import it."""
    files = next((folder / name for folder in (PUBLISHED, FETCHED) if (folder / name).is_dir()), None)
    if files is None:
        pytest.skip(f"needs a checkout of {name} in ../shared/studies-as-published or $CLICHE_STUDIES")
    figures, slots, pictures = STUDIES[name]
    file = SHIPPED / f"{name}.yaml"
    (tmp_path / "repository").mkdir()
    commit = repository(tmp_path / "repository", files)
    study = here(load_definition(file), tmp_path / "repository", commit)
    root = clone(study, tmp_path / "home", protocol="file")
    assert root == tmp_path / "home" / f"{name}-{commit[:12]}"

    mistakes, would_come_in = check(file, root)
    assert mistakes == []
    assert figures == 0 or f"published figures: {figures} of {figures} come out as printed" in would_come_in

    store = LocalStore(tmp_path / "store")
    report = import_study(store, file, root)
    assert (report.slots, report.images) == (slots, pictures)
    found = read_study(store, name)["study_published"].to_pylist()
    assert len(found) == figures
    assert all(row["printed"] == row["ours"] and row["differs"] is None for row in found)
    before = root.stat()
    assert clone(study, tmp_path / "home", protocol="file") == root, "what is there is not fetched again"
    assert root.stat().st_mtime_ns == before.st_mtime_ns
    assert not import_study(store, file, root).changed


def test_every_shipped_study_says_what_comes() -> None:
    files = sorted(SHIPPED.glob("*.yaml"))
    assert {file.stem for file in files} == {*STUDIES, "unstable-diffusion"}
    shown = []
    for file in files:
        study = load_definition(file)
        said = what_comes(study)
        assert study.study == file.stem
        assert may_show(study.license) or study.license == "none given"
        assert study.shows, f"{file.stem} declares nothing that its page shows"
        shown += [study.study] if study.pictures and may_show(study.license) else []
        assert f"about {study.source.megabytes} MB from https://github.com/" in said
        assert said.endswith(f"license: {study.license}")
    assert shown == ["kauandugi2025", "raza2025", "saac-faces2023"]


@pytest.fixture
def hostile(tiny: Study, tmp_path: Path) -> tuple[StudyDefinition, Path]:
    """A repository with a link, a submodule, a hook of its own and an LFS pointer."""
    files = tiny.root
    (files / "out").symlink_to("/etc/passwd")
    (files / ".gitattributes").write_text("*.bin filter=lfs\n")
    (files / "big.bin").write_bytes(b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    (files / ".gitmodules").write_text('[submodule "x"]\n\tpath = sub\n\turl = https://example.org/x\n')
    folder = tmp_path / "repository"
    folder.mkdir()
    git(folder, "init", "--quiet")
    settings = ["-c", "filter.lfs.clean=cat", "-c", "filter.lfs.smudge=", "-c", "filter.lfs.required=false"]
    git(folder, *settings, "--work-tree", str(files), "add", "--all")
    git(folder, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},sub")
    git(folder, *settings, "--work-tree", str(files), "commit", "--quiet", "-m", "x")
    return here(load_definition(tiny.save()), folder, git(folder, "rev-parse", "HEAD"), megabytes=1), folder


def test_a_clone_has_plain_files_alone(hostile: tuple[StudyDefinition, Path], tmp_path: Path) -> None:
    study, _ = hostile
    root = clone(study, tmp_path / "home", protocol="file")
    assert not (root / "out").is_symlink()
    assert (root / "out").read_text() == "/etc/passwd"
    assert not [*(root / "sub").iterdir()]
    assert (root / "big.bin").read_bytes().startswith(b"version https://git-lfs")
    assert [path.name for path in (tmp_path / "home").iterdir()] == [root.name]


def test_nothing_but_https_is_asked(hostile: tuple[StudyDefinition, Path], tmp_path: Path) -> None:
    study, _ = hostile
    with pytest.raises(ClicheError, match=r"git fetch failed: fatal: transport 'file' not allowed; look at"):
        clone(study, tmp_path / "home")
    assert [*(tmp_path / "home").iterdir()] == []


@pytest.mark.parametrize(
    "address", ["http://example.org/x", "ssh://example.org/x", "file:///etc", "ext::sh -c id"]
)
def test_another_address_is_no_source(tiny: Study, address: str) -> None:
    tiny.data["source"]["address"] = address
    with pytest.raises(UsageError, match="source, address: string should match pattern"):
        load_definition(tiny.save())


def test_a_commit_that_is_not_there_is_one_line(
    hostile: tuple[StudyDefinition, Path], tmp_path: Path
) -> None:
    study, folder = hostile
    with pytest.raises(ClicheError) as caught:
        clone(here(study, folder, "0" * 40, megabytes=1), tmp_path / "home", protocol="file")
    said = (
        f"{folder.as_uri()} has no commit 000000000000 any more; look at address and commit in the study file"
    )
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_a_clone_larger_than_stated_is_ended(
    hostile: tuple[StudyDefinition, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("assets.studies.clone._SPARE", -999_999)
    monkeypatch.setattr("assets.studies.clone._TIMES", 1)
    with pytest.raises(
        ClicheError, match=r"the clone is larger than 0 MB, the study file says about 1; nothing"
    ):
        clone(hostile[0], tmp_path / "home", protocol="file")
    assert [*(tmp_path / "home").iterdir()] == []


def test_a_study_without_a_commit_says_what_to_do(tiny: Study, tmp_path: Path) -> None:
    with pytest.raises(
        UsageError, match=r"tiny: its file names no commit to clone .* give the folder .* --root"
    ):
        clone(load_definition(tiny.save()), tmp_path)
