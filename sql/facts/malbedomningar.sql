-- namn: malbedomningar
-- beskrivning: Målets utfall vid varje gjord uppföljning, som det är angivet och som det följer av skalan, och om
--   uppföljningen gällde samma beslut eller plan som målet står i. En ny version av planen kan följa upp den förra
--   versionens mål. Enligt skalan är målet helt uppnått när det uppföljda tillståndet är det avsedda eller bättre (lägre),
--   annars inte uppnått; 8 och 9 är inga tal.
-- indata: maluppfyllelse, malfakta, uppfoljningsfakta
-- nyckel: mal_id, uppfoljning_id
WITH utfall_med_tal AS (
    SELECT
        r.mal_id AS mal_id,
        r.uppfoljning_id AS uppfoljning_id,
        r.utfall AS utfall,
        CASE WHEN r.skala_vid_uppfoljning BETWEEN 0 AND 4 THEN r.skala_vid_uppfoljning END AS uppfoljt_tal
    FROM maluppfyllelse AS r
)

SELECT
    m.mal_id AS mal_id,
    u.uppfoljning_id AS uppfoljning_id,
    u.datum AS dag,
    r.utfall AS utfall,
    r.uppfoljt_tal AS uppfoljt_tal,
    CASE
        WHEN r.uppfoljt_tal <= m.avsett_tal THEN 'helt'
        WHEN r.uppfoljt_tal > m.avsett_tal THEN 'inte'
    END AS utfall_beraknat,
    m.foremal = u.foremal AND m.foremal_id = u.foremal_id AS samma_foremal
FROM utfall_med_tal AS r
INNER JOIN malfakta AS m ON r.mal_id = m.mal_id
INNER JOIN uppfoljningsfakta AS u ON r.uppfoljning_id = u.uppfoljning_id
WHERE u.gjord
