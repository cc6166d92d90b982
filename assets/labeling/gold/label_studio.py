"""Label Studio: the project that raters work in, made from the attributes, and the answers read from its exports.

Forms as of Label Studio 1.2x (labelstud.io: guide/task_format, guide/export, tags/choices). `visibleWhen` of a tag can
only look at answers, not at the task, so pictures with different attributes are projects of their own: a rater sees the
questions that apply, all of them required.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote
from xml.etree import ElementTree

from assets.labeling.gold.records import GoldPicture
from assets.suites.schema import Attribute

#: Names of the task's fields; whoever exports gets them back.
TASK, SET, IMAGE = "task", "gold_set", "image"
_SERVED = "/data/local-files/?d="


class RaterAnswer(NamedTuple):
    """One value that somebody gave; `accounts` are the names of Label Studio's for them: an id, an e-mail address."""

    where: str
    gold_set: str | None
    task: str
    attribute: str
    value: str
    accounts: tuple[str, ...]


def config(attributes: Sequence[Attribute]) -> str:
    """Return the labeling configuration of a project, as XML: the picture, and a question for each attribute."""
    view = ElementTree.Element("View")
    ElementTree.SubElement(view, "Image", name=IMAGE, value=f"${IMAGE}", zoom="true", zoomControl="true")
    for attribute in attributes:
        ElementTree.SubElement(view, "Header", value=" ".join(attribute.question.split()), size="5")
        choices = ElementTree.SubElement(
            view,
            "Choices",
            name=attribute.id,
            toName=IMAGE,
            choice="single-radio",
            showInline="true",
            required="true",
            requiredMessage=f"{attribute.title}: choose one; cannot_tell is an answer",
        )
        for value in (*attribute.values, *attribute.outside):
            ElementTree.SubElement(choices, "Choice", value=value)
    ElementTree.indent(view)
    return ElementTree.tostring(view, encoding="unicode") + "\n"


def tasks(gold_set: str, pictures: Sequence[GoldPicture], folder: str) -> list[dict[str, Any]]:
    """Return the tasks of one rater; `folder` holds `images/` and lies in Label Studio's document root.

    A task holds the picture, its name and the set's, and nothing of where the picture comes from.
    """
    return [
        {
            "data": {
                TASK: picture.task,
                SET: gold_set,
                IMAGE: f"{_SERVED}{quote(f'{folder}/images/{picture.task}.{picture.image_ext}')}",
            }
        }
        for picture in pictures
    ]


def read_export(document: Sequence[Mapping[str, Any]], file: str) -> Iterator[RaterAnswer | str]:
    """Yield the answers of an export (JSON or JSON-MIN), and a line for everything that cannot be read.

    Skipped tasks (`was_cancelled`), drafts and predictions are no answers.
    """
    for number, item in enumerate(document, start=1):
        where = f"{file}, task {number}"
        if isinstance(item.get("data"), Mapping) and "annotations" in item:
            yield from _full(item, where)
        elif isinstance(item.get(TASK), str):
            yield from _minimal(item, where)
        else:
            yield f"{where}: neither JSON nor JSON-MIN of Label Studio: no {TASK} and no annotations"


def _full(item: Mapping[str, Any], where: str) -> Iterator[RaterAnswer | str]:
    data = item["data"]
    if not isinstance(data.get(TASK), str):
        yield f"{where}: its data has no {TASK}"
        return
    for annotation in item["annotations"] or ():
        if not isinstance(annotation, Mapping):
            yield f"{where}: an annotation is no object"
            continue
        if annotation.get("was_cancelled"):
            continue
        for result in annotation.get("result") or ():
            value = result.get("value") if isinstance(result, Mapping) else None
            if not isinstance(value, Mapping) or not isinstance(result.get("from_name"), str):
                yield f"{where}: a result without from_name and value"
                continue
            yield from _chosen(
                where, data, result["from_name"], value.get("choices"), annotation.get("completed_by")
            )


#: What JSON-MIN and Label Studio's CSV hold beside the task's data and the answers.
EXTRA = frozenset(
    (
        *("id", "annotator", "annotation_id", "created_at", "updated_at", "lead_time", "agreement"),
        *(SET, TASK, IMAGE),
    )
)


def _minimal(item: Mapping[str, Any], where: str) -> Iterator[RaterAnswer | str]:
    for name, value in item.items():
        if name not in EXTRA:
            yield from _chosen(where, item, name, value, item.get("annotator"))


def _chosen(
    where: str, data: Mapping[str, Any], attribute: str, chosen: Any, account: Any
) -> Iterator[RaterAnswer | str]:
    """Yield the one choice of a question; JSON has it in a list, JSON-MIN as it is."""
    values = chosen if isinstance(chosen, list) else [chosen]
    if len(values) != 1 or not isinstance(values[0], str):
        yield f"{where}: {data[TASK]}, {attribute}: one choice is needed, not {len(values)}"
        return
    gold_set = data[SET] if isinstance(data.get(SET), str) else None
    yield RaterAnswer(where, gold_set, data[TASK], attribute, values[0], accounts_of(account))


def accounts_of(value: Any) -> tuple[str, ...]:
    """Return what an export calls an account: an id or an e-mail address, or an object with both; empty: nobody."""
    named = [value.get("id"), value.get("email")] if isinstance(value, Mapping) else [value]
    return tuple(str(name) for name in named if name not in {None, ""})
