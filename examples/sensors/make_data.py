"""Write data/hall_*.csv: a week of half-hourly readings of three machine halls, the same bytes at every call."""

from __future__ import annotations

import csv
import math
import random
from datetime import datetime, timedelta
from pathlib import Path

HALLS = {"hall_a": 21.0, "hall_b": 19.5, "hall_c": 23.0}
START = datetime(2024, 3, 4)
READINGS = 7 * 48


def readings(draw: random.Random, base: float) -> list[list[object]]:
    """Return the rows of one hall: a daily wave, noise, gaps, a repeated row and a few spikes."""
    rows: list[list[object]] = []
    spikes = set(draw.sample(range(READINGS), 5))
    for number in range(READINGS):
        moment = START + timedelta(minutes=30 * number)
        wave = 2.5 * math.sin(2 * math.pi * (number % 48) / 48)
        temperature = base + wave + draw.gauss(0, 0.3) + (7.0 if number in spikes else 0.0)
        vibration = abs(draw.gauss(1.0, 0.15)) + (0.9 if number in spikes else 0.0)
        shown = "" if draw.random() < 0.03 else f"{temperature:.2f}"
        rows.append([moment.isoformat(sep=" "), shown, f"{vibration:.3f}"])
        if draw.random() < 0.01:
            rows.append(list(rows[-1]))
    return rows


def main() -> None:
    """Write one table per hall beside this script."""
    draw = random.Random(77)
    folder = Path(__file__).resolve().parent / "data"
    folder.mkdir(exist_ok=True)
    for hall, base in HALLS.items():
        with (folder / f"{hall}.csv").open("w", newline="", encoding="utf-8") as file:
            rows = csv.writer(file, lineterminator="\n")
            rows.writerow(["Time", "Temperature", "Vibration"])
            rows.writerows(readings(draw, base))


if __name__ == "__main__":
    main()
