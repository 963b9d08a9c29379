-- namn: individfakta
-- beskrivning: Det om en person som grupper behöver. En person med skyddade uppgifter har varken kön eller ålder här.
-- indata: individ
-- nyckel: individ_id
-- antal_som: individ
WITH person AS (
    SELECT
        i.individ_id AS individ_id,
        i.kon AS kon,
        i.fodelsear AS fodelsear,
        COALESCE(i.skydd, 'ingen') <> 'ingen' AS skyddad
    FROM individ AS i
)

SELECT
    p.individ_id AS individ_id,
    p.skyddad AS skyddad,
    CASE WHEN p.kon IN ('kvinna', 'man') AND NOT p.skyddad THEN p.kon ELSE 'ej_redovisad' END AS kon,
    CASE WHEN NOT p.skyddad THEN p.fodelsear END AS fodelsear
FROM person AS p
