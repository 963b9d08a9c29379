-- namn: handelselage
-- beskrivning: Om det som väntas har hänt, som perioder då ingenting ändras. En gång per mått: hel_kedja gäller beslut i
--   det fönster då deras process granskas, och väntar på att alla steg ska stå; klarmarkerad_plan gäller planversioner
--   vars planfrist har gått ut, till och med uppdragets sista dag, och väntar på att planen ska klarmarkeras.
-- indata: beslutsfakta, processkedja, planfakta, aldersgrans, aldersgrupper, parametrar
-- nyckel: matt, enhet_id, fran
WITH enhet AS (
    SELECT
        'hel_kedja' AS matt,
        b.beslut_id AS enhet_id,
        k.kedja_fran AS start,
        LEAST(k.kedja_till, p.uttagsdatum + 1) AS forsta_dag_efter,
        k.kedja_hel_dag AS dag,
        CASE
            WHEN NOT b.beviljat THEN 'ej_beviljat'
            WHEN b.utan_genomforandeplan THEN 'utan_genomforandeplan'
            WHEN b.utan_uppfoljningskrav THEN 'utan_uppfoljningskrav'
            WHEN b.galler_fran < GREATEST(p.genomforandeplan_fran, p.journal_fran) THEN 'ej_observerbar'
        END AS exkluderad,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM beslutsfakta AS b
    INNER JOIN processkedja AS k ON b.beslut_id = k.beslut_id
    CROSS JOIN parametrar AS p
    WHERE b.slut IS NULL OR b.slut >= b.galler_fran
    UNION ALL
    SELECT
        'klarmarkerad_plan' AS matt,
        g.plan_id AS enhet_id,
        g.upprattad + p.gp_frist_dagar AS start,
        LEAST(COALESCE(g.slut, p.uttagsdatum), p.uttagsdatum) + 1 AS forsta_dag_efter,
        g.klarmarkerad AS dag,
        CASE
            WHEN g.typ = 'rutinbeskrivning' THEN 'rutinbeskrivning'
            WHEN g.status = 'makulerad' THEN 'makulerad'
            WHEN g.upprattad < p.genomforandeplan_fran THEN 'ej_observerbar'
        END AS exkluderad,
        g.kon AS kon,
        g.fodelsear AS fodelsear,
        g.insatsgrupp AS insatsgrupp,
        g.lagrum AS lagrum,
        g.regiform AS regiform
    FROM planfakta AS g
    CROSS JOIN parametrar AS p
    WHERE g.typ IN ('plan', 'rutinbeskrivning')
),

-- En dag då något kan ändras: början, dagen då det hände, och 1 januari det år då personen passerar en åldersgräns.
brytdag AS (
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, e.start AS dag
    FROM enhet AS e
    WHERE e.start < e.forsta_dag_efter
    UNION
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, e.dag AS dag
    FROM enhet AS e
    WHERE e.exkluderad IS NULL AND e.dag > e.start AND e.dag < e.forsta_dag_efter
    UNION
    SELECT e.matt AS matt, e.enhet_id AS enhet_id, MAKE_DATE(e.fodelsear + a.fran_alder, 1, 1) AS dag
    FROM enhet AS e
    CROSS JOIN aldersgrans AS a
    WHERE
        MAKE_DATE(e.fodelsear + a.fran_alder, 1, 1) > e.start
        AND MAKE_DATE(e.fodelsear + a.fran_alder, 1, 1) < e.forsta_dag_efter
),

stracka AS (
    SELECT
        d.matt AS matt,
        d.enhet_id AS enhet_id,
        d.dag AS fran,
        LEAD(d.dag) OVER (PARTITION BY d.matt, d.enhet_id ORDER BY d.dag ASC NULLS LAST) AS nasta_dag
    FROM brytdag AS d
)

SELECT
    s.matt AS matt,
    s.enhet_id AS enhet_id,
    s.fran AS fran,
    -- Efter uttagsdatum är ingenting känt: det som gäller då står öppet.
    COALESCE(s.nasta_dag, CASE WHEN e.forsta_dag_efter <= p.uttagsdatum THEN e.forsta_dag_efter END) AS till,
    COALESCE(e.dag <= s.fran, FALSE) AS har_hant,
    e.exkluderad AS exkluderad,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM stracka AS s
INNER JOIN enhet AS e ON s.matt = e.matt AND s.enhet_id = e.enhet_id
CROSS JOIN parametrar AS p
LEFT JOIN aldersgrupper AS a ON e.fodelsear = a.fodelsear AND YEAR(s.fran) = a.ar
