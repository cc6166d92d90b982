"""An edition of a study where no model was ever asked."""

from __future__ import annotations

from assets.leaderboard.published import latest
from orchestration.commands.editions import headline
from tests.orchestration.installation import MODELS, Cliche, Installation
from tests.studies.conftest import Study, tiny
from warehouse.weeks import current_week

__all__ = ["tiny"]  # a fixture


def test_a_study_is_published_when_no_week_was_ever_asked(
    fresh: Installation,
    cliche: Cliche,
    tiny: Study,
) -> None:
    refused = cliche("publish")
    assert (refused.code, "was not asked yet" in refused.err) == (3, True)
    assert cliche("import", "study", str(tiny.save()), "--root", str(tiny.root)).code == 0
    ended = cliche("publish")
    assert ended.code == 0, ended.err
    edition = latest(fresh.store)
    assert edition
    assert edition.id == f"{current_week()}.1"
    assert headline(fresh.place()) == ["No model has been asked yet."]
    page = fresh.store.get(f"editions/{edition.id}/studies/index.html").decode()
    assert "A tiny study" in page
    assert cliche("verify").code == 0
    assert "nothing changed" in cliche("publish").out
    ran = cliche("run", "--week", current_week())
    assert ran.code == 0, ran.err
    assert len(headline(fresh.place())) == 2
    page = fresh.store.get(f"editions/{current_week()}.2/index.html").decode()
    assert MODELS[0] in page
