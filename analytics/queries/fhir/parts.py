"""Small parts that many resources share."""

from decimal import Decimal
from typing import Any

from clinic.shared.links import absolute
from clinic.shared.tenancy import current_clinic

ICD10 = "http://hl7.org/fhir/sid/icd-10"
LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
# Units as we write them, in UCUM's spelling.
UNITS = {"mmHg": "mm[Hg]", "°C": "Cel", "kg/m²": "kg/m2"}
SAME_IN_UCUM = {"/min", "%", "kg", "g", "cm", "mg/dL", "g/dL", "mmol/L", "U/L", "ng/mL", "mg/L"}


def base() -> str:
    """The root of the addresses of this clinic's resources."""
    return absolute("/fhir")


def ref(kind: str, pk: object, words: str = "") -> dict[str, Any]:
    """A reference to another resource."""
    return {"reference": f"{kind}/{pk}", **({"display": words} if words else {})}


def concept(text: str, *, system: str = "", code: str = "") -> dict[str, Any]:
    """A thing said in words, with its code where there is one."""
    coding = [{"system": system, "code": code, "display": text or None}] if code else None
    return {key: value for key, value in (("text", text or None), ("coding", coding)) if value}


def fixed(system: str, code: str) -> dict[str, Any]:
    """A concept of FHIR's own lists."""
    return {"coding": [{"system": f"http://terminology.hl7.org/CodeSystem/{system}", "code": code}]}


def amount(value: Decimal | None, unit: str) -> dict[str, Any] | None:
    """A value with its unit as it is written here, coded where UCUM knows it; None where there is none."""
    if value is None:
        return None
    code = UNITS.get(unit) or (unit if unit in SAME_IN_UCUM else "")
    return said(value=value.normalize() + 0, unit=unit, system=UCUM if code else None, code=code)


def money(amount: Decimal) -> dict[str, Any]:
    """An amount in the clinic's currency."""
    return {"value": amount, "currency": current_clinic().currency}


def said(**values: Any) -> dict[str, Any]:
    """What is known; empty values are left out."""
    return {key: value for key, value in values.items() if value not in (None, "", [], {})}
