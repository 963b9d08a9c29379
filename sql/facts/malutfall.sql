-- namn: malutfall
-- beskrivning: Målet på varje dag då det bedömdes vid en gjord uppföljning, och nästa sådana dag. Följdes målet upp flera
--   gånger samma dag gäller uppföljningen med störst id. Exkluderingen gäller alla mått på utfall; åldern är den det år
--   då målet bedömdes.
-- indata: malbedomningar, malfakta, aldersgrupper, parametrar
-- nyckel: mal_id, dag
WITH bedomning_i_ordning AS (
    SELECT
        m.mal_id AS mal_id,
        m.dag AS dag,
        m.uppfoljning_id AS uppfoljning_id,
        m.utfall AS utfall,
        m.uppfoljt_tal AS uppfoljt_tal,
        m.utfall_beraknat AS utfall_beraknat,
        ROW_NUMBER() OVER (
            PARTITION BY m.mal_id, m.dag
            ORDER BY m.uppfoljning_id DESC NULLS LAST
        ) AS ordning
    FROM malbedomningar AS m
),

dagens_bedomning AS (
    SELECT
        o.mal_id AS mal_id,
        o.dag AS dag,
        LEAD(o.dag) OVER (PARTITION BY o.mal_id ORDER BY o.dag ASC NULLS LAST) AS nasta_dag,
        o.uppfoljning_id AS uppfoljning_id,
        o.utfall AS utfall,
        o.uppfoljt_tal AS uppfoljt_tal,
        o.utfall_beraknat AS utfall_beraknat
    FROM bedomning_i_ordning AS o
    WHERE o.ordning = 1
)

SELECT
    d.mal_id AS mal_id,
    d.dag AS dag,
    d.nasta_dag AS nasta_dag,
    d.uppfoljning_id AS uppfoljning_id,
    d.utfall AS utfall,
    d.uppfoljt_tal AS uppfoljt_tal,
    d.utfall_beraknat AS utfall_beraknat,
    m.avsett_tal AS avsett_tal,
    m.bedomt_tal AS bedomt_tal,
    m.bedomt_dag AS bedomt_dag,
    m.inriktning AS inriktning,
    CASE
        WHEN m.exkluderad IS NOT NULL THEN m.exkluderad
        WHEN d.dag < p.maluppfyllelse_fran THEN 'ej_observerbar'
        WHEN d.utfall = 'ej_bedomt' THEN 'ej_bedomt'
    END AS exkluderad,
    m.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM dagens_bedomning AS d
INNER JOIN malfakta AS m ON d.mal_id = m.mal_id
CROSS JOIN parametrar AS p
LEFT JOIN aldersgrupper AS a ON m.fodelsear = a.fodelsear AND YEAR(d.dag) = a.ar
