-- namn: uppfoljningslage
-- beskrivning: Om ett beslut eller en insatsepisod är uppföljd inom ett fönster, som sträckor då ingenting ändras, en
--   gång per mått. i_steget: myndighetens uppföljningar av beslutet i steget Följa upp; oavsett_kanal: även i
--   journalen; dagar_sedan: som oavsett_kanal, men beslutets första dag räknas som en uppföljning, ingen mognad krävs
--   och varje uppföljning börjar en ny sträcka, med dagen i raknat_fran; episoden: alla uppföljningar av episodens
--   beslut och deras planer, av vem som helst. Sträckorna bryts också den 1 januari då personen når en åldersgräns.
-- indata: beslutsfakta, insatsepisoder, beslut_i_episod, uppfoljningsfakta, aldersgrans, aldersgrupper, parametrar
-- nyckel: matt, enhet_id, fran
WITH matt AS (
    SELECT
        'i_steget' AS matt,
        'beslut' AS slag,
        0 AS nr,
        p.uppfoljning_dagar AS fonster,
        p.uppfoljning_dagar AS mognad,
        p.folja_upp_fran + p.uppfoljning_dagar AS observerbar_dag
    FROM parametrar AS p
    UNION ALL
    SELECT
        'oavsett_kanal' AS matt,
        'beslut' AS slag,
        1 AS nr,
        p.uppfoljning_dagar AS fonster,
        p.uppfoljning_dagar AS mognad,
        p.journal_fran + p.uppfoljning_dagar AS observerbar_dag
    FROM parametrar AS p
    UNION ALL
    SELECT
        'dagar_sedan' AS matt,
        'beslut' AS slag,
        2 AS nr,
        -- Fristens sista dag hör till, så fönstret är en dag längre.
        p.uppfoljning_dagar + 1 AS fonster,
        0 AS mognad,
        p.journal_fran + p.uppfoljning_dagar AS observerbar_dag
    FROM parametrar AS p
    UNION ALL
    SELECT
        'episoden' AS matt,
        'episod' AS slag,
        3 AS nr,
        p.lang_tid_dagar AS fonster,
        p.lang_tid_dagar AS mognad,
        p.journal_fran + p.lang_tid_dagar AS observerbar_dag
    FROM parametrar AS p
),

foremal AS (
    SELECT
        'beslut' AS slag,
        b.beslut_id AS enhet_id,
        b.galler_fran AS start,
        b.slut AS slut,
        CASE
            WHEN NOT b.beviljat THEN 'ej_beviljat'
            WHEN b.utan_uppfoljningskrav THEN 'utan_uppfoljningskrav'
        END AS alltid_exkluderad,
        b.kon AS kon,
        b.fodelsear AS fodelsear,
        b.insatsgrupp AS insatsgrupp,
        b.lagrum AS lagrum,
        b.regiform AS regiform
    FROM beslutsfakta AS b
    UNION ALL
    SELECT
        'episod' AS slag,
        i.episod_id AS enhet_id,
        i.fran AS start,
        i.slut AS slut,
        CASE WHEN i.utan_uppfoljningskrav THEN 'utan_uppfoljningskrav' END AS alltid_exkluderad,
        i.kon AS kon,
        i.fodelsear AS fodelsear,
        i.insatsgrupp AS insatsgrupp,
        i.lagrum AS lagrum,
        i.regiform AS regiform
    FROM insatsepisoder AS i
),

levande AS (
    SELECT
        -- Ett tal i stället för två texter som nyckel: sträckorna nedan är många.
        4 * ROW_NUMBER() OVER (ORDER BY f.slag ASC NULLS LAST, f.enhet_id ASC NULLS LAST) AS nr,
        f.slag AS slag,
        f.enhet_id AS enhet_id,
        f.start AS start,
        -- Efter uttagsdatum är ingenting känt: det som gäller då står öppet.
        CASE WHEN f.slut < p.uttagsdatum THEN f.slut END AS slut,
        COALESCE(CASE WHEN f.slut < p.uttagsdatum THEN f.slut END, p.uttagsdatum) AS sista_dag,
        f.alltid_exkluderad AS alltid_exkluderad,
        f.kon AS kon,
        f.fodelsear AS fodelsear,
        f.insatsgrupp AS insatsgrupp,
        f.lagrum AS lagrum,
        f.regiform AS regiform
    FROM foremal AS f
    CROSS JOIN parametrar AS p
    WHERE f.start <= p.uttagsdatum AND (f.slut IS NULL OR f.slut >= f.start)
),

enhet AS (
    SELECT
        f.nr + m.nr AS nr,
        m.matt AS matt,
        f.enhet_id AS enhet_id,
        f.start AS start,
        f.slut + 1 AS stopp,
        f.sista_dag AS sista_dag,
        m.fonster AS fonster,
        f.alltid_exkluderad AS alltid_exkluderad,
        GREATEST(f.start, m.observerbar_dag) AS observerbar_dag,
        GREATEST(f.start + m.mognad, m.observerbar_dag) AS raknas_fran,
        f.kon AS kon,
        f.fodelsear AS fodelsear,
        f.insatsgrupp AS insatsgrupp,
        f.lagrum AS lagrum,
        f.regiform AS regiform
    FROM levande AS f
    INNER JOIN matt AS m ON f.slag = m.slag
),

uppfoljd_enhet AS (
    SELECT
        m.matt AS matt,
        u.beslut_id AS enhet_id,
        u.datum AS dag
    FROM uppfoljningsfakta AS u
    INNER JOIN matt AS m ON m.slag = 'beslut' AND (m.matt <> 'i_steget' OR u.kanal = 'folja_upp')
    WHERE u.gjord AND u.foremal = 'beslut' AND u.part = 'myndighet'
    UNION ALL
    SELECT
        'episoden' AS matt,
        b.episod_id AS enhet_id,
        u.datum AS dag
    FROM uppfoljningsfakta AS u
    INNER JOIN beslut_i_episod AS b ON u.beslut_id = b.beslut_id
    WHERE u.gjord
),

uppfoljningsdag AS (
    SELECT
        e.nr AS nr,
        e.matt AS matt,
        e.raknas_fran AS raknas_fran,
        e.sista_dag AS sista_dag,
        e.fonster AS fonster,
        u.dag AS dag
    FROM uppfoljd_enhet AS u
    INNER JOIN enhet AS e ON u.matt = e.matt AND u.enhet_id = e.enhet_id
    WHERE e.alltid_exkluderad IS NULL
    UNION ALL
    SELECT
        e.nr AS nr,
        e.matt AS matt,
        e.raknas_fran AS raknas_fran,
        e.sista_dag AS sista_dag,
        e.fonster AS fonster,
        e.start AS dag
    FROM enhet AS e
    WHERE e.matt = 'dagar_sedan' AND e.alltid_exkluderad IS NULL
),

uppfoljningsdag_med_grannar AS (
    SELECT
        u.nr AS nr,
        u.matt AS matt,
        u.raknas_fran AS raknas_fran,
        u.sista_dag AS sista_dag,
        u.fonster AS fonster,
        u.dag AS dag,
        LAG(u.dag) OVER (PARTITION BY u.nr ORDER BY u.dag ASC NULLS LAST) AS forra_dag,
        LEAD(u.dag) OVER (PARTITION BY u.nr ORDER BY u.dag ASC NULLS LAST) AS nasta_dag
    FROM uppfoljningsdag AS u
),

-- Varje dag då något ändras, och den dag då enheten i så fall började eller slutade vara uppföljd.
brytdag AS (
    SELECT
        e.nr AS nr,
        e.start AS dag,
        CAST(NULL AS DATE) AS borjar,
        CAST(NULL AS DATE) AS slutar
    FROM enhet AS e
    UNION ALL
    SELECT
        e.nr AS nr,
        e.observerbar_dag AS dag,
        CAST(NULL AS DATE) AS borjar,
        CAST(NULL AS DATE) AS slutar
    FROM enhet AS e
    WHERE e.alltid_exkluderad IS NULL AND e.observerbar_dag > e.start AND e.observerbar_dag <= e.sista_dag
    UNION ALL
    SELECT
        e.nr AS nr,
        e.raknas_fran AS dag,
        CAST(NULL AS DATE) AS borjar,
        CAST(NULL AS DATE) AS slutar
    FROM enhet AS e
    WHERE e.alltid_exkluderad IS NULL AND e.raknas_fran > e.observerbar_dag AND e.raknas_fran <= e.sista_dag
    UNION ALL
    SELECT
        e.nr AS nr,
        MAKE_DATE(e.fodelsear + a.fran_alder, 1, 1) AS dag,
        CAST(NULL AS DATE) AS borjar,
        CAST(NULL AS DATE) AS slutar
    FROM enhet AS e
    INNER JOIN aldersgrans AS a
        ON e.fodelsear + a.fran_alder > YEAR(e.start) AND e.fodelsear + a.fran_alder <= YEAR(e.sista_dag)
    UNION ALL
    SELECT
        u.nr AS nr,
        GREATEST(u.dag, u.raknas_fran) AS dag,
        u.dag AS borjar,
        CAST(NULL AS DATE) AS slutar
    FROM uppfoljningsdag_med_grannar AS u
    WHERE
        GREATEST(u.dag, u.raknas_fran) <= u.sista_dag
        AND (u.matt = 'dagar_sedan' OR u.forra_dag IS NULL OR u.forra_dag + u.fonster < u.dag)
    UNION ALL
    SELECT
        u.nr AS nr,
        GREATEST(u.dag + u.fonster, u.raknas_fran) AS dag,
        CAST(NULL AS DATE) AS borjar,
        u.dag + u.fonster AS slutar
    FROM uppfoljningsdag_med_grannar AS u
    WHERE
        GREATEST(u.dag + u.fonster, u.raknas_fran) <= u.sista_dag
        AND (u.nasta_dag IS NULL OR u.nasta_dag > u.dag + u.fonster)
),

stracka AS (
    SELECT
        d.nr AS nr,
        d.dag AS fran,
        LEAD(d.dag) OVER (PARTITION BY d.nr ORDER BY d.dag ASC NULLS LAST) AS nasta_dag,
        MAX(d.borjar) OVER (
            PARTITION BY d.nr
            ORDER BY d.dag ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS borjade,
        MAX(d.slutar) OVER (
            PARTITION BY d.nr
            ORDER BY d.dag ASC NULLS LAST
            ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS slutade
    FROM brytdag AS d
)

SELECT
    e.matt AS matt,
    e.enhet_id AS enhet_id,
    s.fran AS fran,
    COALESCE(s.nasta_dag, e.stopp) AS till,
    CASE
        WHEN e.alltid_exkluderad IS NOT NULL THEN e.alltid_exkluderad
        WHEN s.fran < e.observerbar_dag THEN 'ej_observerbar'
        WHEN s.fran < e.raknas_fran THEN 'ej_moget'
    END AS exkluderad,
    COALESCE(s.borjade >= COALESCE(s.slutade, s.borjade), FALSE) AS uppfoljd,
    CASE WHEN e.matt = 'dagar_sedan' THEN s.borjade END AS raknat_fran,
    e.kon AS kon,
    COALESCE(a.grupp, 'ej_redovisad') AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM stracka AS s
INNER JOIN enhet AS e ON s.nr = e.nr
LEFT JOIN aldersgrupper AS a ON e.fodelsear = a.fodelsear AND YEAR(s.fran) = a.ar
-- Sammanfaller flera brytdagar räknas den sista av dem, som har sett alla.
WHERE s.nasta_dag IS NULL OR s.nasta_dag > s.fran
