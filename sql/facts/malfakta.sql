-- namn: malfakta
-- beskrivning: Målet med det beslut eller den plan som det står i, dagen då det sattes, avsett och bedömt tillstånd när
--   de är ett tal på skalan (8 och 9 är inga tal), och beslutets grupper. Målet sattes den dag då beslutet fattades, eller
--   planen upprättades, annars klarmarkerades. Bedömningen är den av samma ICF-kod i beslutets utredning.
--   Exkluderingen gäller alla mått på mål; åldern är den det år då målet sattes.
-- indata: mal, bedomning, utredning, uppfoljningsforemal, beslutsfakta, planfakta, aldersgrupper
-- nyckel: mal_id
-- antal_som: mal
WITH mal_i AS (
    SELECT
        m.mal_id AS mal_id,
        CASE WHEN m.beslut_id IS NOT NULL THEN 'beslut' ELSE 'plan' END AS foremal,
        COALESCE(m.beslut_id, m.plan_id) AS foremal_id,
        m.plan_id AS plan_id,
        m.icf_kod AS icf_kod,
        CASE WHEN m.avsett BETWEEN 0 AND 4 THEN m.avsett END AS avsett_tal,
        COALESCE(m.text_langd, 0) AS text_langd,
        COALESCE(m.endast_skala, FALSE) AS endast_skala,
        m.inriktning AS inriktning
    FROM mal AS m
),

bedomt AS (
    SELECT
        b.utredning_id AS utredning_id,
        b.icf_kod AS icf_kod,
        b.bedomt AS tal,
        u.avslutad AS avslutad
    FROM bedomning AS b
    INNER JOIN utredning AS u ON b.utredning_id = u.utredning_id
    WHERE b.bedomt BETWEEN 0 AND 4
),

mal_med_dag AS (
    SELECT
        m.mal_id AS mal_id,
        m.foremal AS foremal,
        m.foremal_id AS foremal_id,
        b.beslut_id AS beslut_id,
        b.utredning_id AS utredning_id,
        b.beslutsdatum AS beslutsdatum,
        CASE WHEN m.foremal = 'beslut' THEN b.beslutsdatum ELSE COALESCE(p.upprattad, p.klarmarkerad) END AS dag,
        m.icf_kod AS icf_kod,
        m.avsett_tal AS avsett_tal,
        m.text_langd AS text_langd,
        m.endast_skala AS endast_skala,
        m.inriktning AS inriktning,
        CASE WHEN f.utan_behovsprovning THEN 'utan_behovsprovning' END AS exkluderad,
        f.kon AS kon,
        f.fodelsear AS fodelsear,
        f.insatsgrupp AS insatsgrupp,
        f.lagrum AS lagrum,
        f.regiform AS regiform
    FROM mal_i AS m
    INNER JOIN uppfoljningsforemal AS f ON m.foremal = f.foremal AND m.foremal_id = f.foremal_id
    INNER JOIN beslutsfakta AS b ON f.beslut_id = b.beslut_id
    LEFT JOIN planfakta AS p ON m.plan_id = p.plan_id
)

SELECT
    m.mal_id AS mal_id,
    m.foremal AS foremal,
    m.foremal_id AS foremal_id,
    m.beslut_id AS beslut_id,
    m.icf_kod AS icf_kod,
    m.dag AS dag,
    m.avsett_tal AS avsett_tal,
    m.text_langd AS text_langd,
    m.endast_skala AS endast_skala,
    m.inriktning AS inriktning,
    t.tal AS bedomt_tal,
    CASE WHEN t.tal IS NOT NULL THEN COALESCE(t.avslutad, m.beslutsdatum) END AS bedomt_dag,
    m.exkluderad AS exkluderad,
    m.kon AS kon,
    m.fodelsear AS fodelsear,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    m.insatsgrupp AS insatsgrupp,
    m.lagrum AS lagrum,
    m.regiform AS regiform
FROM mal_med_dag AS m
LEFT JOIN bedomt AS t ON m.utredning_id = t.utredning_id AND m.icf_kod = t.icf_kod
LEFT JOIN aldersgrupper AS a ON m.fodelsear = a.fodelsear AND YEAR(m.dag) = a.ar
