-- The figures of all municipalities and periods, from the table enhet: an indicator's units beside each other.
-- A state adds one to its groups in the month in which it begins and takes one away in the month in which it ends;
-- an event counts in the period that holds it, unless a later event of the same unit lies in that period too.

CREATE TABLE langd_av AS
SELECT * FROM (VALUES ('manad', 1), ('kvartal', 3), ('halvar', 6), ('ar', 12)) AS t(period_typ, manader);

CREATE TABLE period AS
SELECT period_typ, manader, nummer, (nummer + 1) * manader - 1 AS sista
FROM langd_av CROSS JOIN range(0, 12 * 3000) AS n(nummer)
WHERE nummer * manader >= {first} AND (nummer + 1) * manader - 1 <= {last};

CREATE TABLE rad AS
SELECT
    e.indikator, i.typ, i.vaxande, left(e.enhet_id, 4) AS kommunkod, e.fran, e.varde,
    12 * year(e.fran) + month(e.fran) - 1 AS fran_manad,
    12 * year(e.till) + month(e.till) - 1 AS till_manad,
    e.i_namnare::INT AS namnare, e.i_taljare::INT AS taljare, (e.exkluderad IS NOT NULL)::INT AS exkluderade,
    e.kon, e.aldersgrupp, e.insatsgrupp, e.lagrum, e.regiform
FROM enhet AS e JOIN indikator AS i ON e.indikator = i.id;

CREATE TABLE andring AS
SELECT
    kommunkod, indikator, typ, manader, nummer,
    CASE WHEN GROUPING(kon) = 0 THEN 'kon' WHEN GROUPING(aldersgrupp) = 0 THEN 'aldersgrupp'
        WHEN GROUPING(insatsgrupp) = 0 THEN 'insatsgrupp' WHEN GROUPING(lagrum) = 0 THEN 'lagrum'
        WHEN GROUPING(regiform) = 0 THEN 'regiform' ELSE 'total' END AS brytning,
    coalesce(kon, aldersgrupp, insatsgrupp, lagrum, regiform, 'alla') AS grupp,
    sum(namnare) AS namnare, sum(taljare) AS taljare, sum(exkluderade) AS exkluderade
FROM (
    SELECT kommunkod, indikator, typ, manader, nummer, kon, aldersgrupp, insatsgrupp, lagrum, regiform,
        sum(tecken * namnare) AS namnare, sum(tecken * taljare) AS taljare, sum(tecken * exkluderade) AS exkluderade
    FROM (
        SELECT *, 1 AS manader, greatest(fran_manad, {first}) AS nummer, 1 AS tecken FROM rad
        WHERE typ = 'tillstand' AND greatest(fran_manad, {first}) < coalesce(till_manad, {last} + 1)
        UNION ALL
        SELECT *, 1 AS manader, till_manad AS nummer, -1 AS tecken FROM rad
        WHERE typ = 'tillstand' AND greatest(fran_manad, {first}) < till_manad AND till_manad <= {last}
        UNION ALL
        SELECT r.*, l.manader, r.fran_manad // l.manader AS nummer, 1 AS tecken
        FROM rad AS r CROSS JOIN langd_av AS l
        WHERE r.typ = 'handelse'
            AND (r.till_manad IS NULL OR r.till_manad // l.manader <> r.fran_manad // l.manader)
    )
    GROUP BY ALL
)
GROUP BY GROUPING SETS (
    (kommunkod, indikator, typ, manader, nummer), (kommunkod, indikator, typ, manader, nummer, kon),
    (kommunkod, indikator, typ, manader, nummer, aldersgrupp), (kommunkod, indikator, typ, manader, nummer, insatsgrupp),
    (kommunkod, indikator, typ, manader, nummer, lagrum), (kommunkod, indikator, typ, manader, nummer, regiform)
);

CREATE TABLE vid_manadens_slut AS
SELECT kommunkod, indikator, brytning, grupp, manad,
    sum(namnare) OVER w AS namnare, sum(taljare) OVER w AS taljare, sum(exkluderade) OVER w AS exkluderade
FROM (
    SELECT c.*, m.manad, a.namnare, a.taljare, a.exkluderade
    FROM (SELECT DISTINCT kommunkod, indikator, brytning, grupp FROM andring WHERE typ = 'tillstand') AS c
    CROSS JOIN range({first}, {last} + 1) AS m(manad)
    LEFT JOIN andring AS a
        ON a.typ = 'tillstand' AND c.kommunkod = a.kommunkod AND c.indikator = a.indikator
        AND c.brytning = a.brytning AND c.grupp = a.grupp AND m.manad = a.nummer
)
WINDOW w AS (PARTITION BY kommunkod, indikator, brytning, grupp ORDER BY manad);

CREATE TABLE varden AS
SELECT kommunkod, indikator, brytning, grupp, manader, nummer, count(*) AS antal_varden,
    median(varde) AS median, quantile_disc(varde, 0.9) AS p90
FROM (
    SELECT kommunkod, indikator, manader, nummer, varde, g.brytning, g.grupp
    FROM (
        SELECT r.* REPLACE (CASE WHEN vaxande THEN varde + date_diff('day', fran, slut) ELSE varde END AS varde),
            1 AS manader, m.nummer
        FROM rad AS r
        JOIN (SELECT nummer, last_day(make_date(nummer // 12, nummer % 12 + 1, 1)) AS slut
            FROM range({first}, {last} + 1) AS t(nummer)) AS m
            ON m.nummer >= r.fran_manad AND m.nummer < coalesce(r.till_manad, {last} + 1)
        WHERE r.typ = 'tillstand' AND r.namnare = 1 AND r.varde IS NOT NULL
        UNION ALL
        SELECT r.*, l.manader, r.fran_manad // l.manader AS nummer
        FROM rad AS r CROSS JOIN langd_av AS l
        WHERE r.typ = 'handelse' AND r.namnare = 1 AND r.varde IS NOT NULL
            AND (r.till_manad IS NULL OR r.till_manad // l.manader <> r.fran_manad // l.manader)
    ) AS v
    CROSS JOIN LATERAL (VALUES ('total', 'alla'), ('kon', v.kon), ('aldersgrupp', v.aldersgrupp),
        ('insatsgrupp', v.insatsgrupp), ('lagrum', v.lagrum), ('regiform', v.regiform)) AS g(brytning, grupp)
)
GROUP BY ALL;

CREATE TABLE figurer AS
SELECT f.kommunkod, f.indikator, f.period_typ, f.nummer, f.brytning, f.grupp,
    CAST(f.namnare AS BIGINT) AS namnare, CAST(f.taljare AS BIGINT) AS taljare,
    CAST(f.exkluderade AS BIGINT) AS exkluderade, v.antal_varden, v.median, v.p90
FROM (
    SELECT s.kommunkod, s.indikator, s.brytning, s.grupp, p.period_typ, p.nummer, 1 AS vid, s.manad AS vid_nummer,
        s.namnare, s.taljare, s.exkluderade
    FROM vid_manadens_slut AS s JOIN period AS p ON s.manad = p.sista
    UNION ALL
    SELECT a.kommunkod, a.indikator, a.brytning, a.grupp, p.period_typ, p.nummer, p.manader AS vid, p.nummer,
        a.namnare, a.taljare, a.exkluderade
    FROM andring AS a JOIN period AS p ON a.manader = p.manader AND a.nummer = p.nummer
    WHERE a.typ = 'handelse'
) AS f
LEFT JOIN varden AS v
    ON f.kommunkod = v.kommunkod AND f.indikator = v.indikator AND f.brytning = v.brytning AND f.grupp = v.grupp
    AND f.vid = v.manader AND f.vid_nummer = v.nummer
WHERE f.namnare + f.exkluderade > 0;
