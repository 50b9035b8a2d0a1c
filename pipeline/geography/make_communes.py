"""Makes communes.csv and epcis.csv from the npm package `@etalab/decoupage-administratif`.

    npm pack @etalab/decoupage-administratif@6.0.0 && tar xzf etalab-decoupage-administratif-6.0.0.tgz
    python -m pipeline.geography.make_communes package

Run it with each year's package: the version read is written into the files. Nothing is fetched here.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

ATTRIBUTION = (
    "# {what} From @etalab/decoupage-administratif {version} (INSEE, Code officiel géographique and populations;\n"
    "# DGCL, EPCI; INSEE, EPT), Licence Ouverte 2.0; code of the package MIT.\n"
    "# Made by pipeline/geography/make_communes.py.\n"
)
COMMUNES = "Every commune; then former communes that are a part of one (`part_of`).\n#"
EPCIS = "Every EPCI with its own taxes, and the EPTs of Greater Paris; `members` are codes of communes.\n#"


def main(package: Path, into: Path) -> None:
    """Read an unpacked package, write both files into a folder."""
    version = json.loads((package / "package.json").read_text(encoding="utf-8"))["version"]
    data = {name: json.loads((package / "data" / f"{name}.json").read_text("utf-8")) for name in ("communes", "epci")}
    data["ept"] = json.loads((package / "data" / "ept.json").read_text("utf-8"))
    write(into / "communes.csv", COMMUNES, version, ("code", "name", "population", "part_of"), communes(data))
    write(into / "epcis.csv", EPCIS, version, ("code", "name", "members"), epcis(data))


def communes(data: dict[str, list[dict[str, Any]]]) -> Iterable[tuple[str, ...]]:
    """Rows of communes.csv. Arrondissements are left out, and parts that bear their commune's own name."""
    today = {c["code"]: c for c in data["communes"] if c["type"] == "commune-actuelle"}
    for code, commune in today.items():
        yield code, commune["nom"], str(commune.get("population", 0)), ""
    for part in data["communes"]:
        if part["type"] in ("commune-deleguee", "commune-associee") and part["nom"] != today[part["chefLieu"]]["nom"]:
            yield part["code"], part["nom"], "", part["chefLieu"]


def epcis(data: dict[str, list[dict[str, Any]]]) -> Iterable[tuple[str, ...]]:
    """Rows of epcis.csv, in the order of the package."""
    for epci in data["epci"] + data["ept"]:
        yield epci["code"], epci["nom"], " ".join(sorted(member["code"] for member in epci["membres"]))


def write(file: Path, what: str, version: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    """A CSV file whose first lines say where it comes from and under which licence."""
    table = io.StringIO()
    csv.writer(table, lineterminator="\n").writerows([head, *rows])
    file.write_text(ATTRIBUTION.format(what=what, version=version) + table.getvalue(), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(__file__).parent)
