-- Uppföljningar i alla kanaler. Måluppfyllelse (slag 1) och svar om kvalitet (slag 2) får rader för sig: de hör inte
-- ihop med varandra, och en rad för varje par av dem vore fel.
-- Exempel. Combines verkliga vyer är inte publika: byt ut vyernas namn (v_…) mot de egna och behåll kolumnernas namn.
-- Programmet binder parametrarna kommunkod och uttagsdatum. registrerad är dagen då posten skrevs, så att fel i datum
-- syns. Sorteringen gör att samma innehåll ger samma fil.
SELECT
  f.uppfoljning_id, f.beslut_id, f.plan_id, f.part, f.kanal, f.typ, f.planerad, f.datum, f.status,
  f.individen_deltog, f.andrat_behov,
  m.mal_id, m.utfall AS maluppfyllelse, m.skala_vid_uppfoljning, k.fraga, k.svar
FROM v_uppfoljning f
CROSS JOIN (SELECT 1 AS slag UNION ALL SELECT 2 AS slag) s
LEFT JOIN v_maluppfyllelse m ON s.slag = 1 AND m.uppfoljning_id = f.uppfoljning_id AND m.kommunkod = f.kommunkod
LEFT JOIN v_kvalitetssvar k ON s.slag = 2 AND k.uppfoljning_id = f.uppfoljning_id AND k.kommunkod = f.kommunkod
WHERE f.kommunkod = :kommunkod AND f.registrerad <= :uttagsdatum AND (s.slag = 1 OR k.uppfoljning_id IS NOT NULL)
ORDER BY f.uppfoljning_id, s.slag, m.mal_id, k.fraga
