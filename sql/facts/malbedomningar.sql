-- namn: malbedomningar
-- beskrivning: Målets utfall vid varje gjord uppföljning, och om den gällde samma beslut eller plan som målet står i. En
--   ny version av planen kan följa upp den förra versionens mål.
-- indata: maluppfyllelse, malfakta, uppfoljningsfakta
-- nyckel: mal_id, uppfoljning_id
SELECT
    m.mal_id AS mal_id,
    u.uppfoljning_id AS uppfoljning_id,
    u.datum AS dag,
    r.utfall AS utfall,
    m.foremal = u.foremal AND m.foremal_id = u.foremal_id AS samma_foremal
FROM maluppfyllelse AS r
INNER JOIN malfakta AS m ON r.mal_id = m.mal_id
INNER JOIN uppfoljningsfakta AS u ON r.uppfoljning_id = u.uppfoljning_id
WHERE u.gjord
