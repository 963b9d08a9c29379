"""Expectations on links between tables: what one step of the process leads to stands in the delivery, too."""

from __future__ import annotations

from ibic_pipeline.quality.checks.asked import ASSESSED, GRANTED, holds, there_is
from ibic_pipeline.quality.model import RowCheck

_DECIDED = "r.avslutad IS NOT NULL AND r.utfall = 'beslut'"
_EXPORT = (
    "Kontrollera att uttaget tar med alla poster av båda slagen, med samma urval, och att kolumnen med det andra "
    "ledets nummer är rätt i profilen."
)

LINKS = (
    RowCheck(
        id="DK-101",
        table="utredning",
        sentence="En utredning som avslutats med beslut har minst ett beslut i leveransen.",
        measured=holds(_DECIDED, there_is("beslut", "utredning_id")),
        columns=("utredning.avslutad", "utredning.utfall", "beslut.utredning_id"),
        threshold=0.10,
        why="Antagande. Några beslut kan höra till en annan nämnd; en tiondel är fler än så.",
        what_to_do=_EXPORT,
        owner="systemforvaltning",
    ),
    RowCheck(
        id="DK-102",
        table="utredning",
        sentence="En utredning som avslutats med beslut har minst en bedömning av ett livsområde.",
        measured=holds(_DECIDED, there_is("bedomning", "utredning_id")),
        columns=("utredning.avslutad", "utredning.utfall", "bedomning.icf_kod"),
        threshold=0.25,
        why="Antagande. Enkla ansökningar utreds ibland utan bedömning på skalan; en fjärdedel är fler än så.",
        what_to_do="Bedöm behovet per livsområde i steget Utreda (inhämta uppgifter och bedöma behov). Saknas "
        "bedömningarna bara i leveransen: kontrollera uttaget och profilen.",
        owner="verksamhet",
        general_advice=False,
    ),
    RowCheck(
        id="DK-103",
        table="beslut",
        sentence="Ett beviljat beslut med behovsprövning har sin utredning i leveransen.",
        measured=holds(f"{GRANTED} AND {ASSESSED}", "u.utredning_id IS NOT NULL"),
        columns=("beslut.utredning_id", "utredning.utredning_id"),
        threshold=0.20,
        why="Antagande. Beslut från det tidigare systemet saknar ofta sin utredning. Kontraktet flaggar varje rad; "
        "här gäller det hur många.",
        what_to_do=_EXPORT,
        owner="systemforvaltning",
    ),
    RowCheck(
        id="DK-104",
        table="beslut",
        sentence="Ett verkställt beslut har minst ett uppdrag till en utförare.",
        measured=holds(f"{GRANTED} AND r.verkstallt IS NOT NULL", there_is("uppdrag", "beslut_id")),
        columns=("beslut.verkstallt", "uppdrag.beslut_id"),
        threshold=0.20,
        why="Antagande. Insatser som inte beställs av en utförare har inget uppdrag; en femtedel är fler än så.",
        what_to_do=_EXPORT,
        owner="systemforvaltning",
    ),
    RowCheck(
        id="DK-105",
        table="beslut",
        sentence="Ett beviljat beslut med behovsprövning har minst ett mål.",
        measured=holds(f"{GRANTED} AND {ASSESSED}", there_is("mal", "beslut_id")),
        columns=("mal.beslut_id", "mal.mal_id"),
        threshold=0.50,
        why="Antagande. Utan mål går måluppfyllelsen inte att följa; hälften räcker inte för att säga något.",
        what_to_do="Skriv mål i steget Utreda (bedöma behov) så att de följer med till beslutet. Saknas målen bara i "
        "leveransen: kontrollera uttaget och profilen.",
        owner="verksamhet",
        general_advice=False,
    ),
    RowCheck(
        id="DK-106",
        table="genomforandeplan",
        sentence="En klarmarkerad genomförandeplan har minst ett mål.",
        measured=holds(
            "r.typ IS DISTINCT FROM 'rutinbeskrivning' AND r.klarmarkerad >= p.genomforandeplan_fran",
            there_is("mal", "plan_id"),
        ),
        columns=("genomforandeplan.klarmarkerad", "mal.plan_id", "mal.mal_id"),
        threshold=0.50,
        why="Antagande. Utan mål i planen kan utföraren inte följa upp något; hälften räcker inte.",
        what_to_do="Skriv målen i genomförandeplanen i steget Genomförande innan den klarmarkeras.",
        owner="verksamhet",
        general_advice=False,
    ),
    RowCheck(
        id="DK-107",
        table="uppfoljning",
        sentence="En klarmarkerad uppföljning i steget Följa upp, av något som har mål, bedömer minst ett mål.",
        measured=holds(
            "r.status = 'klarmarkerad' AND r.kanal = 'folja_upp' AND r.datum >= p.maluppfyllelse_fran "
            "AND (EXISTS (SELECT 1 FROM mal AS m WHERE m.beslut_id = r.beslut_id) "
            "OR EXISTS (SELECT 1 FROM mal AS m WHERE m.plan_id = r.plan_id))",
            there_is("maluppfyllelse", "uppfoljning_id"),
        ),
        columns=("uppfoljning.datum", "mal.mal_id", "maluppfyllelse.mal_id", "maluppfyllelse.utfall"),
        threshold=0.50,
        why="Antagande. En uppföljning utan bedömda mål räknas som gjord men säger inget om målen.",
        what_to_do="Ange måluppfyllelse för varje mål i steget Följa upp och hantera resultat innan uppföljningen "
        "klarmarkeras.",
        owner="verksamhet",
        general_advice=False,
    ),
    RowCheck(
        id="DK-108",
        table="individ",
        sentence="En person har minst en utredning eller ett beslut i leveransen.",
        measured=holds("true", f"{there_is('utredning', 'individ_id')} OR {there_is('beslut', 'individ_id')}"),
        columns=("individ.individ_id", "utredning.individ_id", "beslut.individ_id"),
        threshold=0.02,
        why="Antagande. Personer kommer ur utredningar och beslut; fler utan dem betyder att rader avvisats.",
        what_to_do="Se i karantänen vilka utredningar och beslut som avvisats, och rätta dem i källsystemet.",
        owner="systemforvaltning",
    ),
    RowCheck(
        id="DK-109",
        table="uppdrag",
        sentence="Ett uppdrag som uppges bära mål hör till ett beslut som har mål i leveransen.",
        measured=holds("r.antal_mal > 0", there_is("mal", "beslut_id")),
        columns=("uppdrag.antal_mal", "mal.beslut_id", "mal.mal_id"),
        threshold=0.10,
        why="Antagande. Målen finns i källsystemet men inte här: uttaget av mål är troligen ofullständigt.",
        what_to_do=_EXPORT,
        owner="systemforvaltning",
    ),
)
