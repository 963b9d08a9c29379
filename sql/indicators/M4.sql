-- id: M4
-- namn: Nått avsett funktionstillstånd
-- definition: Andel av de bedömda målen där funktionstillståndet vid periodens senaste uppföljning var det avsedda
--   eller bättre, räknat från skalan 0 till 4.
-- namnare: Mål som har bedömts vid en klarmarkerad uppföljning i perioden och har en siffra mellan 0 och 4 både för
--   avsett tillstånd och för tillståndet vid uppföljningen. 8 (ej specificerat) och 9 (ej tillämpbart) är inga siffror.
-- taljare: De av målen där tillståndet vid uppföljningen är lika med eller lägre än det avsedda; lägre är bättre.
-- exkluderingar: utan_behovsprovning, ej_observerbar, ej_bedomt, saknar_skala
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- kalla: ICF, den generiska skalan; IBIC, måluppfyllelse
-- version: 2026-11-22
-- tolkning: Det är ett beräknat svar på samma fråga som M1 ställer i ord; läs bortfallet utan skala i tratten bredvid.
-- malgrupp: Kvalitetsansvariga, verksamhetsutvecklare och länets samordnare.
-- vilseleder: Ett mål kan vara uppnått utan att siffran ändras, och siffran kan ändras av annat än insatsen.
--   Dokumenteras skalan bara i vissa ärenden är de som räknas inte ett tvärsnitt av alla.
-- atgard: Är bortfallet utan skala stort: se till att tillståndet skattas vid uppföljningen, inte bara i utredningen.
--   Skiljer sig svaret från M1: läs M7.
-- indata: malutfall, aldersgrans, parametrar
WITH enhet AS (
    SELECT
        m.mal_id AS mal_id,
        m.dag AS fran,
        m.nasta_dag AS till,
        m.utfall_beraknat AS utfall_beraknat,
        CASE
            WHEN m.utan_behovsprovning THEN 'utan_behovsprovning'
            WHEN m.dag < p.maluppfyllelse_fran THEN 'ej_observerbar'
            WHEN m.utfall = 'ej_bedomt' THEN 'ej_bedomt'
            WHEN m.utfall_beraknat IS NULL THEN 'saknar_skala'
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
    'M4' AS indikator,
    e.mal_id AS enhet_id,
    e.fran AS fran,
    e.till AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.utfall_beraknat = 'helt' AS i_taljare,
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
