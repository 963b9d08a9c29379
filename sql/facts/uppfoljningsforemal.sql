-- namn: uppfoljningsforemal
-- beskrivning: Det som mål ställs i och som följs upp: ett beslut, eller en genomförandeplan med sitt uppdrags beslut.
-- indata: genomforandeplan, beslutsfakta, uppdragsfakta
-- nyckel: foremal, foremal_id
SELECT
    'beslut' AS foremal,
    b.beslut_id AS foremal_id,
    b.beslut_id AS beslut_id,
    b.utan_behovsprovning AS utan_behovsprovning,
    b.kon AS kon,
    b.fodelsear AS fodelsear,
    b.insatsgrupp AS insatsgrupp,
    b.lagrum AS lagrum,
    b.regiform AS regiform
FROM beslutsfakta AS b
UNION ALL
SELECT
    'plan' AS foremal,
    g.plan_id AS foremal_id,
    u.beslut_id AS beslut_id,
    u.utan_behovsprovning AS utan_behovsprovning,
    u.kon AS kon,
    u.fodelsear AS fodelsear,
    u.insatsgrupp AS insatsgrupp,
    u.lagrum AS lagrum,
    u.regiform AS regiform
FROM genomforandeplan AS g
INNER JOIN uppdragsfakta AS u ON g.uppdrag_id = u.uppdrag_id
