-- namn: malutfall
-- beskrivning: Målet på varje dag då det bedömdes vid en gjord uppföljning, och nästa sådana dag. Följdes målet upp flera
--   gånger samma dag gäller uppföljningen med störst id.
-- indata: malbedomningar, malfakta
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
    m.utan_behovsprovning AS utan_behovsprovning,
    m.kon AS kon,
    m.fodelsear AS fodelsear,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM dagens_bedomning AS d
INNER JOIN malfakta AS m ON d.mal_id = m.mal_id
