-- namn: planlage
-- beskrivning: Om en plan är aktuell, det vill säga klarmarkerad inom fönstret, som perioder då ingenting ändras. En
--   gång per mått: genomforandeplan gäller uppdrag och deras planer, individuell_plan gäller personer med insats enligt
--   LSS, från den första individuella planen till och med sista dagen i något av personens beviljade LSS-beslut.
-- indata: uppdragsfakta, beslutsfakta, planfakta, aldersgrans, aldersgrupper, parametrar
-- nyckel: matt, enhet_id, fran
WITH klarmarkerad_dag AS (
    SELECT
        'genomforandeplan' AS matt,
        g.uppdrag_id AS enhet_id,
        g.klarmarkerad AS dag
    FROM planfakta AS g
    WHERE g.typ = 'plan' AND g.klarmarkerad IS NOT NULL
    GROUP BY g.uppdrag_id, g.klarmarkerad
    UNION ALL
    SELECT
        'individuell_plan' AS matt,
        g.individ_id AS enhet_id,
        g.klarmarkerad AS dag
    FROM planfakta AS g
    WHERE g.typ = 'individuell_plan' AND g.lag_villkor = 'LSS' AND g.klarmarkerad IS NOT NULL
    GROUP BY g.individ_id, g.klarmarkerad
),

forsta_plan AS (
    SELECT
        k.enhet_id AS individ_id,
        MIN(k.dag) AS dag
    FROM klarmarkerad_dag AS k
    WHERE k.matt = 'individuell_plan'
    GROUP BY k.enhet_id
),

lss_beslut AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.individ_id AS individ_id,
        MAX(LEAST(COALESCE(b.slut, p.uttagsdatum), p.uttagsdatum)) OVER (PARTITION BY b.individ_id) AS sista_dag,
        ROW_NUMBER() OVER (
            PARTITION BY b.individ_id
            ORDER BY b.galler_fran DESC NULLS LAST, b.beslut_id DESC NULLS LAST
        ) AS ordning
    FROM beslutsfakta AS b
    CROSS JOIN parametrar AS p
    WHERE
        b.lag_villkor = 'LSS'
        AND b.beviljat
        AND b.galler_fran <= p.uttagsdatum
        AND (b.slut IS NULL OR b.slut >= b.galler_fran)
),

-- Efter uttagsdatum är ingenting känt: det som gäller då har uttagsdatum som sista dag och står öppet.
enhet AS (
    SELECT
        'genomforandeplan' AS matt,
        u.uppdrag_id AS enhet_id,
        u.startdag + p.gp_frist_dagar AS start,
        LEAST(COALESCE(u.slut, p.uttagsdatum), p.uttagsdatum) AS sista_dag,
        GREATEST(u.startdag + p.gp_frist_dagar, p.genomforandeplan_fran + p.gp_aktuell_dagar) AS bedoms_fran,
        p.gp_aktuell_dagar AS fonster,
        CASE
            WHEN u.utan_genomforandeplan THEN 'utan_genomforandeplan'
            WHEN NOT u.beviljat THEN 'ej_beviljat'
            WHEN NOT u.paborjat THEN 'ej_paborjat'
        END AS alltid_exkluderad,
        u.kon AS kon,
        u.fodelsear AS fodelsear,
        u.insatsgrupp AS insatsgrupp,
        u.lagrum AS lagrum,
        u.regiform AS regiform
    FROM uppdragsfakta AS u
    CROSS JOIN parametrar AS p
    UNION ALL
    SELECT
        'individuell_plan' AS matt,
        l.individ_id AS enhet_id,
        f.dag AS start,
        l.sista_dag AS sista_dag,
        GREATEST(f.dag, p.genomforandeplan_fran + p.individuell_plan_dagar) AS bedoms_fran,
        p.individuell_plan_dagar AS fonster,
        CAST(NULL AS VARCHAR) AS alltid_exkluderad,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM lss_beslut AS l
    INNER JOIN beslutsfakta AS b ON l.beslut_id = b.beslut_id
    INNER JOIN forsta_plan AS f ON l.individ_id = f.individ_id
    CROSS JOIN parametrar AS p
    WHERE l.ordning = 1
),

klarmarkerad_dag_med_grannar AS (
    SELECT
        k.matt AS matt,
        k.enhet_id AS enhet_id,
        k.dag AS dag,
        LAG(k.dag) OVER (PARTITION BY k.matt, k.enhet_id ORDER BY k.dag ASC NULLS LAST) AS forra_dag,
        LEAD(k.dag) OVER (PARTITION BY k.matt, k.enhet_id ORDER BY k.dag ASC NULLS LAST) AS nasta_dag
    FROM klarmarkerad_dag AS k
),

-- En dag då något kan ändras, och om planen då blir aktuell (+1) eller upphör att vara det (-1). Planer vars fönster
-- griper i varandra är en sammanhängande tid. Det som hände innan läget bedöms avgör läget på den första bedömda dagen.
brytdag AS (
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, e.start AS dag, 0 AS andring
    FROM enhet AS e
    UNION ALL
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, e.bedoms_fran AS dag, 0 AS andring
    FROM enhet AS e
    WHERE e.alltid_exkluderad IS NULL
    UNION ALL
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, MAKE_DATE(e.fodelsear + a.fran_alder, 1, 1) AS dag, 0 AS andring
    FROM enhet AS e
    CROSS JOIN aldersgrans AS a
    WHERE e.fodelsear IS NOT NULL
    UNION ALL
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, GREATEST(k.dag, e.bedoms_fran) AS dag, 1 AS andring
    FROM klarmarkerad_dag_med_grannar AS k
    INNER JOIN enhet AS e ON k.matt = e.matt AND k.enhet_id = e.enhet_id
    WHERE e.alltid_exkluderad IS NULL AND (k.forra_dag IS NULL OR k.forra_dag + e.fonster < k.dag)
    UNION ALL
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, GREATEST(k.dag + e.fonster, e.bedoms_fran) AS dag, -1 AS andring
    FROM klarmarkerad_dag_med_grannar AS k
    INNER JOIN enhet AS e ON k.matt = e.matt AND k.enhet_id = e.enhet_id
    WHERE e.alltid_exkluderad IS NULL AND (k.nasta_dag IS NULL OR k.dag + e.fonster < k.nasta_dag)
),

dag_i_enheten AS (
    SELECT
        d.matt AS matt,
        d.enhet_id AS enhet_id,
        d.dag AS dag,
        SUM(d.andring) AS andring
    FROM brytdag AS d
    INNER JOIN enhet AS e ON d.matt = e.matt AND d.enhet_id = e.enhet_id
    WHERE d.dag >= e.start AND d.dag <= e.sista_dag
    GROUP BY d.matt, d.enhet_id, d.dag
),

stracka AS (
    SELECT
        d.matt AS matt,
        d.enhet_id AS enhet_id,
        d.dag AS fran,
        LEAD(d.dag) OVER (PARTITION BY d.matt, d.enhet_id ORDER BY d.dag ASC NULLS LAST) AS nasta_dag,
        SUM(d.andring) OVER (
            PARTITION BY d.matt, d.enhet_id
            ORDER BY d.dag ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) > 0 AS aktuell
    FROM dag_i_enheten AS d
)

SELECT
    s.matt AS matt,
    s.enhet_id AS enhet_id,
    s.fran AS fran,
    COALESCE(s.nasta_dag, CASE WHEN e.sista_dag < p.uttagsdatum THEN e.sista_dag + 1 END) AS till,
    s.aktuell AS aktuell,
    CASE
        WHEN e.alltid_exkluderad IS NOT NULL THEN e.alltid_exkluderad
        WHEN s.fran < e.bedoms_fran THEN 'ej_observerbar'
    END AS exkluderad,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM stracka AS s
INNER JOIN enhet AS e ON s.matt = e.matt AND s.enhet_id = e.enhet_id
CROSS JOIN parametrar AS p
LEFT JOIN aldersgrupper AS a ON e.fodelsear = a.fodelsear AND YEAR(s.fran) = a.ar
