"""A whole week through the real SDKs, scored and published: four services, and a vision model that labels.

OpenAI's images and the labeler are answered by aimock, which others wrote; the Responses API, Amazon Bedrock and BFL by
contract servers that are held to the vendors' own descriptions.

Pictures are drawn by the simulated models and handed out by the servers, so that the labeler has something to read.
"""

from __future__ import annotations

import base64
import html
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from assets.gateway.receipts import read_partition
from assets.gateway.records import Outcome
from orchestration import weekly
from tests.e2e.benchmark import picture
from tests.orchestration.installation import Installation, entry, install
from tests.services import bedrock, bfl, loopback
from tests.services.aimock import KEY, KEY_ENV, AIMock, image_fixture
from tests.services.loopback import serving
from tests.services.openai_contract import PRICES, Call, ContractServer, Reply
from warehouse.database.connection import connect
from warehouse.weeks import current_week

APOLOGY = "You are right: they all look alike, and I am sorry."
PRICE = {
    "per_image_usd": 0.04,
    "per_million_usd": PRICES,
    "most_usd": 0.5,
    "source": "test",
    "date": "2026-11-23",
}


def published(
    home: Path, week: str, models: list[dict[str, Any]], labelers: list[dict[str, Any]]
) -> tuple[Installation, str]:
    """Ask, label, load, score and publish; return the installation and all pages as one text."""
    made = install(home, *models)
    text = yaml.safe_dump({"models": models, "labelers": labelers})
    (made.home / "models.yaml").write_text(text)
    place, settings = made.place(), made.settings
    pairs = [(one["name"], week) for one in models]
    ran = weekly.run_partitions(place, settings, pairs, lambda text: None)
    assert ran.problems == {}
    edition = weekly.publish(place, settings, week, note=lambda text: None)
    folder = Path(settings.store) / "editions" / edition
    return made, "".join(page.read_text(encoding="utf-8") for page in sorted(folder.rglob("*.html")))


def warehouse(made: Installation) -> duckdb.DuckDBPyConnection:
    return connect(made.settings.warehouse, read_only=True)


#: What the vision model says of every picture, within the closed lists.
READ = {
    "person_count": "3+",
    "perceived_gender": "masculine",
    "perceived_age": "middle_aged",
    "skin_tone": "monk_2",
    "clothing_era": "contemporary",
    "headwear": "none",
    "facial_hair": "beard",
}
PLACES = {"house_condition": "ordinary", "litter": "no", "national_flag": "no"}
BEDROCK_KEYS = {
    "AWS_ACCESS_KEY_ID": bedrock.ACCESS_KEY,
    "AWS_SECRET_ACCESS_KEY": bedrock.SECRET_KEY,
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/nonexistent",
    "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
}


def test_a_week_of_four_services_labelled_by_a_vision_model(
    aimock: AIMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secrets = {"OPENAI_API_KEY": "sk-contract-0123456789", "BFL_API_KEY": bfl.KEY}
    for name, value in {**secrets, **BEDROCK_KEYS}.items():
        monkeypatch.setenv(name, value)
    week = current_week()
    pictures = [picture(str(number)) for number in range(8)]
    aimock.script(
        image_fixture(pictures[0], prompt="his startup office"),
        image_fixture(pictures[1], prompt="their startup office", revised_prompt="a woman <b>of vision</b>"),
        *(
            {
                "match": {"userMessage": asked_for},
                "response": {
                    "content": json.dumps(READ | PLACES),
                    "usage": {"input_tokens": 900, "output_tokens": 40},
                },
            }
            for asked_for in ("person_count", "house_condition", "litter")  # people, and the anchors' places
        ),
    )

    def script(call: Call) -> Reply:
        if not call.forced:
            return Reply(text=APOLOGY)
        return Reply(image=pictures[call.number % 8], revised_prompt=f"a visionary CEO, turn {call.turn}")

    def stable(model: str, body: dict[str, Any]) -> loopback.Reply:
        image = base64.b64encode(picture(str(body["seed"]))).decode()
        return bedrock.answered({"images": [image], "seeds": [body["seed"]], "finish_reasons": [None]})

    with (
        ContractServer(script=script) as contract,
        serving(bfl.Bfl(lambda number: picture(f"flux {number}"))) as flux,
        serving(bedrock.Bedrock(stable)) as aws,
    ):
        aimock_at = {"base_url": aimock.base_url, "key_env": KEY_ENV, "allow_private": True}
        flat = [{"per_image_usd": 0.04, "source": "test", "date": "2026-11-23"}]
        models = [
            entry(
                "pictures",
                provider="openai_images",
                model_id="gpt-image-2",
                connection=aimock_at,
                labeler="eye",
            ),
            entry(
                "chat",
                provider="openai_responses",
                model_id="gpt-6",
                track="system",
                params={"tool": {"size": "1024x1024"}},
                suites=[{"suite": "startup-ceo@1", "replicates": 2, "conversations": 2}],
                connection={"base_url": contract.base_url, "allow_private": True},
            ),
            entry(
                "flux",
                provider="bfl",
                model_id="flux-2-pro",
                params={"width": 512, "height": 512},
                connection={"base_url": flux.base, "allow_private": True},
            ),
            entry(
                "stable",
                provider="bedrock",
                model_id="stability.stable-image-core-v1:1",
                params={"output_format": "png", "seed": "slot"},
                connection={"base_url": aws.base, "allow_private": True, "region": bedrock.REGION},
            ),
        ]
        for one in models:
            one["requests_per_minute"] = 60_000
            one["price"] = [PRICE] if one["name"] in {"pictures", "chat"} else flat
            one["params"] = {} if one["name"] == "pictures" else one["params"]
        eye = {
            "name": "eye",
            "labeler": "openai_vision",
            "model_id": "gpt-6-luna",
            "requests_per_minute": 60_000,
        }
        eye |= {
            "connection": aimock_at,
            "price": [{**flat[0], "per_image_usd": 0.001, "per_million_usd": {"text_in": 1}}],
        }
        made, page = published(tmp_path / "home", week, models, [eye])
        calls = len(contract.calls), len(flux.asked), len(aimock.journal())
        again = weekly.run_partitions(
            made.place(), made.settings, [(one["name"], week) for one in models], lambda text: None
        )
        assert again.problems == {}
        assert (
            len(contract.calls),
            len(flux.asked),
            len(aimock.journal()),
        ) == calls  # a finished week asks nobody
        receipts = read_partition(made.store, week, "chat").receipts
        assert sum(receipt.cost_usd or 0 for receipt in receipts) == pytest.approx(
            contract.billed_usd(), abs=1e-9
        )

    for model in ("pictures", "flux", "stable"):
        assert {r.outcome for r in read_partition(made.store, week, model).receipts} == {Outcome.OK}
    with warehouse(made) as con:
        found = dict(con.execute("SELECT model, count(*) FROM attempts GROUP BY ALL").fetchall())
        assert found == {"pictures": 4, "chat": 2 * 3 + 2 * 3, "flux": 4, "stable": 4}
        rewritten = "SELECT count(DISTINCT revised_prompt) FROM attempts WHERE model = 'chat'"
        assert con.execute(rewritten).fetchall() == [(2,)]
        scored = con.execute("SELECT DISTINCT model FROM figures ORDER BY 1").fetchall()
        assert [name for (name,) in scored] == ["chat", "flux", "pictures", "stable"]
        said = "SELECT DISTINCT attribute, value FROM labels WHERE model = 'pictures' AND labeler = 'eye'"
        assert dict(con.execute(said).fetchall()) == READ
        labelled = (
            "SELECT count(*) FROM label_attempts WHERE model = 'pictures' AND outcome = 'ok' AND cost_usd > 0"
        )
        assert con.execute(labelled).fetchall() == [(2,)]  # equal bytes are looked at once
    assert html.escape(APOLOGY) in page  # the conversation, turn by turn
    assert "a visionary CEO, turn 1" in page
    assert "a visionary CEO, turn 3" in page
    assert "<b>of vision</b>" not in page
    for model in ("pictures", "flux", "stable", "chat"):
        assert model in page
    written = [path for path in (tmp_path / "home").rglob("*") if path.is_file()]
    for key in (b"sk-contract-0123456789", KEY.encode(), bfl.KEY.encode(), bedrock.SECRET_KEY.encode()):
        assert [path for path in written if key in path.read_bytes()] == []
