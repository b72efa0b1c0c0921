"""Write data/flats.csv: 900 made-up flats with their rents, the same bytes at every call."""

from __future__ import annotations

import csv
import random
from pathlib import Path

ROWS = 900
DISTRICTS = {"centre": 6.5, "harbour": 4.0, "north": 1.0, "south": 0.0, "garden": 2.5}


def flat(draw: random.Random) -> list[object]:
    """Return one row; the rent bends with the size and drops with the distance."""
    district = draw.choice(sorted(DISTRICTS))
    size = round(draw.uniform(22, 140), 1)
    rooms = max(1, min(6, round(size / 26 + draw.uniform(-0.8, 0.8))))
    floor = draw.randint(0, 9)
    built = draw.randint(1900, 2022)
    distance = round(draw.uniform(0.1, 4.5), 2)
    per_metre = 9.5 + DISTRICTS[district] + 60 / size + 0.15 * floor - 0.8 * distance
    per_metre += 2.0 if built >= 2005 else 0.0
    rent = round(per_metre * size + draw.gauss(0, 45), 0)
    return [district, size, rooms, floor, built, distance, int(rent)]


def main() -> None:
    """Write the table beside this script."""
    draw = random.Random(4242)
    target = Path(__file__).resolve().parent / "data" / "flats.csv"
    target.parent.mkdir(exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["district", "size", "rooms", "floor", "built", "distance", "rent"])
        rows.writerows(flat(draw) for _ in range(ROWS))


if __name__ == "__main__":
    main()
