-- namn: aldersgrupper
-- beskrivning: Åldersgruppen ett kalenderår för den som är född ett visst år: åldern är årets tal minus födelseåret.
--   Åldrar till och med 199 år är med; den som inte är född än har ingen grupp.
-- indata: individfakta, aldersgrans
-- nyckel: fodelsear, ar
WITH siffra AS (
    SELECT v.siffra AS siffra
    FROM (VALUES (0), (1), (2), (3), (4), (5), (6), (7), (8), (9)) AS v(siffra)
),

alder AS (
    SELECT h.siffra * 100 + t.siffra * 10 + e.siffra AS alder
    FROM siffra AS h
    CROSS JOIN siffra AS t
    CROSS JOIN siffra AS e
    WHERE h.siffra < 2
),

fodelsear AS (
    SELECT p.fodelsear AS fodelsear
    FROM individfakta AS p
    WHERE p.fodelsear IS NOT NULL
    GROUP BY p.fodelsear
)

SELECT
    f.fodelsear AS fodelsear,
    CAST(f.fodelsear + l.alder AS INTEGER) AS ar,
    a.grupp AS grupp
FROM fodelsear AS f
CROSS JOIN alder AS l
INNER JOIN aldersgrans AS a ON l.alder >= a.fran_alder AND l.alder <= COALESCE(a.till_alder, l.alder)
