-- Uppdrag till utförare, ett per rad.
-- Exempel. Combines verkliga vyer är inte publika: byt ut vyernas namn (v_…) mot de egna och behåll kolumnernas namn.
-- Programmet binder parametrarna kommunkod och uttagsdatum. registrerad är dagen då posten skrevs, så att fel i datum
-- syns. Sorteringen gör att samma innehåll ger samma fil.
SELECT
  x.uppdrag_id, x.beslut_id, x.utforare_id, x.regiform, x.skickat, x.mottaget, x.paborjat, x.avslutat, x.antal_mal
FROM v_uppdrag x
WHERE x.kommunkod = :kommunkod AND x.registrerad <= :uttagsdatum
ORDER BY x.uppdrag_id
