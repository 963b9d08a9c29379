-- namn: maldagar
-- beskrivning: Målet på varje dag då dess beslut eller plan följdes upp, och nästa sådana dag: om målet då bedömdes vid en
--   uppföljning av det beslutet eller den planen. Exkluderingen gäller alla mått; åldern är den det året.
-- indata: malfakta, malbedomningar, uppfoljningsdagar, aldersgrupper, parametrar
-- nyckel: mal_id, dag
WITH bedomd_dag AS (
    SELECT
        b.mal_id AS mal_id,
        b.dag AS dag
    FROM malbedomningar AS b
    WHERE b.samma_foremal AND b.utfall IN ('helt', 'delvis', 'inte')
    GROUP BY b.mal_id, b.dag
)

SELECT
    m.mal_id AS mal_id,
    u.dag AS dag,
    u.nasta_dag AS nasta_dag,
    CASE
        WHEN m.exkluderad IS NOT NULL THEN m.exkluderad
        WHEN u.dag < p.maluppfyllelse_fran THEN 'ej_observerbar'
    END AS exkluderad,
    b.mal_id IS NOT NULL AS bedomt,
    m.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM malfakta AS m
INNER JOIN uppfoljningsdagar AS u ON m.foremal = u.foremal AND m.foremal_id = u.foremal_id
CROSS JOIN parametrar AS p
LEFT JOIN bedomd_dag AS b ON m.mal_id = b.mal_id AND u.dag = b.dag
LEFT JOIN aldersgrupper AS a ON m.fodelsear = a.fodelsear AND YEAR(u.dag) = a.ar
