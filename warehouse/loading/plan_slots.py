"""What a plan says of itself, computed again: slot keys, hashes of suites and parameters; and words for a slot."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from warehouse.canonical import canonical_json, sha256_hex


def slot_key(slot: Mapping[str, Any], params: Mapping[str, Any]) -> str:
    """Return the key of a slot as its plan describes it."""
    identity = {
        "suite": f"{slot['suite']}@{slot['suite_version']}",
        "prompt": slot["prompt"],
        "model": slot["model"],
        "params": params,
        "replicate": slot["replicate"],
        "week": slot["week"],
        "turn": slot.get("turn", 1),
    }
    return sha256_hex(canonical_json(identity))


def plan_fault(plan: Mapping[str, Any]) -> str | None:
    """Return what a plan contradicts itself in, or None. Suites are hashed, slot keys are computed from the plan.

    Raises:
        KeyError, TypeError, AttributeError: if it has not the form of a plan.
    """
    for suite in plan["suites"]:
        content = {name: said for name, said in suite.items() if name != "hash"}
        if "hash" in suite and suite["hash"] != sha256_hex(canonical_json(content)):
            return f"does not match the hash that it states of the suite {suite.get('id')}"
    for slot in plan["slots"]:
        if slot["slot_key"] != slot_key(slot, plan["params"]):
            return f"states a key for {slot['prompt']}, replicate {slot['replicate']} that it does not have"
    return None


def words(slot: Mapping[str, Any] | None, week: str, model: str) -> str:
    """Return what an object of a slot belongs to: model, week, prompt, replicate, slot."""
    if slot is None:
        return f"{model}, {week}"
    turn = f", turn {slot['turn']}" if slot.get("conversation") else ""
    return f"{model}, {week}, {slot['prompt']}, replicate {slot['replicate']}{turn}, slot {slot['slot_key'][:12]}"
