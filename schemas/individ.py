"""The person, once per municipality: a pseudonym and what groups need."""

from schemas.contract import IBIC, Contract, Integer, Text, field


class Individ(Contract):
    """En rad per person och kommun."""

    individ_id: Text = field(
        1,
        "Pseudonym för personen, bildad med kommunens egen nyckel.",
        "personnummer",
        source=IBIC,
        sensitivity="person",
        missing="avvisa",
    )
    fodelsear: Integer = field(
        2,
        "Födelseår enligt personnumret.",
        "integer",
        source="Folkbokföringen",
        unit="år",
        sensitivity="person",
        missing="varna",
        unreadable="varna",
        at_least=1900,
        at_most=2100,
        outside="varna",
    )
    kon: Text = field(
        3,
        "Juridiskt kön enligt personnumret, eller enligt leveransen när numret inte visar det.",
        "code",
        source="Folkbokföringen",
        codelist="kon",
        missing="varna",
        unreadable="varna",
    )
    skydd: Text = field(
        4,
        "Skyddade personuppgifter; tomt betyder inget känt skydd, ett okänt värde läses som sekretessmarkering.",
        "code",
        source="Folkbokföringen",
        codelist="skydd",
        sensitivity="person",
        unreadable="varna",  # läses som sekretessmarkering: hellre för mycket skydd än för lite
    )

    class Config:
        metadata = {
            "tabell": "individ",
            "prefix": "IND",
            "nyckel": ("individ_id",),
            "motstridig": "varna",  # en person finns i alla exporter; högsta skyddet vinner
            "foraldrar": (),
        }
