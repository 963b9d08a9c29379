-- namn: nya_utredningar
-- beskrivning: Utredningar som inleddes under eller strax efter ett beslut (före dess sista dag plus glapp_sok_dagar) och
--   ledde till dess efterföljare: om omfattningen är oförändrad, och om det förra beslutet är uppföljt i steget Följa upp
--   samma dag eller högst ny_utredning_dagar före. Grupperna är det förra beslutets; åldern är den det år då utredningen
--   inleddes. Följer besluten på flera är det förra beslutet det som efterfoljare har som nummer 1 i utredningen.
-- indata: efterfoljare, beslutsfakta, uppfoljningsfakta, aldersgrupper, parametrar
-- nyckel: utredning_id
WITH ny_utredning AS (
    SELECT
        n.utredning_id AS utredning_id,
        n.utredning_inledd AS inledd,
        n.omfattning_andrad AS omfattning_andrad,
        b.beslut_id AS forra_beslut_id,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM efterfoljare AS n
    INNER JOIN beslutsfakta AS b ON n.beslut_id = b.beslut_id
    CROSS JOIN parametrar AS p
    WHERE
        n.nummer_i_utredningen = 1
        AND n.utredning_inledd >= b.galler_fran
        AND (b.slut IS NULL OR n.utredning_inledd < b.slut + p.glapp_sok_dagar)
),

uppfoljd_fore AS (
    SELECT n.utredning_id AS utredning_id
    FROM ny_utredning AS n
    INNER JOIN uppfoljningsfakta AS u ON n.forra_beslut_id = u.beslut_id
    CROSS JOIN parametrar AS p
    WHERE
        u.gjord
        AND u.foremal = 'beslut'
        AND u.kanal = 'folja_upp'
        AND u.datum <= n.inledd
        AND n.inledd <= u.datum + p.ny_utredning_dagar
    GROUP BY n.utredning_id
)

SELECT
    n.utredning_id AS utredning_id,
    n.forra_beslut_id AS forra_beslut_id,
    n.inledd AS inledd,
    n.omfattning_andrad = 'oforandrad' AS oforandrad,
    f.utredning_id IS NOT NULL AS uppfoljd_fore,
    n.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    n.insatsgrupp AS insatsgrupp,
    n.lagrum AS lagrum,
    n.regiform AS regiform
FROM ny_utredning AS n
LEFT JOIN uppfoljd_fore AS f ON n.utredning_id = f.utredning_id
LEFT JOIN aldersgrupper AS a ON n.fodelsear = a.fodelsear AND YEAR(n.inledd) = a.ar
