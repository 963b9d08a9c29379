"""What a municipality is to deliver, as a contract in ODCS 3, made of the contracts and of its profile."""

from __future__ import annotations

from typing import Any

from ibic_pipeline.profile import Fil, Profil
from schemas import CONTRACT_VERSION, CONTRACTS, Rule
from schemas.contract import FREE_TEXT
from schemas.delivery_rules import delivery_rules

API_VERSION = "v3.1.0"

_PERSON = "Person- eller samordningsnummer; sparas bara som pseudonym, bildad med kommunens egen nyckel."
_FREE_TEXT = "Fritext; själva texten sparas aldrig. Av den blir:"
_LOGICAL = {"date": "date", "integer": "integer", "decimal": "number"}
_SEVERITY = {"avvisa": "error", "varna": "warning", "stoppa": "error", "reparera": "info"}
_IMPACT = {
    "avvisa": "Raden tas inte med.",
    "varna": "Raden tas med och flaggas.",
    "stoppa": "Hela leveransen tas inte emot; förra leveransen gäller.",
    "reparera": "Värdet lagas och räknas.",
}
_DIMENSION = {
    "saknas": "completeness",
    "otolkbar": "conformity",
    "utanfor": "accuracy",
    "nyckel": "uniqueness",
    "foralder": "consistency",
    "skriven": "consistency",
}


def delivery_contract(profil: Profil) -> dict[str, Any]:
    """One municipality's contract: an object per file, a property per column that is read, the rules as quality.

    Columns carry the municipality's own names; which columns of the harmonised tables they become stands beside.
    """
    return {
        "apiVersion": API_VERSION,
        "kind": "DataContract",
        "id": f"ibic-leverans-{profil.kommunkod}",
        "name": f"IBIC-leverans från {profil.namn}",
        "version": CONTRACT_VERSION,
        "status": "active",
        "domain": "socialtjanst",
        "tenant": profil.kommunkod,
        "description": {
            "purpose": "Underlag för individbaserad systematisk uppföljning och länets jämförelse.",
            "usage": "Läses i kommunens eget steg; personnummer blir pseudonymer och fritext blir längder.",
            "limitations": "Filerna rymmer personuppgifter inom socialtjänsten och får bara läggas i kommunens inkorg.",
        },
        "servers": [_inbox(profil)],
        "schema": [_object(profil, export, fil) for export, files in profil.exporter.items() for fil in files],
        "slaProperties": _agreed(profil),
    }


def _inbox(profil: Profil) -> dict[str, Any]:
    return {
        "server": "inkorg",
        "type": "local",
        "description": "En mapp per leverans; namnet börjar med uttagsdatum.",
        "path": f"inkorg/{profil.mapp}/",
        "format": profil.format.typ,
    }


def _agreed(profil: Profil) -> list[dict[str, Any]]:
    limits = {
        "hogsta_andel_karantan": ("Högsta andel avvisade rader.", profil.leverans.hogsta_andel_karantan),
        "lagsta_andel_av_forra": ("Lägsta andel av förra leveransens rader.", profil.leverans.lagsta_andel_av_forra),
    }
    found = [{"property": name, "value": value, "description": said} for name, (said, value) in limits.items()]
    rules = [{"property": rule.code, "value": rule.severity, "description": rule.message} for rule in delivery_rules()]
    return [*found, *rules]


def _object(profil: Profil, export: str, fil: Fil) -> dict[str, Any]:
    tables = list(dict.fromkeys(part.tabell for part in fil.delar))
    return {
        "name": f"{export}_{fil.monster}" if len(profil.exporter[export]) > 1 else export,  # type: ignore[index]
        "logicalType": "object",
        "physicalName": fil.monster,
        "physicalType": fil.format.typ,
        "description": f"Exporten {export}; raderna blir {', '.join(tables)}.",
        "dataGranularityDescription": (CONTRACTS[fil.delar[0].tabell].__doc__ or "").strip(),
        "properties": [_property(fil, local, fed) for local, fed in _columns(fil).items()],
        "quality": [_quality(rule) for table in tables for rule in CONTRACTS[table].rules()],
    }


def _columns(fil: Fil) -> dict[str, list[tuple[int, str, str]]]:
    """Local column -> what it becomes: number of the part, table, column."""
    found: dict[str, list[tuple[int, str, str]]] = {}
    for number, part in enumerate(fil.delar):
        for column, local in part.kolumner.items():
            found.setdefault(local, []).append((number, part.tabell, column))
    return found


def _property(fil: Fil, local: str, fed: list[tuple[int, str, str]]) -> dict[str, Any]:
    columns = {f"{table}.{name}": CONTRACTS[table].columns()[name] for _, table, name in fed}
    readings = [column.metadata["lasning"] for column in columns.values()]
    logical = _LOGICAL.get(readings[0], "string") if len(set(readings)) == 1 else "string"
    # The first part stands on every row, the others only where they have a value.
    always = [
        CONTRACTS[table].columns()[name].metadata["saknas"] == "avvisa" for number, table, name in fed if not number
    ]
    custom = {
        "blir": ", ".join(columns),
        "kodlista": ", ".join(sorted({c.metadata["kodlista"] for c in columns.values() if c.metadata["kodlista"]})),
        "datumformat": ", ".join(fil.format.datum) if logical == "date" else "",
    }
    return {
        "name": local,
        "physicalName": local,
        "logicalType": logical,
        "physicalType": "text",
        "description": " ".join(dict.fromkeys(_description(column) for column in columns.values())),
        "required": any(always),
        "classification": _classification(columns),
        "customProperties": [{"property": key, "value": value} for key, value in custom.items() if value],
    }


def _description(column: Any) -> str:
    """What to deliver, where that is something else than what becomes of it."""
    reading = column.metadata["lasning"]
    if reading == "personnummer":
        return _PERSON
    return f"{_FREE_TEXT} {column.description}" if reading in FREE_TEXT else str(column.description)


def _classification(columns: dict[str, Any]) -> str:
    """How sensitive the column is as delivered: a personal number, and free text, is what becomes of it no longer."""
    readings = {column.metadata["lasning"] for column in columns.values()}
    sensitive = {column.metadata["kanslighet"] for column in columns.values()}
    if "personnummer" in readings or readings & set(FREE_TEXT) or "person" in sensitive:
        return "person"
    return "internal" if "internal" in sensitive else "open"


def _quality(rule: Rule) -> dict[str, Any]:
    return {
        "name": rule.code,
        "type": "text",
        "description": rule.message,
        "dimension": _DIMENSION.get(rule.kind, "conformity"),
        "severity": _SEVERITY[rule.severity],
        "businessImpact": _IMPACT[rule.severity],
        "unit": "rows",
    }
