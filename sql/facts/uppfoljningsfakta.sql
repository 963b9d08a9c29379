-- namn: uppfoljningsfakta
-- beskrivning: Uppföljningen med det den gäller, om den är gjord (klarmarkerad och daterad), och beslutets grupper.
-- indata: uppfoljning, uppfoljningsforemal
-- nyckel: uppfoljning_id
-- antal_som: uppfoljning
WITH uppfoljning_av AS (
    SELECT
        u.uppfoljning_id AS uppfoljning_id,
        CASE WHEN u.beslut_id IS NOT NULL THEN 'beslut' ELSE 'plan' END AS foremal,
        COALESCE(u.beslut_id, u.plan_id) AS foremal_id,
        u.part AS part,
        u.kanal AS kanal,
        u.datum AS datum,
        u.status = 'klarmarkerad' AND u.datum IS NOT NULL AS gjord
    FROM uppfoljning AS u
)

SELECT
    u.uppfoljning_id AS uppfoljning_id,
    u.foremal AS foremal,
    u.foremal_id AS foremal_id,
    f.beslut_id AS beslut_id,
    u.part AS part,
    u.kanal AS kanal,
    u.datum AS datum,
    u.gjord AS gjord,
    f.kon AS kon,
    f.fodelsear AS fodelsear,
    f.insatsgrupp AS insatsgrupp,
    f.lagrum AS lagrum,
    f.regiform AS regiform
FROM uppfoljning_av AS u
INNER JOIN uppfoljningsforemal AS f ON u.foremal = f.foremal AND u.foremal_id = f.foremal_id
