-- id: M2
-- namn: Minst delvis uppfyllda mål
-- definition: Andel av de bedömda målen som var helt eller delvis uppfyllda vid periodens senaste uppföljning av målet.
-- namnare: Mål som har bedömts vid en klarmarkerad uppföljning i perioden; den senaste i perioden räknas.
-- taljare: De av målen vars utfall är helt eller delvis.
-- exkluderingar: utan_behovsprovning, ej_observerbar, ej_bedomt
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- kalla: IBIC, måluppfyllelse; ISU, frågan om målen nås
-- version: 2026-11-22
-- tolkning: Läs tillsammans med M1: skillnaden mellan M2 och M1 är de mål som är delvis uppfyllda.
-- malgrupp: Chefer för myndighet och utförare, kvalitetsansvariga och länets samordnare.
-- vilseleder: Delvis är ett brett svar. Två handläggare kan mena olika saker med det, så en skillnad mellan kommuner
--   kan vara en skillnad i hur svaret används.
-- atgard: Kom överens om vad delvis betyder, gärna med exempel, och pröva samma ärende hos flera handläggare innan
--   siffrorna jämförs.
-- indata: malutfall, aldersgrans, parametrar
WITH enhet AS (
    SELECT
        m.mal_id AS mal_id,
        m.dag AS fran,
        m.nasta_dag AS till,
        m.utfall AS utfall,
        CASE
            WHEN m.utan_behovsprovning THEN 'utan_behovsprovning'
            WHEN m.dag < p.maluppfyllelse_fran THEN 'ej_observerbar'
            WHEN m.utfall = 'ej_bedomt' THEN 'ej_bedomt'
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
    'M2' AS indikator,
    e.mal_id AS enhet_id,
    e.fran AS fran,
    e.till AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.utfall IN ('helt', 'delvis') AS i_taljare,
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
