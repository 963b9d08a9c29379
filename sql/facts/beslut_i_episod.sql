-- namn: beslut_i_episod
-- beskrivning: Vilken insatsepisod ett beviljat beslut hör till. En episod är en persons beslut i samma insatsgrupp som
--   överlappar eller har högst episod_lucka_dagar dagar utan beslut emellan, oavsett system; dess id är det första
--   beslutets. Beslut som aldrig började gälla (slut före galler_fran), och de som börjar efter uttagsdatum, är inte med.
-- indata: beslutsfakta, parametrar
-- nyckel: beslut_id
WITH gallande AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.individ_id AS individ_id,
        b.insatsgrupp_villkor AS insatsgrupp_villkor,
        b.galler_fran AS galler_fran,
        -- Inget beslut här börjar efter uttagsdatum, så ett öppet beslut når fram till alla som kommer efter det.
        COALESCE(b.slut, p.uttagsdatum) AS nar_till,
        p.episod_lucka_dagar AS lucka
    FROM beslutsfakta AS b
    CROSS JOIN parametrar AS p
    WHERE
        b.beviljat
        AND b.galler_fran <= p.uttagsdatum
        AND (b.slut IS NULL OR b.slut >= b.galler_fran)
),

gallande_med_tackning AS (
    SELECT
        g.beslut_id AS beslut_id,
        g.individ_id AS individ_id,
        g.insatsgrupp_villkor AS insatsgrupp_villkor,
        g.galler_fran AS galler_fran,
        g.lucka AS lucka,
        -- Det längsta av alla tidigare beslut: det närmast föregående kan ligga inuti ett som räcker längre.
        MAX(g.nar_till) OVER (
            PARTITION BY g.individ_id, g.insatsgrupp_villkor
            ORDER BY g.galler_fran ASC NULLS LAST, g.beslut_id ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS tackt_till
    FROM gallande AS g
),

gallande_med_borjan AS (
    SELECT
        t.beslut_id AS beslut_id,
        t.individ_id AS individ_id,
        t.insatsgrupp_villkor AS insatsgrupp_villkor,
        t.galler_fran AS galler_fran,
        CASE WHEN t.galler_fran <= t.tackt_till + t.lucka + 1 THEN 0 ELSE 1 END AS ny_episod
    FROM gallande_med_tackning AS t
),

gallande_med_nummer AS (
    SELECT
        n.beslut_id AS beslut_id,
        n.individ_id AS individ_id,
        n.insatsgrupp_villkor AS insatsgrupp_villkor,
        n.galler_fran AS galler_fran,
        SUM(n.ny_episod) OVER (
            PARTITION BY n.individ_id, n.insatsgrupp_villkor
            ORDER BY n.galler_fran ASC NULLS LAST, n.beslut_id ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS nummer
    FROM gallande_med_borjan AS n
)

SELECT
    m.beslut_id AS beslut_id,
    FIRST_VALUE(m.beslut_id) OVER (
        PARTITION BY m.individ_id, m.insatsgrupp_villkor, m.nummer
        ORDER BY m.galler_fran ASC NULLS LAST, m.beslut_id ASC NULLS LAST
    ) AS episod_id,
    ROW_NUMBER() OVER (
        PARTITION BY m.individ_id, m.insatsgrupp_villkor, m.nummer
        ORDER BY m.galler_fran DESC NULLS LAST, m.beslut_id DESC NULLS LAST
    ) = 1 AS senast
FROM gallande_med_nummer AS m
