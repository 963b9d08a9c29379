"""The open figures as a catalogue in DCAT-AP-SE 3 (JSON-LD); never the rows in ``harmoniserat/``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ibic_pipeline.county import Katalog, Lan
from ibic_pipeline.publish.columns import table_description, table_title
from ibic_pipeline.publish.documents import Document, documents
from ibic_pipeline.publish.tables import compared_files

_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_EU = "http://publications.europa.eu/resource/authority/"
# The profile requires that what is said about the data is free, whatever applies to the data.
_FREE = "http://creativecommons.org/publicdomain/zero/1.0/"
EXPLAINED = "indikator"
"""The data set that pages, workbook and printable reports tell of."""
_PARQUET, _CSV = "application/vnd.apache.parquet", "text/csv"


def dcat(folder: Path, lan: Lan, release: str) -> dict[str, Any]:
    """Describe a release's comparison tables, and Kolada's form of them, as data sets with one file each.

    Publisher, contact, licence and address are what ``katalog`` of lan.yaml says. What it does not say is left out:
    without it there is no publisher, which the profile requires, so that no portal takes the catalogue in.
    """
    katalog = lan.katalog
    files = {name: (paths[0], _PARQUET) for name, paths in compared_files(folder).items()}
    if (folder / "kolada.csv").is_file():
        files["kolada"] = (folder / "kolada.csv", _CSV)
    about = _About(katalog, lan, release)
    pages = list(documents(folder))
    described = [
        node
        for name, (path, form) in files.items()
        for node in about.data_set(name, path, folder, form, pages if name == EXPLAINED else [])
    ]
    told = [about.document(each) for each in pages]
    return {"@context": _CONTEXT, "@graph": [about.catalogue(list(files)), *about.agents(), *described, *told]}


class _About:
    """What all of the catalogue's nodes have in common."""

    def __init__(self, katalog: Katalog | None, lan: Lan, release: str) -> None:
        self.katalog, self.lan, self.release = katalog, lan, release
        self.base = katalog.adress or "" if katalog else ""

    def catalogue(self, names: list[str]) -> dict[str, Any]:
        """The catalogue itself."""
        found = {
            "@id": self._id("katalog"),
            "@type": "dcat:Catalog",
            "dcterms:title": _swedish("Individbaserad systematisk uppföljning inom socialtjänsten"),
            "dcterms:description": _swedish(
                f"Jämförande siffror för kommunerna i {self.lan.namn}, på gruppnivå och efter röjandekontroll."
            ),
            "dcterms:language": _ref(f"{_EU}language/SWE"),
            "dcterms:modified": self._day(),
            "dcat:themeTaxonomy": _ref(f"{_EU}data-theme"),
            "dcat:dataset": [_ref(self._id(name)) for name in names],
        }
        return found | self._publisher() | ({"dcterms:license": _ref(_FREE)} if self.katalog else {})

    def agents(self) -> list[dict[str, Any]]:
        """Publisher and contact, those that are given."""
        if self.katalog is None:
            return []
        found: list[dict[str, Any]] = [
            {"@id": self._publisher_id(), "@type": "foaf:Agent", "foaf:name": self.katalog.utgivare}
        ]
        if self.katalog.kontakt:
            contact = {
                "vcard:fn": self.katalog.kontakt.namn,
                "vcard:hasEmail": _ref(f"mailto:{self.katalog.kontakt.epost}"),
            }
            found.append({"@id": self._id("kontakt"), "@type": "vcard:Organization", **contact})
        return found

    def data_set(
        self, name: str, path: Path, folder: Path, form: str, pages: Sequence[Document]
    ) -> list[dict[str, Any]]:
        """One table, its file, and the documents that tell of it."""
        address = self._address(path.relative_to(folder).as_posix())
        read = {"foaf:page": [_ref(self._address(each.path)) for each in pages]} if pages else {}
        licensed = {"dcterms:license": _ref(self.katalog.licens)} if self.katalog and self.katalog.licens else {}
        public = {"dcterms:accessRights": _ref(f"{_EU}access-right/PUBLIC")} if licensed else {}
        contact = {"dcat:contactPoint": _ref(self._id("kontakt"))} if self.katalog and self.katalog.kontakt else {}
        data = {
            "@id": self._id(name),
            "@type": "dcat:Dataset",
            "dcterms:title": _swedish(table_title(name)),
            "dcterms:description": _swedish(table_description(name)),
            "dcterms:identifier": f"ibic-{self.lan.kod}-{name}",
            "dcterms:language": _ref(f"{_EU}language/SWE"),
            "dcterms:modified": self._day(),
            "dcterms:spatial": {"@type": "dcterms:Location", "rdfs:label": _swedish(self.lan.namn)},
            "dcterms:temporal": {
                "@type": "dcterms:PeriodOfTime",
                "dcat:startDate": {"@type": "xsd:date", "@value": f"{self.lan.forsta_period}-01"},
            },
            "dcat:keyword": [_swedish(word) for word in ("socialtjänst", "IBIC", "uppföljning")],
            "dcat:theme": _ref(f"{_EU}data-theme/SOCI"),
            "dcat:distribution": _ref(self._id(f"{name}-fil")),
        }
        file = {
            "@id": self._id(f"{name}-fil"),
            "@type": "dcat:Distribution",
            "dcterms:title": _swedish(path.name),
            "dcterms:format": form,
            "dcat:accessURL": _ref(address),
            "dcat:downloadURL": _ref(address),
            "dcat:byteSize": {"@type": "xsd:nonNegativeInteger", "@value": str(path.stat().st_size)},
        }
        return [data | self._publisher() | contact | public | read, file | licensed]

    def document(self, each: Document) -> dict[str, Any]:
        """A file for people to read: a document about the data, and no data set."""
        return {
            "@id": self._address(each.path),
            "@type": "foaf:Document",
            "dcterms:title": _swedish(each.title),
            "dcterms:description": _swedish(each.description),
            "dcterms:format": each.mediatype,
        }

    def _address(self, where: str) -> str:
        return f"{self.base}releaser/{self.release}/{where}" if self.base else where

    def _publisher(self) -> dict[str, Any]:
        return {"dcterms:publisher": _ref(self._publisher_id())} if self.katalog else {}

    def _publisher_id(self) -> str:
        return (self.katalog.utgivare_uri if self.katalog else None) or self._id("utgivare")

    def _id(self, name: str) -> str:
        """The same from release to release where an address is given."""
        return f"{self.base}#{name}"

    def _day(self) -> dict[str, str]:
        return {"@type": "xsd:date", "@value": self.release[:10]}


def _ref(iri: str) -> dict[str, str]:
    return {"@id": iri}


def _swedish(text: str) -> dict[str, str]:
    return {"@language": "sv", "@value": text}
