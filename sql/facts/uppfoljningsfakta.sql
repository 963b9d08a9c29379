-- namn: uppfoljningsfakta
-- beskrivning: Uppföljningen med det den gäller, om den är gjord (klarmarkerad och daterad), svaren i
--   kvalitetsuppföljningen, och beslutets grupper. Ett svar som är vet inte är ett svar men ingen åsikt. Åldern är
--   den det år då uppföljningen gjordes.
-- indata: uppfoljning, uppfoljningsforemal, kvalitetssvar, aldersgrupper
-- nyckel: uppfoljning_id
-- antal_som: uppfoljning
WITH svar AS (
    SELECT
        k.uppfoljning_id AS uppfoljning_id,
        COUNT(*) AS antal_svar,
        SUM(CASE WHEN k.svar <> 'vet_inte' THEN 1 ELSE 0 END) AS antal_svar_med_asikt,
        SUM(CASE WHEN k.svar IN ('mycket_bra', 'ganska_bra') THEN 1 ELSE 0 END) AS antal_positiva_svar
    FROM kvalitetssvar AS k
    GROUP BY k.uppfoljning_id
),

uppfoljning_av AS (
    SELECT
        u.uppfoljning_id AS uppfoljning_id,
        CASE WHEN u.beslut_id IS NOT NULL THEN 'beslut' ELSE 'plan' END AS foremal,
        COALESCE(u.beslut_id, u.plan_id) AS foremal_id,
        u.part AS part,
        u.kanal AS kanal,
        u.typ AS typ,
        u.datum AS datum,
        u.individen_deltog AS individen_deltog,
        u.andrat_behov AS andrat_behov,
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
    u.typ AS typ,
    u.datum AS datum,
    u.gjord AS gjord,
    u.individen_deltog AS individen_deltog,
    u.andrat_behov AS andrat_behov,
    CAST(COALESCE(s.antal_svar, 0) AS INTEGER) AS antal_svar,
    CAST(COALESCE(s.antal_svar_med_asikt, 0) AS INTEGER) AS antal_svar_med_asikt,
    CAST(COALESCE(s.antal_positiva_svar, 0) AS INTEGER) AS antal_positiva_svar,
    f.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    f.insatsgrupp AS insatsgrupp,
    f.lagrum AS lagrum,
    f.regiform AS regiform
FROM uppfoljning_av AS u
INNER JOIN uppfoljningsforemal AS f ON u.foremal = f.foremal AND u.foremal_id = f.foremal_id
LEFT JOIN svar AS s ON u.uppfoljning_id = s.uppfoljning_id
LEFT JOIN aldersgrupper AS a ON f.fodelsear = a.fodelsear AND YEAR(u.datum) = a.ar
