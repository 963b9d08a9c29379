-- id: D3
-- namn: Utredningens kärna komplett
-- definition: Andel avslutade utredningar där alla sex delar är dokumenterade: från vem uppgifterna är inhämtade,
--   samtycke, informerat samtal, den enskildes uppfattning, samlad bedömning och att utredningen har kommunicerats.
-- namnare: Utredningar som har avslutats i perioden.
-- taljare: De av utredningarna där alla sex delar är dokumenterade.
-- exkluderingar: avskriven
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: utredning
-- varde: Antal av de sex delarna som är dokumenterade, 0 till 6.
-- kalla: SOSFS 2014:5; länets val av sex delar
-- version: 2026-11-22
-- tolkning: Läs medianen bredvid andelen: en del som nästan alla missar drar ner andelen till noll, fast det mesta
--   finns.
-- malgrupp: Biståndshandläggare och deras chefer, kvalitetsansvariga, systemförvaltare.
-- vilseleder: En kryssad ruta visar att något är dokumenterat, inte hur väl. En del som kommunens system saknar fält
--   för, eller som inte kom med i uttaget, ser ut som om den aldrig gjordes.
-- atgard: Se vilken av de sex delarna som oftast saknas. Saknas den överallt: fråga först systemförvaltaren om fältet
--   finns och kommer med i uttaget. Saknas den i vissa ärenden: ta upp den i handläggargruppen.
-- indata: utredningsfakta, aldersgrans
WITH enhet AS (
    SELECT
        u.utredning_id AS utredning_id,
        u.avslutad AS fran,
        CASE WHEN u.utfall = 'avskriven' THEN 'avskriven' END AS exkluderad,
        u.antal_delar AS antal_delar,
        u.kon AS kon,
        u.fodelsear AS fodelsear,
        u.insatsgrupp AS insatsgrupp,
        u.lagrum AS lagrum,
        u.regiform AS regiform
    FROM utredningsfakta AS u
    WHERE u.avslutad IS NOT NULL
)

SELECT
    'D3' AS indikator,
    e.utredning_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.antal_delar = 6 AS i_taljare,
    e.exkluderad AS exkluderad,
    CAST(e.antal_delar AS DOUBLE) AS varde,
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
