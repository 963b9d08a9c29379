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
-- indata: malutfall
WITH enhet AS (
    SELECT
        m.*,
        CASE
            WHEN m.exkluderad IS NOT NULL THEN m.exkluderad
            WHEN m.utfall_beraknat IS NULL THEN 'saknar_skala'
        END AS skal
    FROM malutfall AS m
)

SELECT
    'M4' AS indikator,
    e.mal_id AS enhet_id,
    e.dag AS fran,
    e.nasta_dag AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.utfall_beraknat = 'helt' AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
