-- namn: uppfoljningslage
-- beskrivning: Om ett beslut är uppföljt av myndigheten inom fönstret, som perioder då ingenting ändras. En gång per
--   mått: i_steget räknar bara uppföljningar i steget Följa upp, oavsett_kanal räknar även journalen.
-- indata: beslutsfakta, uppfoljningsfakta, aldersgrans, parametrar
-- nyckel: matt, beslut_id, fran
WITH matt AS (
    SELECT
        'i_steget' AS matt,
        p.folja_upp_fran + p.uppfoljning_dagar AS observerbar_dag
    FROM parametrar AS p
    UNION ALL
    SELECT
        'oavsett_kanal' AS matt,
        p.journal_fran + p.uppfoljning_dagar AS observerbar_dag
    FROM parametrar AS p
),

enhet AS (
    SELECT
        m.matt AS matt,
        b.beslut_id AS beslut_id,
        b.galler_fran AS start,
        -- Efter uttagsdatum är ingenting känt: ett beslut som gäller då står öppet.
        CASE WHEN b.slut < p.uttagsdatum THEN b.slut + 1 END AS stopp,
        b.galler_fran + p.uppfoljning_dagar AS mogen_dag,
        m.observerbar_dag AS observerbar_dag,
        CASE
            WHEN NOT b.beviljat THEN 'ej_beviljat'
            WHEN b.utan_uppfoljningskrav THEN 'utan_uppfoljningskrav'
        END AS alltid_exkluderad,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM beslutsfakta AS b
    CROSS JOIN parametrar AS p
    CROSS JOIN matt AS m
    WHERE b.galler_fran <= p.uttagsdatum
),

uppfoljningsdag AS (
    SELECT
        m.matt AS matt,
        u.beslut_id AS beslut_id,
        u.datum AS dag
    FROM uppfoljningsfakta AS u
    INNER JOIN matt AS m ON m.matt = 'oavsett_kanal' OR u.kanal = 'folja_upp'
    WHERE u.gjord AND u.foremal = 'beslut' AND u.part = 'myndighet'
    GROUP BY m.matt, u.beslut_id, u.datum
),

-- En dag då något kan ändras, och hur många uppföljningar som då börjar (+1) eller slutar (-1) att gälla.
brytdag AS (
    SELECT e.matt AS matt, e.beslut_id AS beslut_id, e.start AS dag, 0 AS andring
    FROM enhet AS e
    UNION ALL
    SELECT e.matt AS matt, e.beslut_id AS beslut_id, e.mogen_dag AS dag, 0 AS andring
    FROM enhet AS e
    UNION ALL
    SELECT e.matt AS matt, e.beslut_id AS beslut_id, e.observerbar_dag AS dag, 0 AS andring
    FROM enhet AS e
    UNION ALL
    SELECT e.matt AS matt, e.beslut_id AS beslut_id, MAKE_DATE(e.fodelsear + a.fran_alder, 1, 1) AS dag, 0 AS andring
    FROM enhet AS e
    CROSS JOIN aldersgrans AS a
    WHERE e.fodelsear IS NOT NULL
    UNION ALL
    SELECT e.matt AS matt, e.beslut_id AS beslut_id, GREATEST(u.dag, e.start) AS dag, 1 AS andring
    FROM uppfoljningsdag AS u
    INNER JOIN enhet AS e ON u.matt = e.matt AND u.beslut_id = e.beslut_id
    UNION ALL
    SELECT
        e.matt AS matt,
        e.beslut_id AS beslut_id,
        GREATEST(u.dag + p.uppfoljning_dagar, e.start) AS dag,
        -1 AS andring
    FROM uppfoljningsdag AS u
    INNER JOIN enhet AS e ON u.matt = e.matt AND u.beslut_id = e.beslut_id
    CROSS JOIN parametrar AS p
),

dag_i_enheten AS (
    SELECT
        d.matt AS matt,
        d.beslut_id AS beslut_id,
        d.dag AS dag,
        SUM(d.andring) AS andring
    FROM brytdag AS d
    INNER JOIN enhet AS e ON d.matt = e.matt AND d.beslut_id = e.beslut_id
    CROSS JOIN parametrar AS p
    WHERE d.dag >= e.start AND d.dag < COALESCE(e.stopp, p.uttagsdatum + 1)
    GROUP BY d.matt, d.beslut_id, d.dag
),

dag_med_uppfoljningar AS (
    SELECT
        d.matt AS matt,
        d.beslut_id AS beslut_id,
        d.dag AS dag,
        SUM(d.andring) OVER (
            PARTITION BY d.matt, d.beslut_id
            ORDER BY d.dag ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS gallande
    FROM dag_i_enheten AS d
),

dag_med_skal AS (
    SELECT
        d.matt AS matt,
        d.beslut_id AS beslut_id,
        d.dag AS dag,
        d.gallande > 0 AS uppfoljd,
        CASE
            WHEN e.alltid_exkluderad IS NOT NULL THEN e.alltid_exkluderad
            WHEN d.dag < e.observerbar_dag THEN 'ej_observerbar'
            WHEN d.dag < e.mogen_dag THEN 'ej_moget'
        END AS exkluderad,
        COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp
    FROM dag_med_uppfoljningar AS d
    INNER JOIN enhet AS e ON d.matt = e.matt AND d.beslut_id = e.beslut_id
    LEFT JOIN aldersgrans AS a
        ON
            YEAR(d.dag) - e.fodelsear >= a.fran_alder
            AND YEAR(d.dag) - e.fodelsear <= COALESCE(a.till_alder, YEAR(d.dag) - e.fodelsear)
),

dag_med_lage AS (
    SELECT
        d.matt AS matt,
        d.beslut_id AS beslut_id,
        d.dag AS dag,
        d.exkluderad IS NULL AND d.uppfoljd AS i_taljare,
        d.exkluderad AS exkluderad,
        d.aldersgrupp AS aldersgrupp,
        CONCAT(
            COALESCE(d.exkluderad, CASE WHEN d.uppfoljd THEN 'uppfoljd' ELSE 'ej_uppfoljd' END), ' ', d.aldersgrupp
        ) AS lage
    FROM dag_med_skal AS d
),

dag_med_forra_laget AS (
    SELECT
        d.matt AS matt,
        d.beslut_id AS beslut_id,
        d.dag AS dag,
        d.i_taljare AS i_taljare,
        d.exkluderad AS exkluderad,
        d.aldersgrupp AS aldersgrupp,
        d.lage AS lage,
        LAG(d.lage) OVER (PARTITION BY d.matt, d.beslut_id ORDER BY d.dag ASC NULLS LAST) AS forra_laget
    FROM dag_med_lage AS d
),

andrat_lage AS (
    SELECT
        d.matt AS matt,
        d.beslut_id AS beslut_id,
        d.dag AS fran,
        LEAD(d.dag) OVER (PARTITION BY d.matt, d.beslut_id ORDER BY d.dag ASC NULLS LAST) AS nasta_dag,
        d.i_taljare AS i_taljare,
        d.exkluderad AS exkluderad,
        d.aldersgrupp AS aldersgrupp
    FROM dag_med_forra_laget AS d
    WHERE d.forra_laget IS NULL OR d.forra_laget <> d.lage
)

SELECT
    l.matt AS matt,
    l.beslut_id AS beslut_id,
    l.fran AS fran,
    COALESCE(l.nasta_dag, e.stopp) AS till,
    l.exkluderad IS NULL AS i_namnare,
    l.i_taljare AS i_taljare,
    l.exkluderad AS exkluderad,
    e.kon AS kon,
    l.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM andrat_lage AS l
INNER JOIN enhet AS e ON l.matt = e.matt AND l.beslut_id = e.beslut_id
