-- namn: beslutsslut
-- beskrivning: Det tidsbegränsade beslutet när dess sista dag (galler_tom) har kommit: om det gällde tiden ut, om
--   myndigheten följde upp det de sista fore_slut_dagar dagarna, vad som följde på det, och om myndigheten dessförinnan
--   följde upp det i steget Följa upp (efter dess första dag, till och med den dag då efterföljaren började). Ett
--   ombeslut är en efterföljare med egen utredning och oförändrad omfattning. Åldern är den det år då beslutet tog
--   slut.
-- indata: beslutsfakta, efterfoljare, uppfoljningsfakta, aldersgrupper, parametrar
-- nyckel: beslut_id
WITH slutat AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.galler_fran AS galler_fran,
        b.galler_tom AS galler_tom,
        b.galler_tom - p.fore_slut_dagar AS fonster_fran,
        CASE
            WHEN NOT b.beviljat THEN 'ej_beviljat'
            WHEN b.utan_uppfoljningskrav THEN 'utan_uppfoljningskrav'
            WHEN b.upphort < b.galler_tom THEN 'avslutat_fore_slut'
        END AS exkluderad,
        f.galler_fran AS efterfoljare_fran,
        f.glapp_dagar_antal AS glapp_dagar_antal,
        COALESCE(f.ny_utredning AND f.omfattning_andrad = 'oforandrad', FALSE) AS ombeslut,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM beslutsfakta AS b
    CROSS JOIN parametrar AS p
    LEFT JOIN efterfoljare AS f ON b.beslut_id = f.beslut_id
    WHERE b.galler_tom <= p.uttagsdatum
),

uppfoljt AS (
    SELECT
        s.beslut_id AS beslut_id,
        MAX(CASE WHEN u.datum >= s.fonster_fran AND u.datum <= s.galler_tom THEN 1 ELSE 0 END) AS fore_slut,
        MAX(
            CASE
                WHEN u.kanal = 'folja_upp' AND u.datum > s.galler_fran AND u.datum <= s.efterfoljare_fran THEN 1
                ELSE 0
            END
        ) AS i_steget
    FROM slutat AS s
    INNER JOIN uppfoljningsfakta AS u ON s.beslut_id = u.beslut_id
    WHERE u.gjord AND u.foremal = 'beslut' AND u.part = 'myndighet'
    GROUP BY s.beslut_id
)

SELECT
    s.beslut_id AS beslut_id,
    s.galler_fran AS galler_fran,
    s.galler_tom AS galler_tom,
    s.fonster_fran AS fonster_fran,
    s.exkluderad AS exkluderad,
    COALESCE(u.fore_slut, 0) > 0 AS uppfoljt_fore_slut,
    s.efterfoljare_fran AS efterfoljare_fran,
    s.glapp_dagar_antal AS glapp_dagar_antal,
    s.ombeslut AS ombeslut,
    COALESCE(u.i_steget, 0) > 0 AS uppfoljt_i_steget,
    s.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    s.insatsgrupp AS insatsgrupp,
    s.lagrum AS lagrum,
    s.regiform AS regiform
FROM slutat AS s
LEFT JOIN uppfoljt AS u ON s.beslut_id = u.beslut_id
LEFT JOIN aldersgrupper AS a ON s.fodelsear = a.fodelsear AND YEAR(s.galler_tom) = a.ar
