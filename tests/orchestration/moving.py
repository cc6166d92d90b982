"""The shipped labeler of drawings, changed under its version: a labeler that drifted.

Belongs here: that labeler. Does not belong here: any test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assets.labeling.records import Reading
from assets.simulation.drawing.labeler import Drawing

ADDRESS = "tests.orchestration.moving:make"
PHOTO = "tests.orchestration.moving:photo"


class Moved(Drawing):
    """Reads no perceived woman any more."""

    def read(self, image: bytes, attributes: Sequence[str]) -> Mapping[str, Reading]:
        """What `drawing` reads, but for gender."""
        found = dict(super().read(image, attributes))
        if found.get("perceived_gender", Reading("")).value == "feminine":
            found["perceived_gender"] = Reading("masculine", 1.0)
        return found


def make() -> Moved:
    assert Moved.version == Drawing().version
    return Moved()


class Photo(Drawing):
    """Reads drawings under the name of a labeler whose extra is not installed."""

    name = "photo"


def photo() -> Photo:
    return Photo()
