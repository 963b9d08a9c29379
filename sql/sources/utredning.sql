-- Utredningar med bedömningar: en rad per bedömning, eller en rad för en utredning utan bedömningar.
-- Exempel. Combines verkliga vyer är inte publika: byt ut vyernas namn (v_…) mot de egna och behåll kolumnernas namn.
-- Programmet binder parametrarna kommunkod och uttagsdatum. registrerad är dagen då posten skrevs, så att fel i datum
-- syns. Sorteringen gör att samma innehåll ger samma fil.
SELECT
  u.utredning_id, u.individ_id, i.kon, i.skydd, u.lagrum, u.kallsystem, u.aktualiserad, u.ansokan_datum,
  u.ansokan_text, u.inledd, u.avslutad, u.utfall, u.uppgifter_fran, u.individens_uppfattning, u.samtycke,
  u.informerat_samtal, u.samlad_bedomning, u.kommunicerad,
  b.icf_kod, b.livsomrade, b.bedomt, b.bedomt_text, b.avsett, b.avsett_text, b.resurser, b.relaterade_faktorer
FROM v_utredning u
LEFT JOIN v_individ i ON i.individ_id = u.individ_id AND i.kommunkod = u.kommunkod
LEFT JOIN v_bedomning b ON b.utredning_id = u.utredning_id AND b.kommunkod = u.kommunkod
WHERE u.kommunkod = :kommunkod AND u.registrerad <= :uttagsdatum
ORDER BY u.utredning_id, b.icf_kod
