"""Who makes a model, and whether its weights are open: what readers are told, and nothing that is asked."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from assets.gateway.models_file import load_models_file, params_hash
from assets.generation.plan import Plan, freeze_plan, make_plan, read_plan
from assets.generation.providers.registry import make_provider
from assets.leaderboard.models import facts
from assets.suites.loader import load_suites
from tests.site.pages.shown import WEEK, asked
from tests.warehouse.builder import build_partition
from tests.world import planted
from warehouse import keys
from warehouse.canonical import canonical_json
from warehouse.database.connection import connect
from warehouse.database.schema import make_tables
from warehouse.errors import UsageError
from warehouse.loading.load import load_partition
from warehouse.loading.seals import sealed, unsealed
from warehouse.store import open_store

FILES = sorted(Path("models").glob("*.yaml"))


def plan(**given: str | None) -> Plan:
    entry = planted.entry("alder").model_copy(update=given)
    return make_plan(entry, load_suites(), planted.LAST, make_provider(entry.provider))


def test_no_slot_key_series_or_parameter_changes() -> None:
    without, stated = plan(), plan(maker="Forest", weights="open")
    assert [slot.slot_key for slot in stated.slots] == [slot.slot_key for slot in without.slots]
    same = without.model_dump() | {"maker": "Forest", "weights": "open"}
    assert stated.model_dump() == same
    assert params_hash(stated.params) == without.params_hash


def test_a_plan_of_before_stands_and_is_loaded_as_not_stated(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    build_partition(store, planted.LAST, "old")
    key = keys.plan(planted.LAST, "old")
    content = {
        name: value
        for name, value in unsealed(key, store.get(key)).items()
        if name not in {"maker", "weights"}
    }
    before = sealed(key, content)
    (tmp_path / key).chmod(0o644)
    (tmp_path / key).write_bytes(before)
    with connect(None) as con:
        make_tables(con)
        load_partition(con, store, planted.LAST, "old")
        assert asked(con, "SELECT maker, weights FROM plans") == [{"maker": None, "weights": None}]
        (found,) = facts.read(con, WEEK)
        assert (found.maker, found.weights) == (None, None)
    frozen = plan()
    old = {
        name: value
        for name, value in frozen.model_dump(mode="json").items()
        if name not in {"maker", "weights"}
    }
    store.put_if_absent(
        keys.plan(frozen.week, frozen.model), sealed(keys.plan(frozen.week, frozen.model), old)
    )
    assert freeze_plan(store, plan(maker="Forest", weights="open")).maker is None
    assert read_plan(store, frozen.week, frozen.model) == frozen
    assert store.get(key) == before
    assert canonical_json(old)


@pytest.mark.parametrize("file", FILES, ids=lambda path: path.name)
def test_every_entry_for_others_states_both(file: Path) -> None:
    for entry in load_models_file(file, load_suites()).models:
        assert entry.maker, entry.name
        assert entry.weights in {"open", "closed"}, entry.name
        assert not {"maker", "weights"} & entry.params.keys()


def test_another_word_for_weights_is_one_line(tmp_path: Path) -> None:
    data = yaml.safe_load(FILES[0].read_text())
    data["models"][0]["weights"] = "half"
    (tmp_path / "models.yaml").write_text(yaml.safe_dump(data))
    with pytest.raises(UsageError, match=r"weights.*open.*closed"):
        load_models_file(tmp_path / "models.yaml", load_suites())
