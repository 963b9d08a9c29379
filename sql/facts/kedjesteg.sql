-- namn: kedjesteg
-- beskrivning: Hur långt i processkedjan ett beslut som F1 räknar har kommit. En rad per beslut och steg som det är kvar
--   efter: 0 alla beslut, 1 avslutad utredning med bedömning, 2 beslut, 3 uppdrag, 4 klarmarkerad genomförandeplan,
--   5 gjord uppföljning. Ett beslut är kvar efter ett steg när det steget och alla före det står.
-- indata: processkedja, handelselage, parametrar
-- nyckel: beslut_id, steg
WITH granskat AS (
    -- F1:s egna rader, så att kedjan börjar med dess nämnare: från första till sista dagen som beslutet räknas.
    SELECT
        l.enhet_id AS beslut_id,
        MIN(l.fran) AS fran,
        CASE WHEN COUNT(*) = COUNT(l.till) THEN MAX(l.till) END AS till
    FROM handelselage AS l
    WHERE l.matt = 'hel_kedja' AND l.exkluderad IS NULL
    GROUP BY l.enhet_id
),

dagar AS (
    SELECT k.beslut_id AS beslut_id, 1 AS steg, CASE WHEN k.har_bedomning THEN k.utredning_dag END AS dag
    FROM processkedja AS k
    UNION ALL
    SELECT k.beslut_id AS beslut_id, 2 AS steg, k.beslut_dag AS dag
    FROM processkedja AS k
    UNION ALL
    SELECT k.beslut_id AS beslut_id, 3 AS steg, k.uppdrag_dag AS dag
    FROM processkedja AS k
    UNION ALL
    SELECT k.beslut_id AS beslut_id, 4 AS steg, k.plan_dag AS dag
    FROM processkedja AS k
    UNION ALL
    SELECT k.beslut_id AS beslut_id, 5 AS steg, k.uppfoljning_dag AS dag
    FROM processkedja AS k
),

uppnatt AS (
    SELECT
        d.beslut_id AS beslut_id,
        d.steg AS steg,
        COUNT(d.dag) OVER (PARTITION BY d.beslut_id ORDER BY d.steg ASC NULLS LAST) AS antal_steg,
        MAX(d.dag) OVER (PARTITION BY d.beslut_id ORDER BY d.steg ASC NULLS LAST) AS dag
    FROM dagar AS d
)

SELECT
    g.beslut_id AS beslut_id,
    0 AS steg,
    g.fran AS fran,
    g.till AS till
FROM granskat AS g
UNION ALL
SELECT
    g.beslut_id AS beslut_id,
    n.steg AS steg,
    GREATEST(g.fran, n.dag) AS fran,
    g.till AS till
FROM granskat AS g
INNER JOIN uppnatt AS n ON g.beslut_id = n.beslut_id
CROSS JOIN parametrar AS p
WHERE n.antal_steg = n.steg AND n.dag < COALESCE(g.till, p.uttagsdatum + 1)
