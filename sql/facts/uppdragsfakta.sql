-- namn: uppdragsfakta
-- beskrivning: Uppdraget med sin startdag, dagen för den första färdiga genomförandeplanen, och beslutets grupper.
--   Regiformen är uppdragets egen. Uppdragets sista dag är den första av dess avslut och beslutets sista dag. Åldern är
--   den det år då uppdraget startade.
-- indata: uppdrag, genomforandeplan, beslutsfakta, aldersgrupper, kodlista_regiform
-- nyckel: uppdrag_id
-- antal_som: uppdrag
WITH fardig_plan AS (
    SELECT
        g.uppdrag_id AS uppdrag_id,
        MIN(g.klarmarkerad) AS forsta_klarmarkerad
    FROM genomforandeplan AS g
    WHERE
        COALESCE(g.typ, 'plan') = 'plan'
        AND g.status IN ('klarmarkerad', 'delgiven')
        AND g.klarmarkerad IS NOT NULL
    GROUP BY g.uppdrag_id
),

uppdrag_med_start AS (
    SELECT
        u.uppdrag_id AS uppdrag_id,
        u.beslut_id AS beslut_id,
        u.regiform AS regiform,
        COALESCE(u.skickat, u.mottaget) AS lamnat,
        COALESCE(u.paborjat, u.mottaget, u.skickat, b.beslutsdatum) AS startdag,
        u.paborjat IS NOT NULL OR u.mottaget IS NOT NULL AS paborjat,
        u.avslutat AS avslutat,
        u.antal_mal AS antal_mal
    FROM uppdrag AS u
    INNER JOIN beslutsfakta AS b ON u.beslut_id = b.beslut_id
)

SELECT
    u.uppdrag_id AS uppdrag_id,
    u.beslut_id AS beslut_id,
    b.individ_id AS individ_id,
    u.lamnat AS lamnat,
    u.startdag AS startdag,
    u.paborjat AS paborjat,
    u.avslutat AS avslutat,
    LEAST(COALESCE(u.avslutat, b.slut), COALESCE(b.slut, u.avslutat)) AS slut,
    u.antal_mal AS antal_mal,
    f.forsta_klarmarkerad AS forsta_klarmarkerad,
    b.beviljat AS beviljat,
    b.utan_behovsprovning AS utan_behovsprovning,
    b.utan_genomforandeplan AS utan_genomforandeplan,
    b.utan_uppfoljningskrav AS utan_uppfoljningskrav,
    b.insatsgrupp_villkor AS insatsgrupp_villkor,
    b.lag_villkor AS lag_villkor,
    b.kon AS kon,
    b.fodelsear AS fodelsear,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    b.insatsgrupp AS insatsgrupp,
    b.lagrum AS lagrum,
    CASE WHEN b.skyddad THEN 'ej_redovisad' ELSE COALESCE(r.grupp, 'ej_redovisad') END AS regiform
FROM uppdrag_med_start AS u
INNER JOIN beslutsfakta AS b ON u.beslut_id = b.beslut_id
LEFT JOIN fardig_plan AS f ON u.uppdrag_id = f.uppdrag_id
LEFT JOIN kodlista_regiform AS r ON u.regiform = r.kod
LEFT JOIN aldersgrupper AS a ON b.fodelsear = a.fodelsear AND YEAR(u.startdag) = a.ar
