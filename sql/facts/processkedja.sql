-- namn: processkedja
-- beskrivning: Dagen då varje steg i processen först stod för ett beslut, och dagen då alla gjorde det: avslutad utredning
--   med minst en bedömning, beslut, uppdrag skickat eller mottaget, klarmarkerad genomförandeplan, och gjord uppföljning
--   av vem som helst i vilken kanal som helst. Kedjan granskas från kedja_fran till kedja_till (inte till och med).
-- indata: beslutsfakta, utredningsfakta, uppdragsfakta, uppfoljningsfakta, manadsfrister, parametrar
-- nyckel: beslut_id
-- antal_som: beslut
WITH uppdrag_och_plan AS (
    SELECT
        u.beslut_id AS beslut_id,
        MIN(u.lamnat) AS uppdrag_dag,
        MIN(u.forsta_klarmarkerad) AS plan_dag
    FROM uppdragsfakta AS u
    GROUP BY u.beslut_id
),

uppfoljd AS (
    SELECT
        u.beslut_id AS beslut_id,
        MIN(u.datum) AS uppfoljning_dag
    FROM uppfoljningsfakta AS u
    WHERE u.gjord
    GROUP BY u.beslut_id
),

steg AS (
    SELECT
        b.beslut_id AS beslut_id,
        b.galler_fran AS galler_fran,
        i.avslutad AS utredning_dag,
        COALESCE(i.antal_bedomningar, 0) > 0 AS har_bedomning,
        b.beslutsdatum AS beslut_dag,
        u.uppdrag_dag AS uppdrag_dag,
        u.plan_dag AS plan_dag,
        f.uppfoljning_dag AS uppfoljning_dag
    FROM beslutsfakta AS b
    LEFT JOIN utredningsfakta AS i ON b.utredning_id = i.utredning_id
    LEFT JOIN uppdrag_och_plan AS u ON b.beslut_id = u.beslut_id
    LEFT JOIN uppfoljd AS f ON b.beslut_id = f.beslut_id
)

SELECT
    s.beslut_id AS beslut_id,
    s.utredning_dag AS utredning_dag,
    s.har_bedomning AS har_bedomning,
    s.beslut_dag AS beslut_dag,
    s.uppdrag_dag AS uppdrag_dag,
    s.plan_dag AS plan_dag,
    s.uppfoljning_dag AS uppfoljning_dag,
    -- GREATEST hoppar över tomma dagar i vissa motorer, så att de prövas först.
    CASE
        WHEN
            s.har_bedomning
            AND s.utredning_dag IS NOT NULL
            AND s.beslut_dag IS NOT NULL
            AND s.uppdrag_dag IS NOT NULL
            AND s.plan_dag IS NOT NULL
            AND s.uppfoljning_dag IS NOT NULL
            THEN GREATEST(s.utredning_dag, s.beslut_dag, s.uppdrag_dag, s.plan_dag, s.uppfoljning_dag)
    END AS kedja_hel_dag,
    k.frist AS kedja_fran,
    t.frist AS kedja_till
FROM steg AS s
CROSS JOIN parametrar AS p
LEFT JOIN manadsfrister AS k ON s.galler_fran = k.dag AND p.kedja_fran_manader = k.manader
LEFT JOIN manadsfrister AS t ON s.galler_fran = t.dag AND p.kedja_till_manader = t.manader
