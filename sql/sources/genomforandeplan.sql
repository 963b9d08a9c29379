-- Genomförandeplaner med mål: en rad per mål, eller en rad för en plan utan mål.
-- Exempel. Combines verkliga vyer är inte publika: byt ut vyernas namn (v_…) mot de egna och behåll kolumnernas namn.
-- Programmet binder parametrarna kommunkod och uttagsdatum. registrerad är dagen då posten skrevs, så att fel i datum
-- syns. Sorteringen gör att samma innehåll ger samma fil.
SELECT
  p.plan_id, p.uppdrag_id, p.typ, p.status, p.upprattad, p.klarmarkerad, p.delgiven, p.nasta_uppfoljning,
  p.delaktighet, p.onskemal,
  m.mal_id, m.icf_kod, m.avsett, m.maltext, m.inriktning
FROM v_genomforandeplan p
LEFT JOIN v_mal m ON m.plan_id = p.plan_id AND m.kommunkod = p.kommunkod
WHERE p.kommunkod = :kommunkod AND p.registrerad <= :uttagsdatum
ORDER BY p.plan_id, m.mal_id
