-- Beslut med mål: en rad per mål, eller en rad för ett beslut utan mål.
-- Exempel. Combines verkliga vyer är inte publika: byt ut vyernas namn (v_…) mot de egna och behåll kolumnernas namn.
-- Programmet binder parametrarna kommunkod och uttagsdatum. registrerad är dagen då posten skrevs, så att fel i datum
-- syns. Sorteringen gör att samma innehåll ger samma fil.
SELECT
  b.beslut_id, b.utredning_id, b.individ_id, i.kon, i.skydd, b.lagrum, b.insats, b.utfall, b.beslutsdatum,
  b.galler_fran, b.galler_tom, b.omfattning, b.omfattning_enhet, b.verkstallt, b.ej_verkstallt_skal, b.upphort,
  b.upphort_orsak, b.planerad_uppfoljning, b.utan_behovsprovning,
  m.mal_id, m.icf_kod, m.avsett, m.maltext, m.inriktning
FROM v_beslut b
LEFT JOIN v_individ i ON i.individ_id = b.individ_id AND i.kommunkod = b.kommunkod
LEFT JOIN v_mal m ON m.beslut_id = b.beslut_id AND m.kommunkod = b.kommunkod
WHERE b.kommunkod = :kommunkod AND b.registrerad <= :uttagsdatum
ORDER BY b.beslut_id, m.mal_id
