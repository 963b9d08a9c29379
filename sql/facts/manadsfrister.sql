-- namn: manadsfrister
-- beskrivning: Dagen ett antal kalendermånader efter en dag i ett beslut: samma dag i månaden, eller månadens sista dag
--   när den dagen inte finns (30 november och tre månader ger 28 eller 29 februari).
-- indata: beslut, parametrar
-- nyckel: dag, manader
WITH dagar AS (
    SELECT b.beslutsdatum AS dag
    FROM beslut AS b
    WHERE b.beslutsdatum IS NOT NULL
    UNION
    SELECT b.galler_fran AS dag
    FROM beslut AS b
    WHERE b.galler_fran IS NOT NULL
),

frister AS (
    SELECT p.verkstallighet_manader AS manader
    FROM parametrar AS p
    UNION
    SELECT p.kedja_fran_manader AS manader
    FROM parametrar AS p
    UNION
    SELECT p.kedja_till_manader AS manader
    FROM parametrar AS p
),

manad AS (
    SELECT
        d.dag AS dag,
        f.manader AS manader,
        -- Räknat från år noll, så att årsskiften inte är något särfall.
        YEAR(d.dag) * 12 + MONTH(d.dag) - 1 + f.manader AS fristens_manad
    FROM dagar AS d
    CROSS JOIN frister AS f
),

manad_med_granser AS (
    SELECT
        m.dag AS dag,
        m.manader AS manader,
        MAKE_DATE(
            CAST(m.fristens_manad // 12 AS INTEGER), CAST(m.fristens_manad % 12 + 1 AS INTEGER), 1
        ) AS forsta_dag,
        MAKE_DATE(
            CAST((m.fristens_manad + 1) // 12 AS INTEGER), CAST((m.fristens_manad + 1) % 12 + 1 AS INTEGER), 1
        ) - 1 AS sista_dag
    FROM manad AS m
)

SELECT
    g.dag AS dag,
    g.manader AS manader,
    LEAST(g.forsta_dag + CAST(DAY(g.dag) - 1 AS INTEGER), g.sista_dag) AS frist
FROM manad_med_granser AS g
