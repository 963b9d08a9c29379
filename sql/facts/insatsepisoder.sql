-- namn: insatsepisoder
-- beskrivning: En persons sammanhängande insats: alla beviljade beslut i samma insatsgrupp som överlappar eller följer på
--   varandra. Sista dagen är tom när något av besluten gäller tills vidare. Grupper och regler är det senaste beslutets
--   (störst galler_fran, sedan störst id).
-- indata: beslut_i_episod, beslutsfakta
-- nyckel: episod_id
WITH episod AS (
    SELECT
        e.episod_id AS episod_id,
        MIN(b.galler_fran) AS fran,
        CASE WHEN COUNT(b.slut) = COUNT(*) THEN MAX(b.slut) END AS slut,
        CAST(COUNT(*) AS INTEGER) AS antal_beslut
    FROM beslut_i_episod AS e
    INNER JOIN beslutsfakta AS b ON e.beslut_id = b.beslut_id
    GROUP BY e.episod_id
)

SELECT
    s.episod_id AS episod_id,
    b.individ_id AS individ_id,
    s.beslut_id AS senaste_beslut_id,
    e.fran AS fran,
    e.slut AS slut,
    e.antal_beslut AS antal_beslut,
    b.utan_behovsprovning AS utan_behovsprovning,
    b.utan_genomforandeplan AS utan_genomforandeplan,
    b.utan_uppfoljningskrav AS utan_uppfoljningskrav,
    b.insatsgrupp_villkor AS insatsgrupp_villkor,
    b.lag_villkor AS lag_villkor,
    b.kon AS kon,
    b.fodelsear AS fodelsear,
    b.insatsgrupp AS insatsgrupp,
    b.lagrum AS lagrum,
    b.regiform AS regiform
FROM beslut_i_episod AS s
INNER JOIN episod AS e ON s.episod_id = e.episod_id
INNER JOIN beslutsfakta AS b ON s.beslut_id = b.beslut_id
WHERE s.senast
