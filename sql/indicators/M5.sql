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
-- indata: malutfall, parametrar
WITH enhet AS (
    SELECT
        m.*,
        CASE
            WHEN m.exkluderad IS NOT NULL THEN m.exkluderad
            WHEN m.uppfoljt_tal IS NULL OR m.bedomt_tal IS NULL THEN 'saknar_skala'
            WHEN m.dag < m.bedomt_dag + p.skala_avstand_dagar THEN 'for_tatt'
        END AS skal
    FROM malutfall AS m
    CROSS JOIN parametrar AS p
)

SELECT
    'M5' AS indikator,
    e.mal_id AS enhet_id,
    e.dag AS fran,
    e.nasta_dag AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.uppfoljt_tal < e.bedomt_tal AS i_taljare,
    e.skal AS exkluderad,
    CAST(e.uppfoljt_tal - e.bedomt_tal AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
