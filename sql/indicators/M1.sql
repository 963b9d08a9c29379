-- id: M1
-- namn: Helt uppfyllda mål
-- definition: Andel av de bedömda målen som var helt uppfyllda vid periodens senaste uppföljning av målet.
-- namnare: Mål som har bedömts vid en klarmarkerad uppföljning i perioden; den senaste i perioden räknas.
-- taljare: De av målen vars utfall är helt.
-- exkluderingar: utan_behovsprovning, ej_observerbar, ej_bedomt
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- kalla: IBIC, måluppfyllelse; ISU, frågan om målen nås
-- version: 2026-07-01
-- tolkning: Bara mål som följts upp räknas, så läs M3 bredvid: en hög andel av få bedömda mål säger lite.
-- malgrupp: Chefer för myndighet och utförare, kvalitetsansvariga och länets samordnare.
-- vilseleder: Lätta mål nås oftare än svåra, och mål som ingen bedömer syns inte. En hög andel behöver därför inte
--   betyda att insatserna har gjort större skillnad.
-- atgard: Läs M3 först. Är täckningen låg: börja med att målen bedöms vid varje uppföljning. Är den god: gå igenom de
--   mål som inte nås tillsammans med utföraren, och pröva om målet eller insatsen behöver ändras.
-- indata: malutfall
SELECT
    'M1' AS indikator,
    m.mal_id AS enhet_id,
    m.dag AS fran,
    m.nasta_dag AS till,
    m.exkluderad IS NULL AS i_namnare,
    m.exkluderad IS NULL AND m.utfall = 'helt' AS i_taljare,
    m.exkluderad AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    m.kon AS kon,
    m.aldersgrupp AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM malutfall AS m
