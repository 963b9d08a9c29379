-- id: F3
-- namn: Ny utredning i stället för uppföljning
-- definition: Andel tillfällen då myndigheten gjorde en ny utredning för samma person och insats utan att beslutet
--   dessförinnan hade följts upp i steget Följa upp (högst 60 dagar före om länet inte har bestämt annat).
-- namnare: Myndighetens klarmarkerade uppföljningar av beslut i perioden, och nya utredningar som i perioden inleddes
--   under eller strax efter ett beslut och ledde till ett nytt beslut om samma insats med oförändrad omfattning.
-- taljare: De nya utredningarna där det tidigare beslutet inte är uppföljt i steget Följa upp samma dag eller nära
--   före.
-- exkluderingar: andrad_omfattning, ej_observerbar
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: lagre_ar_battre
-- enhet: uppföljning eller ny utredning
-- matt: andel
-- kalla: IBIC, processteget Följa upp; tidsfönstret är länets antagande
-- version: 2026-11-22
-- tolkning: En ny utredning med samma resultat är mer arbete för både den enskilde och handläggaren än en uppföljning.
--   Läs T6 bredvid, som räknar samma sak per tidsbegränsat beslut som löper ut.
-- malgrupp: Biståndshandläggare och deras chefer, kvalitetsansvariga.
-- vilseleder: En ny utredning kan vara rätt även när omfattningen blev oförändrad, till exempel vid en ny ansökan.
--   Insatser utan krav på uppföljning räknas också. En uppföljning som bara står i journalen hindrar inte att
--   utredningen räknas.
-- atgard: Gå igenom utredningarna utan föregående uppföljning: hade en uppföljning räckt? Se över om besluten
--   tidsbegränsas kortare än behovet kräver.
-- parametrar: oforandrad_procent, glapp_sok_dagar, ny_utredning_dagar
-- indata: uppfoljningsfakta, nya_utredningar, parametrar
WITH tillfalle AS (
    SELECT
        u.uppfoljning_id AS enhet_id,
        u.datum AS fran,
        TRUE AS oforandrad,
        FALSE AS i_stallet,
        u.kon AS kon,
        u.aldersgrupp AS aldersgrupp,
        u.insatsgrupp AS insatsgrupp,
        u.lagrum AS lagrum,
        u.regiform AS regiform
    FROM uppfoljningsfakta AS u
    WHERE u.gjord AND u.foremal = 'beslut' AND u.part = 'myndighet'
    UNION ALL
    SELECT
        n.utredning_id AS enhet_id,
        n.inledd AS fran,
        n.oforandrad AS oforandrad,
        NOT n.uppfoljd_fore AS i_stallet,
        n.kon AS kon,
        n.aldersgrupp AS aldersgrupp,
        n.insatsgrupp AS insatsgrupp,
        n.lagrum AS lagrum,
        n.regiform AS regiform
    FROM nya_utredningar AS n
),

enhet AS (
    SELECT
        t.*,
        -- Båda slagen räknas först när hela fönstret går att se; annars skulle andelen bli skev efter ett systembyte.
        CASE
            WHEN NOT t.oforandrad THEN 'andrad_omfattning'
            WHEN t.fran < p.folja_upp_fran + p.ny_utredning_dagar THEN 'ej_observerbar'
        END AS skal
    FROM tillfalle AS t
    CROSS JOIN parametrar AS p
)

SELECT
    'F3' AS indikator,
    e.enhet_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.i_stallet AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
