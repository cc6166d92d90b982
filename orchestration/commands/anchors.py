"""Commands about anchors: freeze, list, accept."""

from __future__ import annotations

from collections.abc import Iterator

from assets.labeling.anchors.freeze import freeze
from assets.labeling.anchors.sets import accept, drifts
from orchestration.console import OUT, say, say_lines, table
from orchestration.resources import bare_workplace
from orchestration.settings import load_settings
from warehouse.loading.anchor_objects import listing, read_list
from warehouse.store import Store
from warehouse.weeks import current_week, parse_week


def anchors_freeze(name: str, from_week: str, size: int, seed: str | None) -> int:
    """Freeze a set of stored pictures of one week, and say of which models and suites they are."""
    place = bare_workplace(load_settings())
    week = parse_week(from_week).isoformat()
    place.store.check_writable()
    frozen = freeze(place.store, name, week, size=size, seed=seed)
    total = sum(frozen.pictures.values())
    say(f'Anchor set {name}: {total} pictures of the week {week}, seed "{frozen.seed}"')
    for (model, suite), pictures in sorted(frozen.pictures.items()):
        say(f"  {model}, {suite}: {pictures}")
    say("Every labeler in use labels it from the next publish on.")
    return 0


def anchors_list() -> int:
    """List the sets, who labeled them in which weeks, and what moved."""
    store = bare_workplace(load_settings()).store
    lists = listing(store)
    if not lists.sets:
        say("There are no anchor sets yet; the next publish of a week that was asked makes simulated-1.")
        return 0
    listed = table("set", "pictures", "labeler", "weeks", "from", "to", right=("pictures", "weeks"))
    for name in lists.sets:
        pictures = str(len(read_list(store, name)["pictures"]))
        series: dict[str, list[str]] = {}
        for one in lists.labels:
            if one.anchor_set == name:
                series.setdefault(f"{one.labeler}@{one.version}", []).append(one.week)
        for who, weeks in series.items() or [("not labeled yet", [])]:
            ends = min(weeks, default=""), max(weeks, default="")
            listed.add_row(name, pictures, who, str(len(weeks)), *ends)
    OUT.print(listed, markup=False)
    say_lines(drift_lines(store, current_week()))
    return 0


def anchors_accept(labeler: str, attribute: str, week: str, reason: str, by: str | None) -> int:
    """Accept what moved, with a reason."""
    place = bare_workplace(load_settings())
    week = parse_week(week).isoformat()
    place.store.check_writable()
    for one in accept(place.store, labeler=labeler, attribute=attribute, week=week, reason=reason, by=by):
        say(
            f"Accepted: {one.labeler}@{one.labeler_version}, {attribute}, {one.moved} of {one.pictures} labels of "
            f"{one.anchor_set} in the week {week}. They are what later weeks are compared with."
        )
    say("Next:  cliche publish   lets the attribute rank again, and shows the reason")
    return 0


def drift_lines(store: Store, week: str) -> Iterator[str]:
    """Yield what moved and waits for a person, in the latest labels of each set up to a week."""
    for one in drifts(store, week):
        if one.open:
            accept = f"--labeler {one.labeler} --attribute {one.attribute} --week {one.week}"
            yield (
                f"labeler drift: {one.labeler}@{one.labeler_version} moved in {one.attribute} on {one.moved} of "
                f"{one.pictures} anchors of {one.anchor_set} since the week {one.baseline_week} ({one.examples}); "
                f'cliche anchors accept {accept} --reason "…"'
            )
