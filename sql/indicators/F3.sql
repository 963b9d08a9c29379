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
-- indata: uppfoljningsfakta, efterfoljare, beslutsfakta, aldersgrans, parametrar
WITH ny_utredning AS (
    SELECT
        n.utredning_id AS utredning_id,
        n.utredning_inledd AS inledd,
        n.omfattning_andrad AS omfattning_andrad,
        b.beslut_id AS beslut_id,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM efterfoljare AS n
    INNER JOIN beslutsfakta AS b ON n.beslut_id = b.beslut_id
    CROSS JOIN parametrar AS p
    WHERE
        n.nummer_i_utredningen = 1
        AND n.utredning_inledd >= b.galler_fran
        AND (b.slut IS NULL OR n.utredning_inledd < b.slut + p.glapp_sok_dagar)
),

uppfoljd_fore_utredning AS (
    SELECT n.utredning_id AS utredning_id
    FROM ny_utredning AS n
    INNER JOIN uppfoljningsfakta AS u ON n.beslut_id = u.beslut_id
    CROSS JOIN parametrar AS p
    WHERE
        u.gjord
        AND u.foremal = 'beslut'
        AND u.kanal = 'folja_upp'
        AND u.datum <= n.inledd
        AND n.inledd <= u.datum + p.ny_utredning_dagar
    GROUP BY n.utredning_id
),

tillfalle AS (
    SELECT
        u.uppfoljning_id AS enhet_id,
        u.datum AS fran,
        FALSE AS andrad_omfattning,
        FALSE AS i_stallet,
        u.kon AS kon,
        u.fodelsear AS fodelsear,
        u.insatsgrupp AS insatsgrupp,
        u.lagrum AS lagrum,
        u.regiform AS regiform
    FROM uppfoljningsfakta AS u
    WHERE u.gjord AND u.foremal = 'beslut' AND u.part = 'myndighet'
    UNION ALL
    SELECT
        n.utredning_id AS enhet_id,
        n.inledd AS fran,
        n.omfattning_andrad <> 'oforandrad' AS andrad_omfattning,
        f.utredning_id IS NULL AS i_stallet,
        n.kon AS kon,
        n.fodelsear AS fodelsear,
        n.insatsgrupp AS insatsgrupp,
        n.lagrum AS lagrum,
        n.regiform AS regiform
    FROM ny_utredning AS n
    LEFT JOIN uppfoljd_fore_utredning AS f ON n.utredning_id = f.utredning_id
),

enhet AS (
    SELECT
        t.enhet_id AS enhet_id,
        t.fran AS fran,
        -- Båda slagen räknas först när hela fönstret går att se; annars skulle andelen bli skev efter ett systembyte.
        CASE
            WHEN t.andrad_omfattning THEN 'andrad_omfattning'
            WHEN t.fran < p.folja_upp_fran + p.ny_utredning_dagar THEN 'ej_observerbar'
        END AS exkluderad,
        t.i_stallet AS i_stallet,
        t.kon AS kon,
        t.fodelsear AS fodelsear,
        t.insatsgrupp AS insatsgrupp,
        t.lagrum AS lagrum,
        t.regiform AS regiform
    FROM tillfalle AS t
    CROSS JOIN parametrar AS p
)

SELECT
    'F3' AS indikator,
    e.enhet_id AS enhet_id,
    e.fran AS fran,
    CAST(NULL AS DATE) AS till,
    e.exkluderad IS NULL AS i_namnare,
    e.exkluderad IS NULL AND e.i_stallet AS i_taljare,
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
