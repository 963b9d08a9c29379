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
-- indata: malutfall
SELECT
    'M2' AS indikator,
    m.mal_id AS enhet_id,
    m.dag AS fran,
    m.nasta_dag AS till,
    m.exkluderad IS NULL AS i_namnare,
    m.exkluderad IS NULL AND m.utfall IN ('helt', 'delvis') AS i_taljare,
    m.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    m.kon AS kon,
    m.aldersgrupp AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM malutfall AS m
