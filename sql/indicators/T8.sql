-- id: T8
-- namn: Tid från ansökan till beslut
-- definition: Hur många dagar det tog från ansökan till beslut, och andelen beslut som fattades inom kommunens mål
--   (30 dagar om länet eller kommunen inte har bestämt annat).
-- namnare: Beslut om bifall, delvis bifall eller avslag i perioden, i utredningar som började med en ansökan.
-- taljare: De av besluten som fattades inom så många dagar från ansökan som målet anger.
-- exkluderingar: saknar_ansokan, ansokan_efter_beslut
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: beslut
-- varde: Dagar från ansökan till beslut.
-- matt: median
-- kalla: Kommunalt mål; lagen säger skyndsamt men har ingen fast frist för vuxna. Jämför Koladas mått på utredningstid
-- version: 2026-11-22
-- tolkning: Avslag räknas som bifall: det är väntan på besked som mäts. Läs medianen och den nittionde percentilen
--   bredvid andelen.
-- malgrupp: Förvaltningsledningen, och den som leder handläggarna.
-- vilseleder: Flera beslut i samma utredning räknas var för sig. Ärenden som öppnats utan ansökan syns inte, och
--   kommunens eget mål kan skilja sig från grannens.
-- atgard: Se vilka insatser som tar längst tid, och om utredningarna väntar på att påbörjas eller på underlag.
-- parametrar: utredningstid_dagar
-- indata: beslutsfakta, parametrar
WITH enhet AS (
    SELECT
        b.*,
        CASE
            WHEN b.ansokan_datum IS NULL THEN 'saknar_ansokan'
            WHEN b.ansokan_datum > b.beslutsdatum THEN 'ansokan_efter_beslut'
        END AS skal,
        COALESCE(b.beslutsdatum <= b.ansokan_datum + p.utredningstid_dagar, FALSE) AS i_tid
    FROM beslutsfakta AS b
    CROSS JOIN parametrar AS p
    WHERE b.utfall IN ('bifall', 'delvis_bifall', 'avslag')
)

SELECT
    'T8' AS indikator,
    e.beslut_id AS enhet_id,
    e.beslutsdatum AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.i_tid AS i_taljare,
    e.skal AS exkluderad,
    CAST(DATE_DIFF('day', e.ansokan_datum, e.beslutsdatum) AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
