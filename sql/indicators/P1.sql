-- id: P1
-- namn: Individens uppfattning dokumenterad
-- definition: Andel avslutade utredningar där den enskildes egen uppfattning är dokumenterad och uppgifterna kommer
--   från den enskilde, ensam eller tillsammans med andra.
-- namnare: Utredningar som har avslutats i perioden.
-- taljare: De av utredningarna där den enskildes uppfattning är dokumenterad, och den enskilde själv har lämnat
--   uppgifter.
-- exkluderingar: avskriven
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: utredning
-- kalla: SOSFS 2014:5; IBIC, individens uppfattning
-- version: 2026-11-22
-- tolkning: Båda villkoren ska vara uppfyllda: en uppfattning som bara en anhörig eller företrädare har återgett räknas
--   inte.
-- malgrupp: Biståndshandläggare och deras chefer, brukarråd, kvalitetsansvariga.
-- vilseleder: För den som inte kan föra sin egen talan är det riktigt att en företrädare lämnar uppgifterna; de
--   utredningarna räknas här som om något fattades. Att något står under rubriken säger inte att den enskilde känner
--   igen det.
-- atgard: Skilj på de två villkoren i ett stickprov: saknas texten, eller är det någon annan som har lämnat
--   uppgifterna? Pröva stöd för samtalet, till exempel bilder, tolk eller mer tid, innan någon annan får svara.
-- indata: utredningsfakta, aldersgrans
WITH enhet AS (
    SELECT
        u.utredning_id AS utredning_id,
        u.avslutad AS fran,
        CASE WHEN u.utfall = 'avskriven' THEN 'avskriven' END AS exkluderad,
        u.del_individens_uppfattning = 1
        AND COALESCE(u.uppgifter_fran IN ('individen', 'individen_och_andra'), FALSE) AS egen_uppfattning,
        u.kon AS kon,
        u.fodelsear AS fodelsear,
        u.insatsgrupp AS insatsgrupp,
        u.lagrum AS lagrum,
        u.regiform AS regiform
    FROM utredningsfakta AS u
    WHERE u.avslutad IS NOT NULL
)

SELECT
    'P1' AS indikator,
    e.utredning_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.egen_uppfattning AS i_taljare,
    e.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
LEFT JOIN aldersgrans AS a
    ON
        YEAR(e.fran) - e.fodelsear >= a.fran_alder
        AND YEAR(e.fran) - e.fodelsear <= COALESCE(a.till_alder, YEAR(e.fran) - e.fodelsear)
