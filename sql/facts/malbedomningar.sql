-- namn: malbedomningar
-- beskrivning: Målets utfall vid varje gjord uppföljning av det beslut eller den plan som målet står i.
-- indata: maluppfyllelse, malfakta, uppfoljningsfakta
-- nyckel: mal_id, uppfoljning_id
SELECT
    m.mal_id AS mal_id,
    u.uppfoljning_id AS uppfoljning_id,
    u.datum AS dag,
    r.utfall AS utfall
FROM maluppfyllelse AS r
INNER JOIN malfakta AS m ON r.mal_id = m.mal_id
INNER JOIN uppfoljningsfakta AS u
    ON
        r.uppfoljning_id = u.uppfoljning_id
        AND m.foremal = u.foremal
        AND m.foremal_id = u.foremal_id
WHERE u.gjord
