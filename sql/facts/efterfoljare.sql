-- namn: efterfoljare
-- beskrivning: Det beviljade beslut som närmast följer på ett beviljat beslut för samma person och insatsgrupp: det
--   första som börjar en senare dag, dock senast glapp_sok_dagar efter det förra beslutets sista dag (utan den gränsen
--   när det förra gäller tills vidare). Beslut som aldrig började gälla (slut före galler_fran) är inte med. Omfattningen
--   är oförändrad inom oforandrad_procent av den förra, i samma enhet.
-- indata: beslutsfakta, utredning, parametrar
-- nyckel: beslut_id
WITH gallande AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.individ_id AS individ_id,
        b.insatsgrupp_villkor AS insatsgrupp_villkor,
        b.utredning_id AS utredning_id,
        b.galler_fran AS galler_fran,
        b.slut AS slut,
        b.omfattning AS omfattning,
        b.omfattning_enhet AS omfattning_enhet
    FROM beslutsfakta AS b
    WHERE b.beviljat AND b.galler_fran IS NOT NULL AND (b.slut IS NULL OR b.slut >= b.galler_fran)
),

-- Beslut som börjar samma dag följer inte på varandra, men har samma efterföljare.
startdag AS (
    SELECT
        g.individ_id AS individ_id,
        g.insatsgrupp_villkor AS insatsgrupp_villkor,
        g.galler_fran AS galler_fran,
        MIN(g.beslut_id) AS forsta_beslut_id
    FROM gallande AS g
    GROUP BY g.individ_id, g.insatsgrupp_villkor, g.galler_fran
),

nasta_startdag AS (
    SELECT
        s.individ_id AS individ_id,
        s.insatsgrupp_villkor AS insatsgrupp_villkor,
        s.galler_fran AS galler_fran,
        LEAD(s.forsta_beslut_id) OVER (
            PARTITION BY s.individ_id, s.insatsgrupp_villkor
            ORDER BY s.galler_fran ASC NULLS LAST
        ) AS efterfoljare_id
    FROM startdag AS s
),

par AS (
    SELECT
        f.beslut_id AS beslut_id,
        f.galler_fran AS forra_galler_fran,
        n.beslut_id AS efterfoljare_id,
        n.galler_fran AS galler_fran,
        n.utredning_id AS utredning_id,
        DATE_DIFF('day', f.slut, n.galler_fran) - 1 AS glapp_dagar_antal,
        -- Avrundat, så att inte en binär bråkdel avgör vad som är precis på gränsen.
        CASE
            WHEN f.omfattning_enhet = n.omfattning_enhet
                THEN ROUND((n.omfattning - f.omfattning) * 100 - p.oforandrad_procent * f.omfattning, 6)
        END AS over_gransen,
        CASE
            WHEN f.omfattning_enhet = n.omfattning_enhet
                THEN ROUND((f.omfattning - n.omfattning) * 100 - p.oforandrad_procent * f.omfattning, 6)
        END AS under_gransen,
        n.utredning_id IS NOT NULL AND COALESCE(n.utredning_id <> f.utredning_id, TRUE) AS ny_utredning
    FROM gallande AS f
    INNER JOIN nasta_startdag AS s
        ON
            f.individ_id = s.individ_id
            AND f.insatsgrupp_villkor = s.insatsgrupp_villkor
            AND f.galler_fran = s.galler_fran
    INNER JOIN gallande AS n ON s.efterfoljare_id = n.beslut_id
    CROSS JOIN parametrar AS p
    WHERE f.slut IS NULL OR n.galler_fran <= f.slut + p.glapp_sok_dagar
)

SELECT
    p.beslut_id AS beslut_id,
    p.efterfoljare_id AS efterfoljare_id,
    p.galler_fran AS galler_fran,
    CAST(p.glapp_dagar_antal AS INTEGER) AS glapp_dagar_antal,
    CASE
        WHEN p.over_gransen > 0 THEN 'okad'
        WHEN p.under_gransen > 0 THEN 'minskad'
        WHEN p.over_gransen IS NOT NULL THEN 'oforandrad'
        ELSE 'okand'
    END AS omfattning_andrad,
    p.utredning_id AS utredning_id,
    p.ny_utredning AS ny_utredning,
    u.inledd AS utredning_inledd,
    -- En utredning kan leda till beslut som följer på flera; nummer 1 är det par som räknas när utredningen är enheten.
    CASE
        WHEN p.ny_utredning
            THEN CAST(ROW_NUMBER() OVER (
                PARTITION BY p.utredning_id, p.ny_utredning
                ORDER BY p.forra_galler_fran DESC NULLS LAST, p.beslut_id DESC NULLS LAST
            ) AS INTEGER)
    END AS nummer_i_utredningen
FROM par AS p
LEFT JOIN utredning AS u ON p.utredning_id = u.utredning_id
