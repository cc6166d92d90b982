"""Why an edition may differ from one before it: the entries of both manifests that say so.

Objects of the store are written once, so a later manifest names all that an earlier one named: what is named no more,
or has another hash under its name, has no reason.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from assets.leaderboard.texts import texts_sha256
from assets.suites.method_changes import load_changes
from orchestration.verifying.history.changes import Changes
from orchestration.verifying.manifest import Manifest
from warehouse import keys

NEW_WEEK, NEW_MODEL, LATE = "new week", "model of a past week added", "late receipt"
LABELED, RELABELED, ANCHORS, GOLD = "labeled late", "relabeled", "anchors", "gold"
METHOD, CODE, STUDY, SITE = "method", "code", "study", "site"
RETRACTED, REMOVED = "retracted", "removed"


@dataclass
class Reasons:
    """Reasons by (week, model), and those that are of no week."""

    of: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    everywhere: set[str] = field(default_factory=set)
    taken: list[Mapping[str, Any]] = field(default_factory=list)  # what was taken back of weeks since

    def through(self, week: str | None) -> set[str]:
        """Return the reasons for which what follows from rows of weeks through this one may change.

        Nothing follows from a removal: labels and counts stay.
        """
        of_weeks = (why for (of, _), why in self.of.items() if week is None or of <= week)
        return self.everywhere.union(*of_weeks) - {REMOVED}

    def within(self, week: str | None) -> set[str]:
        """Return the reasons of one week, whatever the model."""
        return self.everywhere.union(*(why for (of, _), why in self.of.items() if of == week))


def find(old: Manifest, new: Manifest, found: Changes) -> Reasons:
    """Return the reasons that the manifests state; what else they state otherwise has a line, too."""
    why = Reasons()
    _code(old, new, found, why)
    _partitions(old, new, found, why)
    _suites(old, new, found)
    _studies(old, new, found, why)
    _taken_back(old, new, found, why)
    for name, reason, one in (("anchors", ANCHORS, "pictures"), ("gold", GOLD, "sample")):
        _sets(name, reason, one, (old, new), found, why)
    if old["site"] != new["site"]:
        why.everywhere.add(SITE)
        found.tell("what pages say of the publisher", SITE)
    return why


def _code(old: Manifest, new: Manifest, found: Changes, why: Reasons) -> None:
    if old["texts_sha256"] != new["texts_sha256"]:
        why.everywhere.add(CODE)
        found.tell(f"{old['code_version'][:60]} → {new['code_version'][:60]}", CODE)
    if old["analysis_plan_sha256"] == new["analysis_plan_sha256"]:
        return
    why.everywhere.add(METHOD)
    for change in load_changes():
        if change.sha256 == new["analysis_plan_sha256"]:
            found.tell(f"{change.day}: {textwrap.shorten(change.said, 200, placeholder=' …')}", METHOD)
            return
    what = f"analysis.yaml: method_changes.yaml here has no entry of {new['analysis_plan_sha256'][:64]}"
    own = new["texts_sha256"] == texts_sha256()
    (found.unexplained if own else found.unchecked).append(what)


def _partitions(old: Manifest, new: Manifest, found: Changes, why: Reasons) -> None:
    before, after = (_by(one["partitions"], "week", "model") for one in (old, new))
    for week, model in sorted(before.keys() | after.keys()):
        key, where = (week, model), f"{week} {model}"
        was, now = before.get(key), after.get(key)
        if now is None:
            found.unexplained.append(f"{where} is gone: it was asked, and that was published")
        elif was is None:
            why.of[key] = {NEW_WEEK if key[0] > old["week"] else NEW_MODEL}
            found.tell(where, *why.of[key])
        else:
            why.of[key] = _of_partition(where, was, now, found)
            for reason in sorted(why.of[key]):
                found.tell(where, reason)


def _of_partition(where: str, was: Mapping[str, Any], now: Mapping[str, Any], found: Changes) -> set[str]:
    """Return why a model's week that both have may have more rows now."""
    reasons = set()
    if was.get("plan_sha256") != now.get("plan_sha256"):
        found.unexplained.append(f"{where}: the plan has another SHA-256; plans never change")
    if was.get("manifest") != now.get("manifest"):
        if _number(was) < _number(now):
            reasons.add(LATE)
        else:
            found.unexplained.append(f"{where}: fewer receipts are named than before")
    for name in ("label_parts", "label_attempt_parts"):
        had, has = _names(was.get(name)), _names(now.get(name))
        if had - has:
            found.unexplained.append(f"{where}: {len(had - has):,} of its {name} are named no more")
        versions = {*map(keys.labeler_of, had)}
        for key in has - had:
            labeler = keys.labeler_of(key)
            reasons.add(RELABELED if had and labeler and labeler not in versions else LABELED)
    return reasons


def _number(entry: Mapping[str, Any]) -> tuple[int, str]:
    """Return what orders the manifests of attempts of one model's week: the higher has more receipts."""
    name = str(entry.get("manifest") or "")
    return len(name), name


def _suites(old: Manifest, new: Manifest, found: Changes) -> None:
    before, after = (_by(one["suites"], "suite", "version") for one in (old, new))
    for key in sorted(after):
        if key not in before:
            found.tell(f"suite {'@'.join(key)}", "new")
        elif before[key].get("sha256") != after[key].get("sha256"):
            found.unexplained.append(f"suite {'@'.join(key)}: other prompts under the same version")


def _studies(old: Manifest, new: Manifest, found: Changes, why: Reasons) -> None:
    before, after = (_by(one["studies"], "study") for one in (old, new))
    told, tells = (_by(one["retractions"], "key") for one in (old, new))
    if lost := [key for key in told if tells.get(key) != told[key]]:
        found.unexplained.append(f"{lost[0][0]}: what was taken back is named no more, or otherwise")
    for key in sorted(before.keys() | after.keys()):
        was, now, name = before.get(key), after.get(key), f"study {key[0]}"
        taken = [one for one in tells.values() if was and _same(one, was, "study", "definition_sha256")]
        if now is None and taken:
            why.everywhere.add(RETRACTED)
            found.tell(f"{name}: {str(taken[0].get('reason'))[:200]}", RETRACTED)
        elif now is None:
            found.unexplained.append(f"{name} is gone, and no retraction says why")
        elif was is None or was.get("version") != now.get("version"):
            why.everywhere.add(STUDY)
            found.tell(f"{name} {now.get('version')}", STUDY)
        elif not _same(was, now, "definition_sha256"):
            found.unexplained.append(f"{name}: another definition under the same version")


def _taken_back(old: Manifest, new: Manifest, found: Changes, why: Reasons) -> None:
    """Find what was taken back of weeks, and the pictures that were removed; a record of either never goes."""
    told, tells = (_by(one["retractions"], "key") for one in (old, new))
    for key, one in tells.items():
        week, model = one.get("week"), one.get("model")
        if key not in told and isinstance(week, str) and isinstance(model, str):
            why.of.setdefault((week, model), set()).add(RETRACTED)
            why.taken.append(one)
            found.tell(f"{week} {model}: {str(one.get('reason'))[:200]}", RETRACTED)
    gone, now = (_by(one["removals"], "image_sha256") for one in (old, new))
    if lost := [key for key in gone if now.get(key) != gone[key]]:
        found.unexplained.append(f"removal of {lost[0][0]}: it is named no more, or otherwise")
    for (sha256,), one in now.items():
        if (sha256,) not in gone:
            why.everywhere.add(REMOVED)
            found.tell(f"picture {sha256[:12]}: {str(one.get('reason'))[:200]}", REMOVED)


def _sets(
    name: str, reason: str, one: str, of: tuple[Manifest, Manifest], found: Changes, why: Reasons
) -> None:
    before, after = (_by(manifest[name], f"{name.removesuffix('s')}_set") for manifest in of)
    for key in sorted(before.keys() | after.keys()):
        was, now = before.get(key, {}), after.get(key, {})
        had, has = (_names(all_of.get("labels")) | _names(all_of.get("accepted")) for all_of in (was, now))
        if had - has or (was and was.get(one) != now.get(one)):
            found.unexplained.append(f"{name} {key[0]}: objects are named no more")
        if has - had or (now and not was):
            why.everywhere.add(reason)
            found.tell(key[0], reason)


def _by(entries: Iterable[Any], *names: str) -> dict[tuple[str, ...], Mapping[str, Any]]:
    """Return entries by fields of theirs; what anybody wrote there instead is none."""
    return {tuple(str(e.get(name))[:80] for name in names): e for e in entries if isinstance(e, dict)}


def _names(value: object) -> set[str]:
    return {str(one) for one in value} if isinstance(value, list) else set()


def _same(a: Mapping[str, Any], b: Mapping[str, Any], *names: str) -> bool:
    return all(a.get(name) == b.get(name) for name in names)
