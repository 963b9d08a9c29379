-- namn: utredningsfakta
-- beskrivning: Utredningen med vad som är dokumenterat enligt SOSFS 2014:5 (sex delar, 1 eller 0, och deras summa), vad
--   bedömningarna omfattar, och grupper. Grupperna är de i utredningens första beslut (beslutsdatum, sedan id); utan
--   beslut är lagen utredningens egen, och insatsgrupp och regiform ej redovisade. Exkluderingen gäller alla mått på
--   utredningar; åldern är den det år då utredningen avslutades.
-- indata: utredning, bedomning, beslutsfakta, individfakta, aldersgrupper, kodlista_lagrum
-- nyckel: utredning_id
-- antal_som: utredning
WITH bedomt AS (
    SELECT
        b.utredning_id AS utredning_id,
        COUNT(*) AS antal_bedomningar,
        COUNT(DISTINCT b.livsomrade) AS livsomraden,
        MAX(CASE WHEN b.bedomt IN (8, 9) THEN 1 ELSE 0 END) AS antal_8_9,
        MAX(CASE WHEN b.resurser THEN 1 ELSE 0 END) AS antal_med_resurser
    FROM bedomning AS b
    GROUP BY b.utredning_id
),

beslut_i_ordning AS (
    SELECT
        b.utredning_id AS utredning_id,
        b.beslut_id AS beslut_id,
        b.utan_behovsprovning AS utan_behovsprovning,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform,
        ROW_NUMBER() OVER (
            PARTITION BY b.utredning_id
            ORDER BY b.beslutsdatum ASC NULLS LAST, b.beslut_id ASC NULLS LAST
        ) AS ordning
    FROM beslutsfakta AS b
    WHERE b.utredning_id IS NOT NULL
),

utredning_med_delar AS (
    SELECT
        u.utredning_id AS utredning_id,
        u.individ_id AS individ_id,
        u.lagrum AS lagrum,
        u.kallsystem AS kallsystem,
        u.ansokan_datum AS ansokan_datum,
        u.inledd AS inledd,
        u.avslutad AS avslutad,
        u.utfall AS utfall,
        u.uppgifter_fran AS uppgifter_fran,
        CASE WHEN u.uppgifter_fran IS NOT NULL THEN 1 ELSE 0 END AS del_inhamtat,
        CASE WHEN u.samtycke THEN 1 ELSE 0 END AS del_samtycke,
        CASE WHEN u.informerat_samtal THEN 1 ELSE 0 END AS del_informerat_samtal,
        CASE WHEN u.individens_uppfattning THEN 1 ELSE 0 END AS del_individens_uppfattning,
        CASE WHEN u.samlad_bedomning THEN 1 ELSE 0 END AS del_samlad_bedomning,
        CASE WHEN u.kommunicerad THEN 1 ELSE 0 END AS del_kommunicerad
    FROM utredning AS u
)

SELECT
    u.utredning_id AS utredning_id,
    u.individ_id AS individ_id,
    b.beslut_id AS forsta_beslut_id,
    u.kallsystem AS kallsystem,
    u.ansokan_datum AS ansokan_datum,
    u.inledd AS inledd,
    u.avslutad AS avslutad,
    u.utfall AS utfall,
    u.uppgifter_fran AS uppgifter_fran,
    u.del_inhamtat AS del_inhamtat,
    u.del_samtycke AS del_samtycke,
    u.del_informerat_samtal AS del_informerat_samtal,
    u.del_individens_uppfattning AS del_individens_uppfattning,
    u.del_samlad_bedomning AS del_samlad_bedomning,
    u.del_kommunicerad AS del_kommunicerad,
    u.del_inhamtat + u.del_samtycke + u.del_informerat_samtal + u.del_individens_uppfattning
    + u.del_samlad_bedomning + u.del_kommunicerad AS antal_delar,
    CAST(COALESCE(t.antal_bedomningar, 0) AS INTEGER) AS antal_bedomningar,
    CAST(COALESCE(t.livsomraden, 0) AS INTEGER) AS livsomraden,
    COALESCE(t.antal_8_9, 0) > 0 AS har_8_9,
    COALESCE(t.antal_med_resurser, 0) > 0 AS resurser,
    COALESCE(b.utan_behovsprovning, l.utan_behovsprovning, FALSE) AS utan_behovsprovning,
    CASE WHEN u.utfall = 'avskriven' THEN 'avskriven' END AS exkluderad,
    COALESCE(p.kon, 'ej_redovisad') AS kon,
    p.fodelsear AS fodelsear,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    COALESCE(b.insatsgrupp, 'ej_redovisad') AS insatsgrupp,
    CASE
        WHEN COALESCE(p.skyddad, FALSE) THEN 'ej_redovisad'
        ELSE COALESCE(b.lagrum, l.lag, 'ej_redovisad')
    END AS lagrum,
    COALESCE(b.regiform, 'ej_redovisad') AS regiform
FROM utredning_med_delar AS u
LEFT JOIN beslut_i_ordning AS b ON u.utredning_id = b.utredning_id AND b.ordning = 1
LEFT JOIN bedomt AS t ON u.utredning_id = t.utredning_id
LEFT JOIN individfakta AS p ON u.individ_id = p.individ_id
LEFT JOIN aldersgrupper AS a ON p.fodelsear = a.fodelsear AND YEAR(u.avslutad) = a.ar
LEFT JOIN kodlista_lagrum AS l ON u.lagrum = l.kod
