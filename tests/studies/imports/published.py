"""Files of invented studies as the programs write them that researchers use: one function per example of the docs."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import yaml

from tests.studies.conftest import picture

PAGE = Path(__file__).parents[3] / "docs" / "study-files.md"
MODELS, PROMPTS = ("ModelA", "ModelB"), ("ceo", "nurse")
#: model, prompt, replicate of the pictures of an invented study; its number says what people see.
CELLS = [(model, prompt, n) for model in MODELS for prompt in PROMPTS for n in range(2)]


def examples() -> dict[str, dict[str, Any]]:
    found = re.findall(r"<!-- example: (.*?) -->\n```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return {name: yaml.safe_load(text) for name, text in found}


def write(root: Path, name: str, data: bytes) -> None:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def pictures(root: Path, template: str) -> None:
    """Write a picture per cell; `template` has {model}, {prompt}, {n} and {i}, a number over all of a model."""
    for i, (model, prompt, n) in enumerate(CELLS):
        name = template.format(model=model, prompt=prompt, n=n, i=i % 4 + 1)
        write(root, name, picture(i))


def whole(root: Path) -> None:
    """Two models; prompts, labels and pictures in folders of their own, the labels spelled in three ways."""
    pictures(root, "images/{model}/{prompt}_{n}.png")
    write(
        root, "prompts.csv", b"job,text,women_percent\nceo,a photo of a CEO,29.2\nnurse,a photo of a nurse,\n"
    )
    for model in MODELS:
        rows = [
            f"{model},{prompt},{n},{('F', 'male', 'unclear')[i % 3]},{30 + i}"
            for i, (of, prompt, n) in enumerate(CELLS)
            if of == model
        ]
        write(root, f"labels/{model}.csv", "\n".join(["model,job,number,gender,age", *rows, ""]).encode())


def corrections(root: Path) -> None:
    rows = [
        f"{model},{prompt},{n},{'femal' if i == 1 else 'F'}" for i, (model, prompt, n) in enumerate(CELLS)
    ]
    write(root, "labels/a.csv", "\n".join(["model,job,number,gender", *rows, ""]).encode())


def raters_in_rows(root: Path) -> None:
    """The results of a batch of MTurk: every field in quotes, three assignments per picture, one of them rejected."""
    rows = []
    for i, (model, prompt, n) in enumerate(CELLS):
        for assignment in range(3):
            rows.append(
                {
                    "HITId": f"3X{i:05d}",
                    "Title": "Look at a picture, please",
                    "AssignmentId": f"3A{i}{assignment}",
                    "WorkerId": f"A{(i * 7 + assignment * 3) % 11:013d}",
                    "AssignmentStatus": "Rejected" if assignment == 2 else "Approved",
                    "WorkTimeInSeconds": "17",
                    "Input.image_url": f"https://s3.example.org/b/v1/images/{model}/{prompt}_{n}.png",
                    "Answer.gender": ("Woman", "Man", "Cannot tell")[(i + assignment) % 3],
                    "Answer.age": "" if i == 0 else str(30 + i),
                    "Approve": "",
                    "Reject": "",
                }
            )
    out = io.StringIO(newline="")
    made = csv.DictWriter(out, list(rows[0]), quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    made.writeheader()
    made.writerows(rows)
    write(root, "Batch_4711_batch_results.csv", out.getvalue().encode())


def raters_in_columns(root: Path) -> None:
    """Excel's "Unicode text": UTF-16 with tabs."""
    frame = pl.DataFrame(
        [
            {"generator": model, "job": prompt, "no": n, "gender_Ada": " F", "gender_Bob": "?" if n else "m"}
            for model, prompt, n in CELLS
        ]
    )
    write(root, "labels/annotations.tsv", frame.write_csv(separator="\t").encode("utf-16"))


def excel(root: Path) -> None:
    """A supplement: a title above the header, numbers as numbers, a second sheet."""
    book = xlsxwriter.Workbook(root / "Table 3.xlsx")
    book.add_worksheet("Read me").write(0, 0, "Supplementary Table 3: what the columns mean")
    sheet = book.add_worksheet("Labels")
    sheet.write(0, 0, "Supplementary Table 3. Labels of 8 pictures", book.add_format({"bold": True}))
    sheet.write_row(2, 0, ["Model", "Prompt", "Image no.", "Perceived gender", "Age (estimate)"])
    for i, (model, prompt, n) in enumerate(CELLS):
        sheet.write_row(3 + i, 0, [model, prompt, n, "n/a" if i == 3 else 1 + i % 2, 31.5 + i])
    book.close()


def label_studio(root: Path) -> None:
    """An export of Label Studio in the form JSON: two people, one task skipped by one of them, a prediction."""
    tasks = []
    for i, (model, prompt, n) in enumerate(CELLS):
        annotations = [_annotation(10 * i + who, i, who, skipped=(i, who) == (2, 7)) for who in (7, 3)]
        tasks.append(
            {
                "id": i,
                "annotations": annotations,
                "file_upload": "tasks.json",
                "predictions": [
                    {"id": 1, "result": annotations[0]["result"], "model_version": "v1", "score": 0.4}
                ],
                "data": {
                    "image": f"/data/local-files/?d=study/images/{model}/{prompt}_{n}.png",
                    "source": "batch 1",
                },
            }
        )
    write(root, "project-5-at-2026-03-01-11-00-1a2b3c4d.json", json.dumps(tasks).encode())


def _annotation(number: int, i: int, who: int, *, skipped: bool) -> dict[str, Any]:
    choice = ("Woman", "Man", "Cannot tell")[(i + (who == 3)) % 3]
    common = {"origin": "manual", "to_name": "image"}
    return {
        "id": number,
        "completed_by": {"id": who, "email": f"person{who}@example.org", "first_name": "", "last_name": ""},
        "result": [
            {"id": "a1", "type": "choices", "from_name": "gender", "value": {"choices": [choice]}, **common},
            {"id": "a2", "type": "number", "from_name": "age", "value": {"number": 25 + i}, **common},
        ],
        "was_cancelled": skipped,
        "project": 5,
    }


def parquet(root: Path) -> None:
    """A data set of Hugging Face: pictures as bytes and path, several rows of one seed."""
    table = pa.table(
        {
            "image": [{"bytes": picture(i), "path": f"{i:05d}.png"} for i in range(len(CELLS))],
            "model": [model for model, _, _ in CELLS],
            "prompt": [prompt for _, prompt, _ in CELLS],
            "seed": [100 for _ in CELLS],
            "idx": pa.array([9 + n for _, _, n in CELLS], pa.int32()),
            "gender": ["Female" if i % 2 else "Male" for i in range(len(CELLS))],
            "gender_score": pa.array([1 - i / 16 for i in range(len(CELLS))], pa.float32()),
        }
    )
    path = root / "data" / "train-00000-of-00001.parquet"
    path.parent.mkdir()
    pq.write_table(table, path, row_group_size=3)


def counts(root: Path) -> None:
    """How many of two pictures show whom: none of one kind, one of each, or nothing said."""
    write(
        root,
        "counts.csv",
        b"model,job,female,male\nModelA,ceo,0,2\nModelA,nurse,2,\nModelB,ceo,1,1\nModelB,nurse,1,1\n",
    )


#: Example of the docs → its files.
FILES: dict[str, Callable[[Path], None]] = {
    "whole": whole,
    "raters in rows": raters_in_rows,
    "raters in columns": raters_in_columns,
    "excel": excel,
    "label studio": label_studio,
    "counts": counts,
    "parquet": parquet,
    "corrections": corrections,
}
