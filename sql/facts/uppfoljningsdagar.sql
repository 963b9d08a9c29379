-- namn: uppfoljningsdagar
-- beskrivning: Varje dag då ett beslut eller en plan följdes upp, oavsett kanal och part, och nästa sådana dag.
-- indata: uppfoljningsfakta
-- nyckel: foremal, foremal_id, dag
WITH dagar AS (
    SELECT
        u.foremal AS foremal,
        u.foremal_id AS foremal_id,
        u.datum AS dag
    FROM uppfoljningsfakta AS u
    WHERE u.gjord
    GROUP BY u.foremal, u.foremal_id, u.datum
)

SELECT
    d.foremal AS foremal,
    d.foremal_id AS foremal_id,
    d.dag AS dag,
    LEAD(d.dag) OVER (PARTITION BY d.foremal, d.foremal_id ORDER BY d.dag ASC NULLS LAST) AS nasta_dag
FROM dagar AS d
