"""Expectations on the county's tables: who and what is in them."""

from __future__ import annotations

from ibic_pipeline.quality.model import CountyCheck

PRESENT, NOT_STALE, GROUPS_STAY, INDICATORS_COUNTED = "DK-701", "DK-702", "DK-703", "DK-704"

OF_THE_COUNTY = (
    CountyCheck(
        id=PRESENT,
        sentence="Alla länets kommuner finns i {tabell}.",
        threshold=0.0,
        why="Länets siffra är summan av kommunernas; saknas en är det en annan siffra.",
        what_to_do="Se i `ibic run` varför kommunen inte har någon version som gäller.",
        owner="lansanalys",
    ),
    CountyCheck(
        id=NOT_STALE,
        sentence="Varje kommuns senaste leverans är den som räknas.",
        threshold=0.0,
        why="En vägrad leverans gör att kommunens förra siffror står kvar, som inaktuella.",
        what_to_do="Se i `ibic run` varför leveransen vägrats, och rätta uttaget eller profilen.",
        owner="lansanalys",
    ),
    CountyCheck(
        id=GROUPS_STAY,
        sentence="De grupper som fanns i {tabell} före de senaste leveranserna finns kvar.",
        threshold=0.02,
        why="Antagande. Enstaka små grupper försvinner när personer flyttar; fler är en kod eller en inställning.",
        what_to_do="Jämför releaserna (`ibic release diff`): vilken brytning, och vilken kommuns leverans är ny?",
        owner="lansanalys",
    ),
    CountyCheck(
        id=INDICATORS_COUNTED,
        sentence="Indikatorerna i {tabell} går att räkna i kommunerna: senaste hela året har någon enhet i nämnaren.",
        threshold=0.25,
        why="Antagande. Vissa indikatorer gäller inte i alla kommuner; en fjärdedel tomma är ett fält som saknas.",
        what_to_do="Se kartan över konfiguration: vilka tabeller och kolumner levererar kommunen inte?",
        owner="lansanalys",
    ),
)
