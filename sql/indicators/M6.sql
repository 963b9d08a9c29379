-- id: M6
-- namn: Bibehållet funktionstillstånd
-- definition: Andel av de bedömda målen att bibehålla ett funktionstillstånd där det inte hade försämrats vid periodens
--   senaste uppföljning.
-- namnare: Mål vars avsedda tillstånd är detsamma som utredningen bedömde, som har bedömts vid en klarmarkerad
--   uppföljning i perioden med en siffra mellan 0 och 4, tidigast 60 dagar efter bedömningen om länet inte har bestämt
--   annat. 8 (ej specificerat) och 9 (ej tillämpbart) är inga siffror.
-- taljare: De av målen där tillståndet vid uppföljningen är lika med eller lägre än i utredningen; lägre är bättre.
-- exkluderingar: utan_behovsprovning, ej_observerbar, ej_bedomt, saknar_skala, for_tatt, ej_bibehallande
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- kalla: ICF, den generiska skalan; IBIC, mål att bibehålla
-- version: 2026-11-22
-- tolkning: Att behålla en förmåga är ofta målet för äldre. Här är oförändrat ett gott utfall, i M5 syns det inte.
-- malgrupp: Chefer och kvalitetsansvariga inom äldreomsorg och funktionshinder, och länets samordnare.
-- vilseleder: Mål räknas som bibehållande när de två siffrorna är lika, oavsett vad som står under inriktning. Siffror
--   som har kopierats från utredningen till målet och vidare till uppföljningen ger en hög andel utan att något har
--   prövats.
-- atgard: Är andelen nära hundra: titta i några ärenden efter om tillståndet faktiskt skattades på nytt. Är den låg: se
--   vid vilka insatser förmågan sviktar, och pröva behoven på nytt där.
-- parametrar: skala_avstand_dagar
-- indata: malutfall, parametrar
WITH enhet AS (
    SELECT
        m.*,
        CASE
            WHEN m.exkluderad IS NOT NULL THEN m.exkluderad
            WHEN m.uppfoljt_tal IS NULL OR m.bedomt_tal IS NULL THEN 'saknar_skala'
            WHEN m.dag < m.bedomt_dag + p.skala_avstand_dagar THEN 'for_tatt'
            WHEN COALESCE(m.avsett_tal <> m.bedomt_tal, TRUE) THEN 'ej_bibehallande'
        END AS skal
    FROM malutfall AS m
    CROSS JOIN parametrar AS p
)

SELECT
    'M6' AS indikator,
    e.mal_id AS enhet_id,
    e.dag AS fran,
    e.nasta_dag AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.uppfoljt_tal <= e.bedomt_tal AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
