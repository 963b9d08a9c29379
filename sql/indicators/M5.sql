-- id: M5
-- namn: Förbättrat funktionstillstånd
-- definition: Andel av de bedömda målen där funktionstillståndet vid periodens senaste uppföljning var bättre (lägre på
--   skalan 0 till 4) än när det bedömdes i utredningen.
-- namnare: Mål som har bedömts vid en klarmarkerad uppföljning i perioden, har en siffra mellan 0 och 4 både i
--   utredningens bedömning av samma ICF-kod och vid uppföljningen, och följdes upp tidigast 60 dagar efter bedömningen
--   om länet inte har bestämt annat. 8 (ej specificerat) och 9 (ej tillämpbart) är inga siffror.
-- taljare: De av målen där tillståndet vid uppföljningen är lägre än i utredningen.
-- exkluderingar: utan_behovsprovning, ej_observerbar, ej_bedomt, saknar_skala, for_tatt
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- varde: Förändring på skalan från utredningen till uppföljningen; negativt är en förbättring.
-- kalla: ICF, den generiska skalan; ISU, jämförelse före och efter
-- version: 2026-11-22
-- tolkning: De som inte har förbättrats kan vara oförändrade, och det kan vara ett gott resultat: läs M6 bredvid.
-- malgrupp: Kvalitetsansvariga, verksamhetsutvecklare och länets samordnare.
-- vilseleder: Förändringen mäter inte vad insatsen har gjort: hälsa, ålder och anhörigas stöd spelar också in. Skalan
--   är grov, så ett steg kan vara skillnaden mellan två handläggare. För många är försämring väntad.
-- atgard: Använd siffran för att ställa frågor om grupper, inte för att rangordna kommuner. Se vilka insatser där
--   försämringen är större än väntat, och läs några av de ärendena.
-- parametrar: skala_avstand_dagar
-- indata: malutfall, aldersgrans, parametrar
WITH enhet AS (
    SELECT
        m.mal_id AS mal_id,
        m.dag AS fran,
        m.nasta_dag AS till,
        m.uppfoljt_tal AS uppfoljt_tal,
        m.bedomt_tal AS bedomt_tal,
        CASE
            WHEN m.utan_behovsprovning THEN 'utan_behovsprovning'
            WHEN m.dag < p.maluppfyllelse_fran THEN 'ej_observerbar'
            WHEN m.utfall = 'ej_bedomt' THEN 'ej_bedomt'
            WHEN m.uppfoljt_tal IS NULL OR m.bedomt_tal IS NULL THEN 'saknar_skala'
            WHEN m.dag < m.bedomt_dag + p.skala_avstand_dagar THEN 'for_tatt'
        END AS exkluderad,
        m.kon AS kon,
        m.fodelsear AS fodelsear,
        m.insatsgrupp AS insatsgrupp,
        m.lagrum AS lagrum,
        m.regiform AS regiform
    FROM malutfall AS m
    CROSS JOIN parametrar AS p
)

SELECT
    'M5' AS indikator,
    e.mal_id AS enhet_id,
    e.fran AS fran,
    e.till AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.uppfoljt_tal < e.bedomt_tal AS i_taljare,
    e.exkluderad AS exkluderad,
    CAST(e.uppfoljt_tal - e.bedomt_tal AS DOUBLE) AS varde,
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
