-- namn: malfakta
-- beskrivning: Målet med det beslut eller den plan som det står i, och beslutets grupper.
-- indata: mal, uppfoljningsforemal
-- nyckel: mal_id
-- antal_som: mal
WITH mal_i AS (
    SELECT
        m.mal_id AS mal_id,
        CASE WHEN m.beslut_id IS NOT NULL THEN 'beslut' ELSE 'plan' END AS foremal,
        COALESCE(m.beslut_id, m.plan_id) AS foremal_id
    FROM mal AS m
)

SELECT
    m.mal_id AS mal_id,
    m.foremal AS foremal,
    m.foremal_id AS foremal_id,
    f.beslut_id AS beslut_id,
    f.utan_behovsprovning AS utan_behovsprovning,
    f.kon AS kon,
    f.fodelsear AS fodelsear,
    f.insatsgrupp AS insatsgrupp,
    f.lagrum AS lagrum,
    f.regiform AS regiform
FROM mal_i AS m
INNER JOIN uppfoljningsforemal AS f ON m.foremal = f.foremal AND m.foremal_id = f.foremal_id
