-- namn: tid_till_uppfoljning
-- beskrivning: Hur länge ett beviljat beslut gällde innan myndigheten först följde upp det, oavsett kanal; annars hur länge
--   det kunde ses utan att vara uppföljt, och varför det inte kunde ses längre (avliden, flytt, avslutat, uttag).
-- indata: beslutsfakta, uppfoljningsfakta, parametrar
-- nyckel: beslut_id
WITH beslut_i_kraft AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.galler_fran AS start,
        -- Efter uttagsdatum är ingenting känt.
        CASE WHEN b.slut < p.uttagsdatum THEN b.slut ELSE p.uttagsdatum END AS sista_dag,
        CASE
            WHEN b.slut IS NULL OR b.slut >= p.uttagsdatum THEN 'uttag'
            WHEN b.upphort_orsak IN ('avliden', 'flytt') AND b.upphort = b.slut THEN b.upphort_orsak
            ELSE 'avslutat'
        END AS orsak
    FROM beslutsfakta AS b
    CROSS JOIN parametrar AS p
    WHERE
        b.beviljat
        AND NOT b.utan_uppfoljningskrav
        -- En uppföljning som det tidigare systemet inte visar kan ha varit den första.
        AND b.galler_fran >= p.journal_fran
        AND b.galler_fran <= p.uttagsdatum
        AND b.galler_fran <= COALESCE(b.slut, b.galler_fran)
),

forsta AS (
    SELECT
        b.beslut_id AS beslut_id,
        MIN(u.datum) AS dag
    FROM beslut_i_kraft AS b
    INNER JOIN uppfoljningsfakta AS u ON b.beslut_id = u.beslut_id
    WHERE
        u.gjord
        AND u.foremal = 'beslut'
        AND u.part = 'myndighet'
        AND u.datum >= b.start
        AND u.datum <= b.sista_dag
    GROUP BY b.beslut_id
)

SELECT
    b.beslut_id AS beslut_id,
    b.start AS start,
    COALESCE(f.dag, b.sista_dag) AS slut,
    CAST(DATE_DIFF('day', b.start, COALESCE(f.dag, b.sista_dag)) AS INTEGER) AS dagar,
    f.dag IS NOT NULL AS handelse,
    CASE WHEN f.dag IS NULL THEN b.orsak END AS censurerad
FROM beslut_i_kraft AS b
LEFT JOIN forsta AS f ON b.beslut_id = f.beslut_id
