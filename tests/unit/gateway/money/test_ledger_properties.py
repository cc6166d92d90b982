"""The spending ledger against a plain list of what processes do: the same in both places, whatever the order."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.gateway.money.ledger import Charge, FirstCallError, OverCapError, SpendingLedger
from tests.unit.gateway.money.books import ledger_at

WEEK, MONTH = "week:2026-11-23", "month:2026-11"
CAPS = {WEEK: 5.0, MONTH: 8.0, "run:a": None}
KEYS = [f"w/{n}" for n in range(4)]

#: Amounts that binary fractions hold exactly, so that sums can be compared as they are.
usd = st.integers(0, 24).map(lambda quarters: quarters / 4)
who = st.sampled_from(["", "cheap", "dear"])
keys = st.sampled_from(KEYS)
processes = st.integers(0, 2)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("reserve"), processes, keys, usd, who),
        st.tuples(st.just("settle"), processes, keys, usd, st.one_of(st.none(), usd)),
        st.tuples(st.just("loosen"), processes, keys),
        st.tuples(
            st.just("store"), processes, st.dictionaries(keys, st.tuples(usd, st.booleans()), max_size=4)
        ),
    ),
    max_size=24,
)


@dataclass
class Plain:
    """What the ledger is to say: an entry is (dollars, open, scopes, whose)."""

    entries: dict[str, tuple[float, bool, tuple[str, ...], str]] = field(default_factory=dict)
    dearest: dict[str, float] = field(default_factory=dict)

    def total(self, scope: str) -> tuple[float, float]:
        mine = [(usd, is_open) for usd, is_open, scopes, _ in self.entries.values() if scope in scopes]
        return sum(usd for usd, _ in mine), sum(usd for usd, is_open in mine if is_open)

    def aside(self, usd: float, who: str) -> float:
        dearest = self.dearest.get(who, 0.0)
        return usd if dearest <= usd else 1.25 * dearest

    def first(self, key: str, who: str) -> bool:
        """Return whether the first call of `who` is waited for, and this is another one."""
        waited = any(is_open and its == who for _, is_open, _, its in self.entries.values())
        return bool(who) and who not in self.dearest and key not in self.entries and waited

    def reserve(self, key: str, usd: float, who: str) -> float | None:
        """Return what is set aside, None if a cap refuses."""
        usd = self.aside(usd, who)
        before = self.entries.pop(key, None)
        if any(cap is not None and self.total(scope)[0] + usd > cap for scope, cap in CAPS.items()):
            if before:
                self.entries[key] = before
            return None
        self.entries[key] = (usd, True, tuple(CAPS), who)
        return usd

    def see(self, who: str, usd: float) -> None:
        if who:
            self.dearest[who] = max(usd, self.dearest.get(who, 0.0))

    def settle(self, key: str, usd: float, seen: float | None) -> float:
        reserved, _, scopes, who = self.entries.get(key, (0.0, False, (), ""))
        self.entries[key] = (usd, False, scopes, who)
        if usd > reserved:
            self.see(who, usd)
            for other, (less, is_open, its, whose) in self.entries.items():
                if is_open and who and whose == who and less < 1.25 * usd:
                    self.entries[other] = (1.25 * usd, True, its, who)
        elif seen is not None:
            self.see(who, seen)
        return max(0.0, usd - reserved)

    def loosen(self, key: str) -> None:
        if key in self.entries:
            usd, _, scopes, who = self.entries[key]
            self.entries[key] = (usd, False, scopes, who)

    def take_over(self, found: dict[str, tuple[float, bool]]) -> None:
        for key in [key for key, one in self.entries.items() if not one[1] and key not in found]:
            del self.entries[key]
        for key, (usd, known) in found.items():
            if known:
                self.see("dear", usd)
            elif key not in self.entries or not self.entries[key][1]:
                self.see("dear", 0.0)
        for key, (usd, known) in found.items():
            before = self.entries.get(key)
            counts = usd if known else self.aside(usd, "dear")
            if before is None or (not before[1] and before[0] != counts):
                run = tuple(scope for scope in (before[2] if before else ()) if scope.startswith("run:"))
                self.entries[key] = (counts, False, (WEEK, MONTH, *run), "dear")


@pytest.fixture
def places(
    where: str, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[str]:
    """One ledger after the other of which nothing is there yet."""
    if where.startswith("postgresql:"):
        drop, database = request.getfixturevalue("postgres").run, where.rpartition("/")[2]
        return (drop("DROP SCHEMA IF EXISTS cliche CASCADE", database) or where for _ in itertools.count())
    folder = tmp_path_factory.mktemp("ledgers")
    return (str(folder / f"{n}.sqlite") for n in itertools.count())


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps)
def test_every_process_sees_what_a_plain_list_says_and_no_reservation_passes_a_cap(
    places: Iterator[str], steps: list[tuple[object, ...]]
) -> None:
    where = next(places)
    ledgers = [ledger_at(where) for _ in range(3)]  # all of them live: one process with a connection each
    plain = Plain()
    for what, process, *values in steps:
        ledger: SpendingLedger = ledgers[process]  # type: ignore[index]
        if what == "reserve":
            key, amount, whose = values
            others = {scope: plain.total(scope)[0] for scope in CAPS}
            if plain.first(key, whose):  # type: ignore[arg-type]
                with pytest.raises(FirstCallError):
                    ledger.reserve(key, amount, CAPS, who=whose)  # type: ignore[arg-type]
                continue
            expected = plain.reserve(key, amount, whose)  # type: ignore[arg-type]
            try:
                assert ledger.reserve(key, amount, CAPS, who=whose) == expected  # type: ignore[arg-type]
            except OverCapError:
                assert expected is None
            for scope, cap in CAPS.items():
                assert cap is None or ledger.total(scope).usd <= max(cap, others[scope])
        elif what == "settle":
            key, amount, seen = values
            for one in ledgers:  # as after a restart: what a process set aside itself it would remember
                one._held.clear()
            over = plain.settle(key, amount, seen)  # type: ignore[arg-type]
            assert ledger.settle(key, amount, seen_usd=seen) == over  # type: ignore[arg-type]
        elif what == "loosen":
            ledger.loosen(values[0])  # type: ignore[arg-type]
            plain.loosen(values[0])  # type: ignore[arg-type]
        else:
            found: dict[str, tuple[float, bool]] = values[0]  # type: ignore[assignment]
            charges = [
                Charge(key, usd, (WEEK, MONTH), "dear", known, lost=not known)
                for key, (usd, known) in found.items()
            ]
            ledger.take_over("w/", charges, known_before=ledger.keys("w/"))
            plain.take_over(found)
        for one in ledgers:
            for scope in CAPS:
                total = one.total(scope)
                assert (total.usd, total.open_usd) == plain.total(scope), (what, values, scope)
            assert {"cheap": one.dearest_usd("cheap"), "dear": one.dearest_usd("dear")} == {
                name: plain.dearest.get(name) for name in ("cheap", "dear")
            }
    assert ledgers[0].keys("w/") == {key for key, one in plain.entries.items() if not one[1]}
