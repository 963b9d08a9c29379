-- namn: planfakta
-- beskrivning: Planversionen med sitt uppdrag och beslutets grupper. En plan är färdig från den dag då den klarmarkerades
--   om den är klarmarkerad eller delgiven; annars är den dagen tom. En plan utan angiven typ är en genomförandeplan.
--   Åldern är den det år då planen klarmarkerades.
-- indata: genomforandeplan, uppdragsfakta, aldersgrupper
-- nyckel: plan_id
-- antal_som: genomforandeplan
SELECT
    g.plan_id AS plan_id,
    g.uppdrag_id AS uppdrag_id,
    u.beslut_id AS beslut_id,
    u.individ_id AS individ_id,
    COALESCE(g.typ, 'plan') AS typ,
    g.status AS status,
    g.upprattad AS upprattad,
    CASE WHEN g.status IN ('klarmarkerad', 'delgiven') THEN g.klarmarkerad END AS klarmarkerad,
    u.startdag AS startdag,
    u.paborjat AS paborjat,
    u.slut AS slut,
    COALESCE(g.delaktighet_text_langd, 0) AS delaktighet_text_langd,
    COALESCE(g.onskemal, FALSE) AS onskemal,
    u.beviljat AS beviljat,
    u.utan_behovsprovning AS utan_behovsprovning,
    u.utan_genomforandeplan AS utan_genomforandeplan,
    u.insatsgrupp_villkor AS insatsgrupp_villkor,
    u.lag_villkor AS lag_villkor,
    u.kon AS kon,
    u.fodelsear AS fodelsear,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    u.insatsgrupp AS insatsgrupp,
    u.lagrum AS lagrum,
    u.regiform AS regiform
FROM genomforandeplan AS g
INNER JOIN uppdragsfakta AS u ON g.uppdrag_id = u.uppdrag_id
LEFT JOIN aldersgrupper AS a ON u.fodelsear = a.fodelsear AND YEAR(g.klarmarkerad) = a.ar
