-- namn: beslutsfakta
-- beskrivning: Beslutet med sina dagar och frister, om det är beviljat, vilka regler som gäller för insatsen, och sina
--   grupper. Regiformen är den hos beslutets senast skickade uppdrag. Kolumnerna insatsgrupp_villkor och lag_villkor
--   gäller även skyddade personer: de avgör vilken regel som gäller, och redovisas aldrig som grupp.
--   Åldern är den det år då beslutet fattades.
-- indata: beslut, uppdrag, utredning, individfakta, aldersgrupper, manadsfrister, parametrar, kodlista_insats,
--   kodlista_lagrum, kodlista_regiform, insatsregel
-- nyckel: beslut_id
-- antal_som: beslut
WITH uppdrag_i_ordning AS (
    SELECT
        u.beslut_id AS beslut_id,
        u.regiform AS regiform,
        ROW_NUMBER() OVER (
            PARTITION BY u.beslut_id
            ORDER BY u.skickat DESC NULLS LAST, u.uppdrag_id DESC NULLS LAST
        ) AS ordning
    FROM uppdrag AS u
),

senaste_uppdrag AS (
    SELECT
        o.beslut_id AS beslut_id,
        r.grupp AS regiform
    FROM uppdrag_i_ordning AS o
    LEFT JOIN kodlista_regiform AS r ON o.regiform = r.kod
    WHERE o.ordning = 1
),

beslut_med_koder AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.individ_id AS individ_id,
        b.utredning_id AS utredning_id,
        i.ansokan_datum AS ansokan_datum,
        b.beslutsdatum AS beslutsdatum,
        b.galler_fran AS galler_fran,
        b.galler_tom AS galler_tom,
        b.upphort AS upphort,
        b.upphort_orsak AS upphort_orsak,
        -- Utan COALESCE skulle LEAST ge olika svar i olika motorer när det ena datumet saknas.
        LEAST(COALESCE(b.galler_tom, b.upphort), COALESCE(b.upphort, b.galler_tom)) AS slut,
        b.verkstallt AS verkstallt,
        b.ej_verkstallt_skal AS ej_verkstallt_skal,
        f.frist AS verkstallighetsfrist,
        b.planerad_uppfoljning AS planerad_uppfoljning,
        b.omfattning AS omfattning,
        b.omfattning_enhet AS omfattning_enhet,
        b.utfall AS utfall,
        COALESCE(b.utfall IN ('bifall', 'delvis_bifall'), FALSE) AS beviljat,
        COALESCE(b.utan_behovsprovning, FALSE) OR COALESCE(l.utan_behovsprovning, FALSE) AS utan_behovsprovning,
        COALESCE(g.utan_genomforandeplan, FALSE) AS utan_genomforandeplan,
        COALESCE(g.utan_uppfoljningskrav, FALSE) AS utan_uppfoljningskrav,
        u.beslut_id IS NOT NULL AS har_uppdrag,
        COALESCE(p.skyddad, FALSE) AS skyddad,
        COALESCE(p.kon, 'ej_redovisad') AS kon,
        p.fodelsear AS fodelsear,
        COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
        COALESCE(k.insatsgrupp, 'ej_redovisad') AS insatsgrupp,
        COALESCE(l.lag, 'ej_redovisad') AS lagrum,
        COALESCE(u.regiform, 'ej_redovisad') AS regiform
    FROM beslut AS b
    CROSS JOIN parametrar AS q
    LEFT JOIN manadsfrister AS f ON b.beslutsdatum = f.dag AND q.verkstallighet_manader = f.manader
    LEFT JOIN utredning AS i ON b.utredning_id = i.utredning_id
    LEFT JOIN individfakta AS p ON b.individ_id = p.individ_id
    LEFT JOIN aldersgrupper AS a ON p.fodelsear = a.fodelsear AND YEAR(b.beslutsdatum) = a.ar
    LEFT JOIN kodlista_insats AS k ON b.insats = k.kod
    LEFT JOIN insatsregel AS g ON k.insatsgrupp = g.insatsgrupp
    LEFT JOIN kodlista_lagrum AS l ON b.lagrum = l.kod
    LEFT JOIN senaste_uppdrag AS u ON b.beslut_id = u.beslut_id
)

SELECT
    b.beslut_id AS beslut_id,
    b.individ_id AS individ_id,
    b.utredning_id AS utredning_id,
    b.ansokan_datum AS ansokan_datum,
    b.beslutsdatum AS beslutsdatum,
    b.galler_fran AS galler_fran,
    b.galler_tom AS galler_tom,
    b.galler_tom IS NOT NULL AS tidsbegransat,
    b.upphort AS upphort,
    b.upphort_orsak AS upphort_orsak,
    b.slut AS slut,
    b.verkstallt AS verkstallt,
    b.ej_verkstallt_skal AS ej_verkstallt_skal,
    b.verkstallighetsfrist AS verkstallighetsfrist,
    b.planerad_uppfoljning AS planerad_uppfoljning,
    b.omfattning AS omfattning,
    b.omfattning_enhet AS omfattning_enhet,
    b.utfall AS utfall,
    b.beviljat AS beviljat,
    b.utan_behovsprovning AS utan_behovsprovning,
    b.utan_genomforandeplan AS utan_genomforandeplan,
    b.utan_uppfoljningskrav AS utan_uppfoljningskrav,
    b.har_uppdrag AS har_uppdrag,
    b.insatsgrupp AS insatsgrupp_villkor,
    b.lagrum AS lag_villkor,
    b.skyddad AS skyddad,
    b.kon AS kon,
    b.fodelsear AS fodelsear,
    b.aldersgrupp AS aldersgrupp,
    CASE WHEN b.skyddad THEN 'ej_redovisad' ELSE b.insatsgrupp END AS insatsgrupp,
    CASE WHEN b.skyddad THEN 'ej_redovisad' ELSE b.lagrum END AS lagrum,
    CASE WHEN b.skyddad THEN 'ej_redovisad' ELSE b.regiform END AS regiform
FROM beslut_med_koder AS b
