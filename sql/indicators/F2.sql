-- id: F2
-- namn: Uppföljningar i rätt steg
-- definition: Andel gjorda uppföljningar som är dokumenterade i steget Följa upp i stället för bara i journalen.
-- namnare: Klarmarkerade uppföljningar, av myndigheten eller utföraren, gjorda i perioden.
-- taljare: De av uppföljningarna som är dokumenterade i steget Följa upp.
-- exkluderingar: ej_observerbar
-- typ: handelse
-- periodtyper: manad, kvartal, halvar, ar
-- riktning: hogre_ar_battre
-- enhet: uppföljning
-- kalla: IBIC, processteget Följa upp
-- version: 2026-07-01
-- tolkning: Uppföljningar som aldrig dokumenteras syns inte alls, så en hög andel kan stå bredvid få uppföljningar.
-- matt: andel
-- malgrupp: Biståndshandläggare, enhetschefer hos utförarna och systemförvaltare.
-- vilseleder: Färre uppföljningar i journalen höjer andelen, även när ingen av dem i stället gjordes i steget. Hur en
--   journalhändelse känns igen som uppföljning beror på vad kommunen har angett i sin profil.
-- atgard: Gå igenom varför uppföljningar hamnar i journalen: är steget okänt, krångligt eller stängt för någon roll?
--   Läs skillnaden mellan T2 och T1 bredvid.
-- indata: uppfoljningsfakta, parametrar
WITH enhet AS (
    SELECT
        u.*,
        CASE WHEN u.datum < p.folja_upp_fran THEN 'ej_observerbar' END AS skal
    FROM uppfoljningsfakta AS u
    CROSS JOIN parametrar AS p
    WHERE u.gjord
)

SELECT
    'F2' AS indikator,
    e.uppfoljning_id AS enhet_id,
    e.datum AS fran,
    CAST(NULL AS DATE) AS till,
    e.skal IS NULL AS i_namnare,
    e.skal IS NULL AND e.kanal = 'folja_upp' AS i_taljare,
    e.skal AS exkluderad,
    CAST(NULL AS DOUBLE) AS varde,
    e.kon AS kon,
    e.aldersgrupp AS aldersgrupp,
    e.insatsgrupp AS insatsgrupp,
    e.lagrum AS lagrum,
    e.regiform AS regiform
FROM enhet AS e
