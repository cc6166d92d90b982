"""Drawing a gold set: how many pictures of which stratum, and which of them. Two people look at every one.

Of a stratum of N pictures the n with the lowest SHA-256 of `<seed>/<slot key>` are drawn: a simple random sample, which
anybody can draw again in any language. So every picture of the stratum has the inclusion probability n / N, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from assets.labeling.gold.frame import Frame, Framed
from assets.labeling.gold.records import (
    THIRD,
    AttributeCount,
    GoldPicture,
    Sample,
    Stratum,
    SuiteAttributes,
    check_pseudonym,
    check_set,
)
from warehouse import keys
from warehouse.canonical import sha256_hex
from warehouse.errors import RefusedError, UsageError
from warehouse.loading.seals import sealed
from warehouse.store import Store
from warehouse.weeks import utc_now

#: Pictures drawn of every stratum that has as many: without two there is no variance within it.
LEAST = 2
RATERS = ("a", "b")
#: Pictures per model: a corrected share of one attribute is then known to an interval of 7 to 10 points.
PICTURES = 200
_MOST_SEED = 2**53  # what every reader of JSON keeps exactly


@dataclass(frozen=True)
class Design:
    """How a set is drawn.

    Attributes:
        pictures: pictures of each model, or all that it has.
        raters: pseudonyms of two people.
        least: pictures drawn of every stratum that has as many.
    """

    gold_set: str
    seed: int
    pictures: int = PICTURES
    raters: Sequence[str] = RATERS
    least: int = LEAST

    def check(self) -> None:
        """Raise UsageError with what is wrong, if anything is."""
        check_set(self.gold_set)
        for name in self.raters:
            if check_pseudonym(name) == THIRD:
                raise UsageError(f'no rater is called "{THIRD}": that is the person of the second round')
        if len(self.raters) != 2 or len({*self.raters}) != 2:
            raise UsageError(
                f"two raters are needed, not {', '.join(self.raters)}; e.g. --raters {','.join(RATERS)}"
            )
        if self.pictures < 1 or self.least < 1:
            raise UsageError("at least one picture is drawn, and at least one of each stratum")
        if not 0 <= self.seed < _MOST_SEED:
            raise UsageError(f"a seed is a whole number from 0 to {_MOST_SEED - 1}, not {self.seed}")


def allocate(pictures: Sequence[int], sample: int, least: int = LEAST) -> list[int]:
    """Return how many pictures to draw of each stratum: in proportion to its size, but `least` of each, or all.

    The sum is `sample`, or all pictures where there are fewer. A stratum gets max(min(least, N), r N) with the one r
    that makes the sum right; fractions are settled by largest remainders, of equal ones the first stratum's.

    Raises:
        UsageError: if `sample` is too small for `least` of each.
    """
    floors = [min(least, size) for size in pictures]
    sample = min(sample, sum(pictures))
    if sample < sum(floors):
        raise UsageError(
            f"{sample} pictures per model are too few: {least} of each of {len(pictures)} strata are {sum(floors)}; "
            "draw more, or name suites"
        )
    # Strata whose floor is the larger share of their size take it first; the rest share what is left in proportion.
    order = sorted(range(len(pictures)), key=lambda i: -(floors[i] / pictures[i]) if pictures[i] else 0.0)
    left, size = sample, sum(pictures)
    exact = [float(floor) for floor in floors]
    for place, i in enumerate(order):
        if not size or floors[i] * size < left * pictures[i]:
            for j in order[place:]:
                exact[j] = left * pictures[j] / size if size else 0.0
            break
        left, size = left - floors[i], size - pictures[i]
    whole = [math.floor(share + 1e-9) for share in exact]
    rest = sorted(range(len(exact)), key=lambda i: (-(exact[i] - whole[i]), i))
    for i in [i for i in rest if whole[i] < pictures[i]][: sample - sum(whole)]:
        whole[i] += 1
    return whole


def draw_sample(store: Store, frame: Frame, design: Design) -> Sample:
    """Draw and freeze a gold set, and return it."""
    design.check()
    key = keys.gold_sample(design.gold_set)
    if store.head(key) is not None:
        raise _drawn_before(design.gold_set)
    sample = make_sample(frame, design)
    if not store.put_if_absent(key, sealed(key, sample.model_dump(mode="json"))):
        raise _drawn_before(design.gold_set)
    return sample


def _drawn_before(gold_set: str) -> RefusedError:
    return RefusedError(
        f"the gold set {gold_set} is drawn already, and a sample is drawn once; give another name with --set"
    )


def make_sample(frame: Frame, design: Design) -> Sample:
    """Return the sample that a design draws from a frame; a pure function but for the time of the draw."""
    strata = {
        name: [*members]
        for name, members in groupby(
            sorted(frame.pictures, key=lambda p: (p.stratum, p.slot.slot_key)), key=lambda p: p.stratum
        )
    }
    drawn: dict[str, list[Framed]] = {}
    for _, names in groupby(strata, key=lambda name: strata[name][0].slot.model):
        of_model = [*names]
        sizes = allocate([len(strata[name]) for name in of_model], design.pictures, design.least)
        for name, size in zip(of_model, sizes, strict=True):
            members = sorted(strata[name], key=lambda p: _chance(design.seed, p.slot.slot_key))
            drawn[name] = members[:size]
    pictures = [
        _picture(framed, len(drawn[name]) / len(strata[name]), design.seed)
        for name in strata
        for framed in drawn[name]
    ]
    if len({picture.task for picture in pictures}) != len(pictures):
        raise UsageError("two pictures got one name; give another --seed")  # a chance of 1 in 10^10
    return Sample(
        gold_set=design.gold_set,
        week=frame.week,
        stratified_by=frame.stratified_by,
        seed=design.seed,
        asked=design.pictures,
        least=design.least,
        raters=tuple(design.raters),
        drawn_at=utc_now().isoformat(timespec="seconds") + "Z",
        suites=_suites(frame, pictures),
        strata=tuple(_stratum(frame, strata[name], drawn[name]) for name in strata),
        pictures=tuple(sorted(pictures, key=lambda picture: picture.task)),
    )


def _chance(seed: int, text: str) -> str:
    return sha256_hex(f"{seed}/{text}".encode())


def _picture(framed: Framed, probability: float, seed: int) -> GoldPicture:
    return GoldPicture(
        # A letter first, or a spreadsheet reads 12e4… as a number.
        task=f"t{_chance(seed, f'task/{framed.slot.slot_key}')[:16]}",
        model=framed.slot.model,
        slot_key=framed.slot.slot_key,
        suite=framed.slot.suite,
        suite_version=framed.slot.suite_version,
        prompt=framed.slot.prompt,
        turn=framed.slot.turn,
        image_sha256=framed.image_sha256,
        image_ext=framed.image_ext,
        stratum=framed.stratum,
        inclusion_probability=probability,
        attributes=framed.attributes,
        simulated=framed.simulated,
    )


def _stratum(frame: Frame, members: Sequence[Framed], drawn: Sequence[Framed]) -> Stratum:
    one = members[0]
    labeler, version = frame.labelers[one.slot.model]
    names = sorted({name for framed in members for name in framed.attributes})
    return Stratum(
        stratum=one.stratum,
        model=one.slot.model,
        suite=one.slot.suite,
        suite_major=one.suite_major,
        predicted=one.predicted,
        labeler=labeler,
        labeler_version=version,
        pictures=len(members),
        sampled=len(drawn),
        attributes=tuple(
            AttributeCount(
                attribute=name,
                pictures=sum(name in framed.attributes for framed in members),
                sampled=sum(name in framed.attributes for framed in drawn),
                suite_pictures=frame.suite_pictures[one.slot.model, one.slot.suite, one.suite_major, name],
            )
            for name in names
        ),
    )


def _suites(frame: Frame, pictures: Sequence[GoldPicture]) -> tuple[SuiteAttributes, ...]:
    needed: Mapping[tuple[str, str], set[str]] = {(p.suite, p.suite_version): set() for p in pictures}
    for picture in pictures:
        needed[picture.suite, picture.suite_version].update(picture.attributes)
    return tuple(
        SuiteAttributes(
            suite=suite,
            version=version,
            attributes=tuple(a for a in frame.attributes[suite, version] if a.id in names),
        )
        for (suite, version), names in sorted(needed.items())
    )
