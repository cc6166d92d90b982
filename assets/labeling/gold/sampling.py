"""Drawing a gold set: how many pictures of which stratum, which of them, and who looks at which.

Of a stratum of N pictures the n with the lowest SHA-256 of `<seed>/<slot key>` are drawn: a simple random sample, which
anybody can draw again in any language. So every picture of the stratum has the inclusion probability n / N, exactly.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from assets.labeling.gold.frame import Frame, Framed
from assets.labeling.gold.records import (
    ADJUDICATOR,
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
THIRD = "c"
#: Two answers about a picture tell how often people err; one about each of two pictures does not.
OVERLAP = 1.0
#: Labels and answers that are wrong, of which the wanted precision is reckoned; and the normal quantile of 95 %.
_LABELS_WRONG, _PEOPLE_WRONG, _Z = 0.02, 0.05, 1.96
_MOST_SEED = 2**53  # what every reader of JSON keeps exactly


@dataclass(frozen=True)
class Design:
    """How a set is drawn.

    Attributes:
        overlap: share of the pictures that two raters are given.
        third: share of those that a third rater is given too.
        raters: pseudonyms of two people, or of three.
        least: pictures drawn of every stratum that has as many.
    """

    gold_set: str
    pictures: int
    seed: int
    overlap: float = OVERLAP
    third: float = 0.0
    raters: Sequence[str] = field(default=RATERS)
    least: int = LEAST

    def check(self) -> None:
        """Raise UsageError with what is wrong, if anything is."""
        check_set(self.gold_set)
        for name in self.raters:
            if check_pseudonym(name) == ADJUDICATOR:
                raise UsageError(
                    f"no rater is called {ADJUDICATOR}: that is who settles what two raters said"
                )
        wanted, said = (
            (3, "three raters are needed for --third") if self.third else (2, "two raters are needed")
        )
        if len(self.raters) != wanted or len({*self.raters}) != wanted:
            raise UsageError(
                f"{said}, not {', '.join(self.raters)}; e.g. --raters {','.join((*RATERS, THIRD)[:wanted])}"
            )
        for name, share in {"overlap": self.overlap, "third rater's part": self.third}.items():
            if not 0 <= share <= 1:
                raise UsageError(f"the {name} is a share, 0 to 1, not {share:g}")
        if self.pictures < 1 or self.least < 1:
            raise UsageError("at least one picture is drawn, and at least one of each stratum")
        if not 0 <= self.seed < _MOST_SEED:
            raise UsageError(f"a seed is a whole number from 0 to {_MOST_SEED - 1}, not {self.seed}")


def doubles_needed(within: float) -> int:
    """Return how many pictures of a model and suite two people rate for a label error of 2 % ± `within`.

    z² l (1 - l) / (w² (1 - 2 e (1 - e))): a share l of the pictures on which two people agree who are wrong in e.
    """
    return math.ceil(_Z**2 * _LABELS_WRONG * (1 - _LABELS_WRONG) / (within**2 * _agree()))


def known_within(doubles: int) -> float:
    """Return the half width of the interval of a label error of 2 % that this many pictures give."""
    return _Z * math.sqrt(_LABELS_WRONG * (1 - _LABELS_WRONG) / (doubles * _agree()))


def _agree() -> float:
    return 1 - 2 * _PEOPLE_WRONG * (1 - _PEOPLE_WRONG)


def allocate(pictures: Sequence[int], sample: int, least: int = LEAST) -> list[int]:
    """Return how many pictures to draw of each stratum: in proportion to its size, but `least` of each, or all.

    The sum is `sample`. A stratum gets max(min(least, N), r N) with the one r that makes the sum right; fractions are
    settled by largest remainders, of equal ones the first stratum's.

    Raises:
        UsageError: if there are fewer pictures than `sample`, or `sample` is too small for `least` of each.
    """
    floors = [min(least, size) for size in pictures]
    if sample > sum(pictures):
        raise UsageError(f"{sample} pictures are wanted and {sum(pictures)} can be drawn; draw fewer")
    if sample < sum(floors):
        raise UsageError(
            f"{sample} pictures are too few: {least} of each of {len(pictures)} strata are {sum(floors)}; "
            "draw more, or name suites and models"
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
    sizes = allocate([len(members) for members in strata.values()], design.pictures, design.least)
    drawn = {
        name: sorted(members, key=lambda p: _chance(design.seed, p.slot.slot_key))[:size]
        for (name, members), size in zip(strata.items(), sizes, strict=True)
    }
    given = _share_out([p for members in drawn.values() for p in members], design)
    pictures = [
        _picture(framed, len(drawn[name]) / len(strata[name]), given[framed.slot.slot_key], design.seed)
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
        overlap=design.overlap,
        third=design.third,
        raters=tuple(design.raters),
        drawn_at=utc_now().isoformat(timespec="seconds") + "Z",
        suites=_suites(frame, pictures),
        strata=tuple(_stratum(frame, strata[name], drawn[name]) for name in strata),
        pictures=tuple(sorted(pictures, key=lambda picture: picture.task)),
    )


def _chance(seed: int, text: str) -> str:
    return sha256_hex(f"{seed}/{text}".encode())


def _share_out(drawn: Sequence[Framed], design: Design) -> dict[str, tuple[str, ...]]:
    """Return the raters of each slot: a share for two, the others one each in turn, spread evenly over the strata.

    All are systematic samples with a random start along the strata, within which the order is random.
    """
    start = int(_chance(design.seed, "start")[:12], 16) / 16**12
    given: dict[str, tuple[str, ...]] = {}
    turn, doubles = int(_chance(design.seed, "turn")[:12], 16) % 2, 0

    def falls(place: int, share: float) -> bool:
        return math.floor((place + 1) * share + start) > math.floor(place * share + start)

    for place, framed in enumerate(drawn):
        if falls(place, design.overlap):
            given[framed.slot.slot_key] = tuple(design.raters[: 3 if falls(doubles, design.third) else 2])
            doubles += 1
        else:
            given[framed.slot.slot_key] = (design.raters[turn % 2],)
            turn += 1
    return given


def _picture(framed: Framed, probability: float, raters: tuple[str, ...], seed: int) -> GoldPicture:
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
        raters=raters,
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
