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
-- indata: utredningsfakta
SELECT
    'D3' AS indikator,
    u.utredning_id AS enhet_id,
    u.avslutad AS fran,
    CAST(NULL AS DATE) AS till,
    u.exkluderad IS NULL AS i_namnare,
    u.exkluderad IS NULL AND u.antal_delar = 6 AS i_taljare,
    u.exkluderad AS exkluderad,
    CAST(u.antal_delar AS DOUBLE) AS varde,
    u.kon AS kon,
    u.aldersgrupp AS aldersgrupp,
    u.insatsgrupp AS insatsgrupp,
    u.lagrum AS lagrum,
    u.regiform AS regiform
FROM utredningsfakta AS u
WHERE u.avslutad IS NOT NULL
