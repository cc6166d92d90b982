"""`croissant.json` of an edition: its files, tables and columns in Croissant 1.1, as data sets are found and loaded.

It follows from the manifest, without the entry of this file, and from the comments of the published tables, so that
verifying makes it again. `contentUrl` is an address where the site has one, else a path from the edition's folder.
Rows by the week are a `FileSet` contained in their files. mlcroissant 1.1 reads the columns of such a set only where
it lies below the file, so `cliche edition fetch` writes one for its folder (`in_folder`).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import duckdb

from assets.leaderboard import licenses
from assets.leaderboard.licenses import PartLicense
from assets.leaderboard.page import words
from assets.leaderboard.page.languages import ENGLISH, tongue
from assets.leaderboard.page.sheets import SitePlace, site_of
from assets.leaderboard.sheets import simulated_of
from warehouse import keys
from warehouse.database.dictionary import ColumnEntry, TableEntry, entries

NAME = "croissant.json"
_UP = "../../"  # from an edition's folder to the root of the site
_PARQUET, _SUFFIX = "application/x-parquet", ".parquet"
_TITLE = "Cliché: a weekly stereotype benchmark for image models"
#: Type of a column → data type of its field.
_TYPES = {
    "VARCHAR": "sc:Text",
    "BOOLEAN": "sc:Boolean",
    "INTEGER": "sc:Integer",
    "BIGINT": "sc:Integer",
    "DOUBLE": "sc:Float",
    "DATE": "sc:Date",
    "TIMESTAMP": "sc:DateTime",
}
_SIMULATED = {
    "all": "SIMULATED: drawing programs drew all pictures of the weeks to test the method. Nothing here is about any "
    "real model. ",
    "some": "Partly SIMULATED: models whose column `simulated` is true are drawing programs; their figures are of no "
    "real model. ",
}
_MARKS = {"all": " (simulated)", "some": " (partly simulated)"}
_TERMS = """
    annotation arrayShape citeAs column containedIn equivalentProperty excludes extract field fileObject fileProperty
    fileSet format includes isArray isLiveDataset jsonPath key md5 parentField path readLines recordSet references regex
    repeated replace samplingRate sdVersion separator source subField transform unArchive value
"""
#: The context of the specification and of mlcroissant 1.1.
_CONTEXT: dict[str, object] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "sc": "https://schema.org/",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "dct": "http://purl.org/dc/terms/",
    "conformsTo": "dct:conformsTo",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "examples": {"@id": "cr:examples", "@type": "@json"},
}
_CONTEXT |= {name: f"cr:{name}" for name in _TERMS.split()}


@dataclass(frozen=True)
class DataMeaning:
    """What the published tables say for a description, beside the manifest."""

    tables: Mapping[str, TableEntry]
    simulated: str | None  # "all" or "some" of the models
    licenses: tuple[PartLicense, ...]
    first_week: date | None


class _DataFile(NamedTuple):
    """A Parquet file: its name among all, its address, and what the manifest says of it."""

    id: str
    address: str
    stated: Mapping[str, Any]


def meaning(con: duckdb.DuckDBPyConnection, week: date) -> DataMeaning:
    """Return what the published tables of the edition of a week say."""
    (first,) = con.execute("SELECT min(week) FROM plans").fetchall()[0]
    return DataMeaning(
        entries(con),
        simulated_of(con, week),
        (*licenses.of_sources(con), *licenses.of_pictures(con, week)),
        first,
    )


def croissant(manifest: Mapping[str, Any], of: DataMeaning) -> bytes:
    """Return the file of an edition; what the manifest says of this file itself is not looked at."""
    site, prefix = site_of(manifest), keys.edition_prefix(manifest["edition"])
    start, up = (f"{site.url}/{prefix}", f"{site.url}/") if site.url else ("", _UP)
    files: dict[str, list[_DataFile]] = {}
    for name, table in manifest["tables"].items():
        files[name] = [_DataFile(part["key"], up + part["key"], part) for part in table["parts"]]
    for path, stated in manifest["files"].items():
        if path.startswith("data/") and path.endswith(_SUFFIX):
            name = path.removeprefix("data/").removesuffix(_SUFFIX)
            files[name] = [_DataFile(path, start + path, stated)]
    shown = {name: files[name] for name in sorted(files) if files[name]}
    described = {
        **_head(manifest, site, of, f"{start}index.html"),
        "distribution": [one for name, parts in shown.items() for one in _distribution(name, parts)],
        "recordSet": [_record_set(name, of.tables[name], parts) for name, parts in shown.items()],
    }
    return _written(described)


def in_folder(data: bytes, edition: str) -> bytes:
    """Return the file for the root of a folder that holds a copy of the edition: its addresses are paths there."""
    described, prefix = json.loads(data), keys.edition_prefix(edition)
    for one in described["distribution"]:
        if within := one.pop("containedIn", None):
            one["includes"] = [part["@id"] for part in within]
        else:
            one["contentUrl"] = one["@id"] if one["@id"].startswith(keys.TABLES) else prefix + one["@id"]
    return _written(described | {"url": f"{prefix}index.html"})


def _written(described: Mapping[str, Any]) -> bytes:
    return f"{json.dumps(described, ensure_ascii=False, indent=1)}\n".encode()


def _head(manifest: Mapping[str, Any], site: SitePlace, of: DataMeaning, url: str) -> dict[str, Any]:
    """Return what is said of the whole; `rai:` fields are of the vocabulary for responsible AI."""
    edition, created = manifest["edition"], str(manifest["created_at"])[:10]
    publisher = words.plain(site.publisher or "Cliché")
    notice = _SIMULATED.get(of.simulated or "", "")
    labelers = {f"{one['labeler']}@{one['labeler_version']}": None for one in manifest["labelers"]}
    note = f"Data set, edition {edition}{', simulated' if notice else ''}"
    cited = f"@misc{{cliche-{edition}, author = {{{{{publisher}}}}}, title = {{{_TITLE}}}, year = {{{edition[:4]}}}"
    return {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "name": f"Cliché, edition {edition}{_MARKS.get(of.simulated or '', '')}",
        "description": f"{notice}Every week each image model is asked for the same pictures; all are kept and labeled. "
        "Tables of what was asked, answered and seen, counts, and figures with their intervals. "
        f"{words.PERCEIVED} Cumulative through the week of {manifest['week']}.",
        "conformsTo": ["http://mlcommons.org/croissant/1.1", "http://mlcommons.org/croissant/RAI/1.0"],
        "citeAs": f"{cited}, note = {{{note}}}{f', url = {{{url}}}' if site.url else ''}}}",
        "creator": {"@type": "sc:Organization", "name": publisher},
        "datePublished": created,
        "identifier": edition,
        "inLanguage": "en",
        "isAccessibleForFree": True,
        "keywords": ["image models", "stereotypes", "benchmark", *(["simulated data"] if notice else [])],
        "license": [_license(one) for one in (licenses.of_data(site.data_license), *of.licenses)],
        "publisher": {"@type": "sc:Organization", "name": publisher},
        "url": url,
        "version": edition,
        "rai:dataCollection": "Each week every model is asked the prompts of frozen suites, several times each, "
        "through its public interface; every answer has a receipt.",
        "rai:dataCollectionType": ["Web API", "Software Collection"],
        "rai:dataCollectionMissingData": "Refused, failed, invalid, no person, cannot tell and not assessed are six "
        "outcomes with a rate each, and none is a value. A week that was missed stays a gap.",
        "rai:dataCollectionTimeFrame": [
            one for one in (of.first_week and str(of.first_week), created) if one
        ],
        "rai:dataAnnotationProtocol": "A label is what a labeler says of one attribute of one picture, from a closed "
        "list of values. Where people labeled a random sample, the labeler is compared with them.",
        "rai:machineAnnotationTools": [*labelers],
        "rai:dataBiases": "Labelers err, and not for all groups alike; the tables `agreement` and `labeler_error` say "
        "how often, where people labeled a sample.",
        "rai:dataLimitations": [
            *([notice.strip()] if notice else []),
            "That the pictures came from the named model, and when, is the publisher's word.",
            "A week is a sample of a service that changes; it cannot be taken again.",
        ],
        "rai:personalSensitiveInformation": "Perceived gender, age, skin tone and clothing of depicted people, who do "
        "not exist. No labels of race or ethnicity but those of imported studies.",
        "rai:dataReleaseMaintenancePlan": "An edition never changes. A correction is a new edition that names the one "
        "it replaces.",
    }


def _license(one: PartLicense) -> dict[str, str]:
    text = tongue(ENGLISH).say(one.said)
    name = f"{text} {one.source}" if one.source else text
    return {"@type": "sc:CreativeWork", "name": name} | ({"url": one.url} if one.url else {})


def _distribution(name: str, files: Sequence[_DataFile]) -> Iterator[dict[str, Any]]:
    """Yield the files of a table or view, and the set of them if there may be several."""
    for one in files:
        yield {
            "@type": "cr:FileObject",
            "@id": one.id,
            "name": one.id.rpartition("/")[2],
            "contentUrl": one.address,
            "contentSize": f"{one.stated['bytes']} B",
            "encodingFormat": _PARQUET,
            "sha256": one.stated["sha256"],
        }
    if _weekly(files):
        yield {
            "@type": "cr:FileSet",
            "@id": f"{name}-files",
            "name": f"Rows of {name} by the week",
            "encodingFormat": _PARQUET,
            "containedIn": [{"@id": one.id} for one in files],
            "includes": f"*{_SUFFIX}",
        }


def _weekly(files: Sequence[_DataFile]) -> bool:
    return files[0].id.startswith(keys.TABLES)


def _record_set(name: str, of: TableEntry, files: Sequence[_DataFile]) -> dict[str, Any]:
    source = {"fileSet": {"@id": f"{name}-files"}} if _weekly(files) else {"fileObject": {"@id": files[0].id}}
    return {
        "@type": "cr:RecordSet",
        "@id": name,
        "name": name,
        "description": of.meaning,
        "field": [_field(name, column, source) for column in of.columns],
    }


def _field(table: str, column: ColumnEntry, source: Mapping[str, Any]) -> dict[str, Any]:
    kind = column.type.removesuffix("[]")
    return {
        "@type": "cr:Field",
        "@id": f"{table}/{column.name}",
        "name": column.name,
        "description": column.meaning,
        "dataType": _TYPES[kind],
        **({"isArray": True, "arrayShape": "-1"} if kind != column.type else {}),
        "source": {**source, "extract": {"column": column.name}},
    }
