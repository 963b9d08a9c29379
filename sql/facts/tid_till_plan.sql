-- namn: tid_till_plan
-- beskrivning: Hur länge ett påbörjat uppdrag pågick innan den första genomförandeplanen var färdig; annars hur länge det
--   kunde ses utan plan, och varför det inte kunde ses längre (avliden, flytt, avslutat, uttag).
-- indata: uppdragsfakta, beslutsfakta, parametrar
-- nyckel: uppdrag_id
WITH uppdrag_i_gang AS (
    SELECT
        u.uppdrag_id AS uppdrag_id,
        u.startdag AS start,
        -- Efter uttagsdatum är ingenting känt.
        CASE WHEN u.slut < p.uttagsdatum THEN u.slut ELSE p.uttagsdatum END AS sista_dag,
        u.forsta_klarmarkerad AS forsta_klarmarkerad,
        CASE
            WHEN u.slut IS NULL OR u.slut >= p.uttagsdatum THEN 'uttag'
            WHEN b.upphort_orsak IN ('avliden', 'flytt') AND b.upphort = u.slut THEN b.upphort_orsak
            ELSE 'avslutat'
        END AS orsak
    FROM uppdragsfakta AS u
    INNER JOIN beslutsfakta AS b ON u.beslut_id = b.beslut_id
    CROSS JOIN parametrar AS p
    WHERE
        u.beviljat
        AND NOT u.utan_genomforandeplan
        AND u.paborjat
        AND u.startdag >= p.genomforandeplan_fran
        AND u.startdag <= p.uttagsdatum
        AND u.startdag <= COALESCE(u.slut, u.startdag)
),

uppdrag_med_plan AS (
    SELECT
        u.uppdrag_id AS uppdrag_id,
        u.start AS start,
        u.sista_dag AS sista_dag,
        u.orsak AS orsak,
        -- En plan som var färdig redan före start kom på dag 0.
        CASE
            WHEN u.forsta_klarmarkerad <= u.start THEN u.start
            WHEN u.forsta_klarmarkerad <= u.sista_dag THEN u.forsta_klarmarkerad
        END AS dag
    FROM uppdrag_i_gang AS u
)

SELECT
    u.uppdrag_id AS uppdrag_id,
    u.start AS start,
    COALESCE(u.dag, u.sista_dag) AS slut,
    CAST(DATE_DIFF('day', u.start, COALESCE(u.dag, u.sista_dag)) AS INTEGER) AS dagar,
    u.dag IS NOT NULL AS handelse,
    CASE WHEN u.dag IS NULL THEN u.orsak END AS censurerad
FROM uppdrag_med_plan AS u
