-- id: M7
-- namn: Samstämmighet mellan angivet och beräknat utfall
-- definition: Andel av de bedömda målen där det angivna utfallet (helt eller inte) är detsamma som skalan ger.
-- namnare: Mål som har bedömts som helt eller inte uppfyllda vid periodens senaste klarmarkerade uppföljning av målet,
--   och har en siffra mellan 0 och 4 både för avsett tillstånd och för tillståndet vid uppföljningen.
-- taljare: De av målen där utfallet är helt och det avsedda tillståndet är nått, eller utfallet är inte och det inte är
--   nått.
-- exkluderingar: utan_behovsprovning, ej_observerbar, ej_bedomt, saknar_skala, delvis
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: mål
-- kalla: Egen kontroll av att uppgifterna håller ihop; ICF och IBIC, måluppfyllelse
-- version: 2026-11-22
-- tolkning: Det är ett mått på uppgifternas kvalitet, inte på resultat för den enskilde.
-- malgrupp: Kvalitetsansvariga, systemförvaltare och länets samordnare; den som läser M1 eller M4.
-- vilseleder: Målet kan beskriva något som skalan inte fångar, så oenighet är inte alltid ett fel. Mål som är delvis
--   uppfyllda är inte med, eftersom skalan inte säger var delvis börjar.
-- atgard: Är andelen låg: vänta med att jämföra M1 och M4. Läs några ärenden där svaren går isär, och se om skalan
--   används vänd, eller om siffran vid uppföljningen fylls i av vana.
-- indata: malutfall
WITH enhet AS (
    SELECT
        m.*,
        CASE
            WHEN m.exkluderad IS NOT NULL THEN m.exkluderad
            WHEN m.utfall_beraknat IS NULL THEN 'saknar_skala'
            WHEN m.utfall = 'delvis' THEN 'delvis'
        END AS skal
    FROM malutfall AS m
)

SELECT
    'M7' AS indikator,
    e.mal_id AS enhet_id,
    e.dag AS fran,
    e.nasta_dag AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND (e.utfall = 'helt') = (e.utfall_beraknat = 'helt') AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
