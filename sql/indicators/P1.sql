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
-- indata: utredningsfakta
SELECT
    'P1' AS indikator,
    u.utredning_id AS enhet_id,
    u.avslutad AS fran,
    CAST(NULL AS DATE) AS till,
    u.exkluderad IS NULL AS i_namnare,
    u.exkluderad IS NULL
    AND u.del_individens_uppfattning = 1
    AND COALESCE(u.uppgifter_fran IN ('individen', 'individen_och_andra'), FALSE) AS i_taljare,
    u.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    u.kon AS kon,
    u.aldersgrupp AS aldersgrupp,
    u.insatsgrupp AS insatsgrupp,
    u.lagrum AS lagrum,
    u.regiform AS regiform
FROM utredningsfakta AS u
WHERE u.avslutad IS NOT NULL
