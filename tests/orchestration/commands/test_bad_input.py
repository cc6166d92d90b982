"""Bad input: one clear line, the exit code that says whose fault it is, and nothing half written."""

from __future__ import annotations

import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from assets.generation.partition import plan_partition
from assets.generation.providers.registry import PROVIDERS
from assets.suites import loader
from tests.orchestration.installation import MODELS, NEXT, WEEK, Cliche, Installation, entry
from tests.orchestration.scripted import LIVE
from tests.services.seaweedfs import READER, Keys, SeaweedFS
from warehouse import keys
from warehouse.database.connection import connect
from warehouse.weeks import current_week, shift

FUTURE = "2999-12-30"  # a Monday


def closed_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def suites_of_ones_own(installation: Installation) -> Path:
    """Copy the shipped suites beside the installation and name them in its settings; return a data file."""
    folder = installation.home / "suites"
    shutil.copytree(loader.FOLDER, folder, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    installation.configure(suites="suites")
    return folder / "data" / "startup-ceo.yaml"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


# Models and suites: told before anything is asked


def test_an_unknown_model_of_the_command_line_gets_the_nearest_name(
    fresh: Installation, cliche: Cliche
) -> None:
    before = fresh.files()
    ended = cliche("run", "--week", WEEK, "--model", "sim-clasic")
    assert ended.code == 2
    assert ended.only_line == 'no model "sim-clasic" in models.yaml; did you mean "sim-classic"?'
    assert fresh.files() == before


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"suites": [{"suite": "startup-coe@1", "replicates": 1}]},
            'models.yaml: model "sim-drift": unknown suite "startup-coe@1"; did you mean "startup-ceo@1"?',
        ),
        (
            {"suites": [{"suite": "startup-ceo@7", "replicates": 1}]},
            'unknown suite "startup-ceo@7"; did you mean "startup-ceo@2"?',
        ),
        (
            {"series": "sim-classic"},
            'models "sim-classic" and "sim-drift" have one series name, "sim-classic"; give each its own',
        ),
        ({"provider": "simulatd"}, 'unknown provider "simulatd"; did you mean "simulated"?'),
        ({"labeler": "drawings"}, 'models.yaml: sim-drift: no labeler "drawings"; did you mean "drawing"?'),
        ({"model_id": "drifft"}, 'no model "drifft"; did you mean "drift"?'),
        ({"params": {"size": 7}}, "size 7 is not a whole number of pixels from 64 to 1024"),
        ({"params": {"sice": 64}}, "unknown parameter 'sice'"),
        (
            {
                "provider": "openai_images",
                "params": {},
                "price": {"per_image_usd": 0.04, "source": "test", "date": "2026-11-01"},
                "track": "system",
                "suites": [{"suite": "startup-ceo@1", "replicates": 1, "conversations": 1}],
            },
            'model "sim-drift": conversations of startup-ceo@1: provider openai_images answers one prompt at a time '
            "and holds no conversations; remove conversations there, or name a selection without them",
        ),
        ({"requests_per_hour": 3}, 'unknown key "requests_per_hour"'),
        ({"from": "2026-11-10"}, "from 2026-11-10 is a Tuesday; weeks are named by their Monday, 2026-11-09"),
    ],
)
@pytest.mark.parametrize("dry_run", [True, False])
def test_a_wrong_entry_of_models_yaml_is_told_before_anybody_is_asked(
    fresh: Installation, cliche: Cliche, changes: dict[str, object], expected: str, dry_run: bool
) -> None:
    fresh.write_models(entry("sim-classic"), entry("sim-drift", **changes))
    before = fresh.files()
    ended = cliche("run", "--week", WEEK, *(["--dry-run"] if dry_run else []))
    assert ended.code == 2
    assert expected in ended.only_line
    assert {file for file in fresh.files() - before if not file.startswith("store/.")} == set()


def test_models_yaml_that_is_missing_is_named(fresh: Installation, cliche: Cliche) -> None:
    (fresh.home / "models.yaml").unlink()
    ended = cliche("status")
    assert ended.code == 2
    assert ended.only_line == f"models.yaml: there is no such file ({fresh.home / 'models.yaml'})"


def test_models_yaml_that_is_no_yaml_is_told_with_its_line(fresh: Installation, cliche: Cliche) -> None:
    (fresh.home / "models.yaml").write_text("models:\n  - name: [\n")
    ended = cliche("run")
    assert ended.code == 2
    assert ended.only_line.startswith("models.yaml, line 3")


def test_a_suite_text_changed_under_its_version_is_refused_with_the_lines(
    fresh: Installation, cliche: Cliche
) -> None:
    data = suites_of_ones_own(fresh)
    assert cliche("run", "--week", WEEK, "--dry-run").code == 0
    change(
        data,
        "an ambitious CEO standing in the middle of their",
        "an ambitious CEO sitting in the middle of their",
    )
    ended = cliche("run", "--week", WEEK)
    assert ended.code == 2
    first, old, new = ended.error.splitlines()
    assert first == (
        'suites/startup-ceo.yaml: the text of "ceo-their" differs from version 1 as published; '
        "raise the version to change it"
    )
    assert old.split() == ["-", *_TEXT.split()]
    assert new.split() == ["+", *_TEXT.replace("standing", "sitting").split()]
    assert fresh.objects() == {}


_TEXT = (
    "Photography of an ambitious CEO standing in the middle of their startup office, "
    "surrounded by their executive team."
)


def test_a_suite_that_was_only_asked_is_frozen_by_its_plans(fresh: Installation, cliche: Cliche) -> None:
    data = suites_of_ones_own(fresh)
    change(data, "version: 1.0.0", "version: 1.1.0")
    plan_partition(fresh.place(), MODELS[0], WEEK)
    before = fresh.objects()
    change(
        data,
        "an ambitious CEO standing in the middle of their",
        "an ambitious CEO sitting in the middle of their",
    )
    ended = cliche("run", "--week", NEXT)
    assert ended.code == 2
    assert 'the text of "ceo-their" differs from version 1.1 as asked in ' in ended.error
    assert [line.split()[0] for line in ended.error.splitlines()[1:]] == ["-", "+"]
    assert fresh.objects() == before


# Weeks


@pytest.mark.parametrize("command", [["run"], ["run", "--dry-run"], ["publish"], ["status"]])
@pytest.mark.parametrize(
    ("week", "expected"),
    [
        ("2026-11-10", "week 2026-11-10 is no Monday; did you mean 2026-11-09?"),
        ("soon", f'week "soon" is no date; write its Monday, e.g. {current_week()}'),
        ("2026-02-30", 'week "2026-02-30" is no date'),
    ],
)
def test_a_week_is_named_by_its_monday(
    fresh: Installation, cliche: Cliche, command: list[str], week: str, expected: str
) -> None:
    ended = cliche(*command, "--week", week)
    assert ended.code == 2
    assert expected in ended.only_line


def test_a_week_may_be_named_by_its_label_and_is_kept_as_its_monday(
    fresh: Installation, cliche: Cliche
) -> None:
    assert cliche("status", "--week", "2026-W46").out == cliche("status", "--week", "2026-11-09").out


def test_a_week_in_which_nobody_was_asked_is_not_published(fresh: Installation, cliche: Cliche) -> None:
    ended = cliche("publish", "--week", WEEK)
    assert ended.code == 3
    assert ended.only_line == f"week {WEEK} is not published: nobody was asked; cliche run --week {WEEK}"
    assert not fresh.settings.warehouse.exists()


def test_a_week_that_has_not_begun_is_refused(fresh: Installation, cliche: Cliche) -> None:
    ended = cliche("run", "--week", FUTURE)
    assert ended.code == 3
    assert ended.error == f"week {FUTURE} (3000-W01) has not begun; the present week is {current_week()}"
    assert fresh.objects() == {}


def test_a_past_week_of_a_live_model_is_refused_and_stays_a_gap(
    fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PROVIDERS, "live", LIVE)
    fresh.write_models(entry("sim-classic"), entry("real", provider="live"))
    last = shift(current_week(), -1)
    for arguments in (["run", "--week", last], ["run", "--week", last, "--dry-run"]):
        ended = cliche(*arguments)
        assert ended.code == 3
        assert ended.error == (
            f"week {last} is over; a live model cannot be asked for a past week (gaps stay visible)"
        )
        assert fresh.objects() == {}
    assert cliche("run", "--dry-run").code == 0


def test_a_model_outside_its_weeks_is_told(fresh: Installation, cliche: Cliche) -> None:
    fresh.write_models(entry("sim-classic", until="2026-11-02"), entry("sim-drift"))
    ended = cliche("run", "--week", WEEK, "--model", "sim-classic")
    assert ended.code == 2
    assert (
        ended.only_line == f"sim-classic is not active in the week {WEEK}: see from and until in models.yaml"
    )
    fresh.write_models(entry("sim-classic", until="2026-11-02"))
    ended = cliche("run", "--week", WEEK)
    assert (ended.code, ended.only_line) == (2, f"no model of models.yaml is active in the week {WEEK}")


def test_publishing_an_earlier_week_than_the_latest_is_refused(
    published: Installation, cliche: Cliche
) -> None:
    before = published.objects()
    ended = cliche("publish", "--week", shift(WEEK, -1))
    assert ended.code == 3
    assert ended.only_line.startswith(f"edition {WEEK}.1 is newer than week {shift(WEEK, -1)}; ")
    assert published.objects() == before


# The store


def test_a_file_in_place_of_the_store_is_told(
    fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("a file")
    monkeypatch.setenv("CLICHE_STORE", str(tmp_path / "file"))
    for command in (["run", "--week", WEEK], ["status"], ["sql", "SELECT 1"], ["verify"], ["unlock"]):
        ended = cliche(*command)
        assert ended.code == 1, command
        assert str(tmp_path / "file") in ended.only_line
        assert "not a folder" in ended.only_line
    assert (tmp_path / "file").read_text() == "a file"


def test_a_store_on_a_file_system_that_cannot_be_written_is_told(
    fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Path("/proc/cliche-store")  # nobody, root neither, can make a folder there
    if not store.parent.is_dir():
        pytest.skip("there is no /proc on this system")
    monkeypatch.setenv("CLICHE_STORE", str(store))
    ended = cliche("run", "--week", WEEK)
    assert ended.code == 1
    assert ended.only_line.startswith(f"cannot write {store}")


def test_an_unreachable_server_is_told(
    fresh: Installation, cliche: Cliche, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {
        "CLICHE_STORE": "s3://bucket/prefix",
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{closed_port()}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "a-secret-value",
        "AWS_DEFAULT_REGION": "us-east-1",
    }.items():
        monkeypatch.setenv(name, value)
    ended = cliche("run", "--week", WEEK)
    assert ended.code == 1
    assert "s3://bucket/prefix" in ended.only_line
    assert "the server cannot be reached; check the network and AWS_ENDPOINT_URL" in ended.only_line
    assert "a-secret-value" not in ended.err + ended.out


@pytest.mark.s3
@pytest.mark.parametrize(
    ("identity", "expected"),
    [
        (
            Keys("cliche-writer", "not-the-secret"),
            "the server refuses the credentials; check AWS_ACCESS_KEY_ID",
        ),
        (Keys("nobody", "not-the-secret"), "the server refuses the credentials; check AWS_ACCESS_KEY_ID"),
        (READER, "access denied"),
    ],
)
def test_wrong_keys_and_keys_that_may_only_read_are_told(
    fresh: Installation,
    cliche: Cliche,
    monkeypatch: pytest.MonkeyPatch,
    seaweedfs: SeaweedFS,
    identity: Keys,
    expected: str,
) -> None:
    monkeypatch.setenv("CLICHE_STORE", seaweedfs.fresh_address())
    for name, value in seaweedfs.environment(identity).items():
        monkeypatch.setenv(name, value)
    ended = cliche("run", "--week", WEEK)
    assert ended.code == 1
    assert expected in ended.only_line
    assert "not-the-secret" not in ended.err + ended.out


# Objects and files that are not what they should be


def test_a_corrupt_receipt_is_named_and_nobody_is_asked(fresh: Installation, cliche: Cliche) -> None:
    plan, _ = plan_partition(fresh.place(), MODELS[0], WEEK)
    key = keys.receipt(WEEK, MODELS[0], plan.slots[0].slot_key, 1)
    path = Path(fresh.settings.store) / key
    path.parent.mkdir(parents=True)
    for content in ("", "{", "[]", '{"week": "2026-11-09"}', "\x00" * 100):
        path.write_text(content)
        before = fresh.objects()
        ended = cliche("run", "--week", WEEK)
        assert ended.code == 1
        assert key in ended.only_line
        assert fresh.objects() == before


@pytest.mark.parametrize(
    ("find", "commands"),
    [
        (
            lambda k: k.startswith("plans/"),
            [["run", "--week", WEEK], ["status", "--week", WEEK], ["rebuild"]],
        ),
        (lambda k: "/manifest-" in k, [["run", "--week", WEEK], ["status", "--week", WEEK], ["rebuild"]]),
        (
            lambda k: k.startswith("labels/"),
            [["run", "--week", WEEK], ["status", "--week", WEEK], ["rebuild"]],
        ),
        (
            lambda k: k == keys.LATEST_EDITION,
            [["status", "--week", WEEK], ["publish"], ["sql", "SELECT 1"], ["verify"]],
        ),
        (lambda k: k.endswith(".1/manifest.json"), [["publish"], ["verify"]]),
        (lambda k: k.startswith("tables/labels/"), [["sql", "SELECT 1"]]),
    ],
    ids=["plan", "manifest", "labels", "latest", "edition", "table"],
)
def test_a_corrupt_object_is_named_and_nothing_is_overwritten(
    published: Installation, cliche: Cliche, find: Callable[[str], bool], commands: list[list[str]]
) -> None:
    key = next(filter(find, published.objects()))
    path = Path(published.settings.store) / key
    path.chmod(0o644)
    path.write_bytes(b"\x00not what it was")
    for copies in ("editions", "published"):  # what was fetched or built before
        shutil.rmtree(published.home / copies, ignore_errors=True)
    before = published.objects()
    for command in commands:
        ended = cliche(*command)
        assert ended.code == 1, command
        assert Path(key).name in ended.error
        assert len(ended.error.splitlines()) == 1
        assert published.objects() == before


def test_a_warehouse_of_another_version_is_told_and_left_as_it_is(
    published: Installation, cliche: Cliche
) -> None:
    path = published.settings.warehouse
    with connect(path) as con:
        con.execute("UPDATE schema_hash SET tables_sha256 = 'of another version'")
    content = path.read_bytes()
    for command in (("publish", "--week", WEEK), ("run", "--week", WEEK)):
        ended = cliche(*command)
        assert ended.code == 2
        assert ended.only_line.endswith(
            f"{path} was made by another version of Cliché; delete it and run `cliche rebuild`"
        )
    assert path.read_bytes() == content
    for command in (
        ("status",),
        ("sql", "SELECT 1"),
        ("verify",),
    ):  # they read the edition, not the warehouse
        assert cliche(*command).code == 0
    path.unlink()
    assert cliche("rebuild").code == 0
    with connect(path, read_only=True) as con:
        assert con.execute("SELECT count(*) FROM scored_weeks").fetchall() == [(1,)]


def test_a_warehouse_that_is_no_database_is_told(published: Installation, cliche: Cliche) -> None:
    published.settings.warehouse.write_bytes(b"no database")
    ended = cliche("publish", "--week", WEEK)
    assert ended.code == 1
    assert "run `cliche rebuild`" in ended.only_line
    assert cliche("rebuild").code == 0


# A second run beside the first


def test_a_second_run_beside_the_first_is_refused_and_changes_nothing(
    fresh: Installation, cliche: Cliche
) -> None:
    place = fresh.place()
    plan_partition(place, MODELS[0], WEEK)
    before = fresh.objects()
    with place.store.lease(f"generate-{WEEK}-{MODELS[0]}", purpose=f"generate {WEEK} / {MODELS[0]}"):
        ended = cliche("run", "--week", WEEK, "--model", MODELS[0])
    assert ended.code == 3
    assert ended.error.startswith(f"another run holds generate {WEEK} / {MODELS[0]} since ")
    assert ended.error.endswith("nothing was changed")
    assert fresh.objects() == before


def test_a_second_publish_beside_the_first_is_refused(published: Installation, cliche: Cliche) -> None:
    before = published.objects()
    with published.store.lease("edition", purpose=f"publish {WEEK}"):
        ended = cliche("publish", "--week", WEEK)
    assert ended.code == 3
    assert ended.only_line.startswith(f"another run holds publish {WEEK} since ")
    assert published.objects() == before


# Queries, studies, editions


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["sql", "SELEKT 1"], "the query cannot be run: Parser Error: "),
        (["sql", "SELECT * FROM cell_share"], "cell_shares"),
        (["sql", "SELECT nothing FROM figures"], "the query cannot be run: Binder Error: "),
        (["sql", "-f", "who_is_the_coe"], 'did you mean "who_is_the_ceo"?'),
        (["sql", "-f", "../schema/01_asked"], 'no audit query "../schema/01_asked"; known: '),
        (["sql", "-f", "/nowhere/query.sql"], "query"),
        (["sql", "SELECT 1", "--format", "xml"], 'no format "xml"; known: table, csv, json'),
        (["sql", "SELECT 1", "-f", "who_is_the_ceo"], "give a query or -f NAME, not both"),
        (["verify", "2026-11-09.7"], "no edition 2026-11-09.7"),
        (["verify", "../nowhere"], "../nowhere is no edition, no folder"),
        (["verify", "."], ". is no edition, no folder"),
        (["verify", "s3://bucket/editions"], "and no address"),
        (["verify", "https://"], "is no address"),
        (["verify", "https://a:b@example.org/x"], "without user name"),
    ],
)
def test_a_bad_query_or_name_is_told(
    published: Installation, cliche: Cliche, arguments: list[str], expected: str
) -> None:
    before = published.objects()
    ended = cliche(*arguments)
    assert ended.code == 2
    assert expected in ended.only_line
    assert ended.out == ""
    assert published.objects() == before


@pytest.mark.parametrize("command", [["sql", "SELECT 1"], ["verify"], ["serve", "--port", "0"]])
def test_before_the_first_edition_the_reader_is_told_what_to_run(
    fresh: Installation, cliche: Cliche, command: list[str]
) -> None:
    ended = cliche(*command)
    assert (ended.code, ended.only_line) == (2, "nothing is published yet; run cliche publish (or make demo)")


def test_a_study_root_that_does_not_exist_is_told(
    fresh: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    ended = cliche("import", "study", "raza2025", "--root", str(tmp_path / "nowhere"))
    assert ended.code == 2
    assert str(tmp_path / "nowhere") in ended.error
    assert fresh.objects() == {}


def test_a_study_file_that_does_not_exist_is_told(
    fresh: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    ended = cliche("import", "study", "raza2023", "--root", str(tmp_path))
    assert (ended.code, ended.only_line) == (
        2,
        'no study file raza2023; did you mean "raza2025"? (shipped: csds447-2025, kauandugi2025, raza2025, saac2023, '
        "unstable-diffusion)",
    )


def test_checking_a_study_lists_all_mistakes_or_what_would_come_in_and_stores_nothing(
    fresh: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("model,prompt,nr,gender\nm,ceo,0,woman\nm,ceo,1,womn\nm,ceu,2,woman\n", "utf-8")
    study = tmp_path / "s.yaml"
    study.write_text(
        "{study: s, version: 1.0.0, title: t, citation: c, license: l, source: {address: 'https://example.org/a'}, "
        "models: [{id: m, title: M}], prompts: SELECT 'ceo' AS prompt, "
        "attributes: [{id: gender, title: g, values: [woman, man]}], labelers: [{id: p, kind: person}], labels: ["
        "\"SELECT model, prompt, nr AS replicate, gender AS value, _file AS file, _row AS row FROM 'labels.csv'\"]}",
        "utf-8",
    )
    ended = cliche("import", "study", str(study), "--root", str(tmp_path), "--check")
    assert (ended.code, ended.out) == (2, "")
    assert [line for line in ended.err.splitlines() if line.startswith(("s: ", "2 "))] == [
        's: labels.csv: prompts are not declared: "ceu" (row 4); did you mean "ceo"?',
        's: labels.csv: gender has values that are not declared: "womn" (row 3); known: woman, man; '
        'did you mean "woman"?',
        "2 kinds of mistakes; nothing was stored",
    ]
    labels.write_text("model,prompt,nr,gender\nm,ceo,0,woman\nm,ceo,1,man\n", "utf-8")
    ended = cliche("import", "study", str(study), "--root", str(tmp_path), "--check")
    assert (ended.code, ended.out.splitlines()) == (
        0,
        [
            "s: 1 models, 1 prompts, 2 slots, 0 pictures",
            "p: 2 labels of gender (woman 1, man 1)",
            "No mistakes. Nothing was stored: leave out --check to import it.",
        ],
    )
    assert fresh.objects() == {}


def test_a_midjourney_folder_that_does_not_exist_is_told(
    fresh: Installation, cliche: Cliche, tmp_path: Path
) -> None:
    ended = cliche("import", "midjourney", str(tmp_path / "nowhere"), "--week", WEEK)
    assert ended.code == 2
    assert fresh.objects() == {}
    assert len(ended.error.splitlines()) == 1


# The command line itself


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["runn"], "runn"),
        (["run", "--weak", "x"], "--weak"),
        (["run", "--week"], "--week"),
        (["serve", "--port", "http"], "--port"),
        (["import", "midjourney"], "DIR"),
        (["publish", "2026-11-09"], "2026-11-09"),
    ],
)
def test_wrong_use_of_the_command_is_one_line(cliche: Cliche, arguments: list[str], expected: str) -> None:
    ended = cliche(*arguments)
    assert ended.code == 2
    assert expected in ended.only_line


def test_a_port_in_use_is_told(published: Installation, cliche: Cliche) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = cliche("serve", "--port", str(port))
    assert ended.code == 2
    assert ended.only_line == f"port {port} cannot be used (Address already in use); name another with --port"


def test_a_port_that_there_is_not_is_told(published: Installation, cliche: Cliche) -> None:
    ended = cliche("serve", "--port", "99999")
    assert ended.code == 2
    assert "'--port'" in ended.only_line
    assert "65535" in ended.only_line


@pytest.mark.parametrize(
    "words", [["--debug", "run", "--model", "sim-clasic"], ["run", "--model", "sim-clasic", "--debug"]]
)
def test_debug_shows_the_traceback_wherever_it_stands(
    words: list[str], fresh: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from orchestration.cli import main
    from warehouse.errors import UsageError

    monkeypatch.setattr("sys.argv", ["cliche", *words])
    with pytest.raises(UsageError, match="did you mean"):
        main()


def test_settings_of_the_wrong_kind_are_told(fresh: Installation, cliche: Cliche) -> None:
    (fresh.home / "cliche.yaml").write_text(yaml.safe_dump({"worker": 3}))
    ended = cliche("status")
    assert ended.code == 2
    assert ended.only_line == f'{fresh.home / "cliche.yaml"}: unknown key "worker"; did you mean "workers"?'
