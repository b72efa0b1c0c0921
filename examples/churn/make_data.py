"""Write data/customers.csv: 1,600 made-up telephone customers, the same bytes at every call."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

ROWS = 1600
CONTRACTS = ("monthly", "monthly", "yearly", "two-year")


def customer(draw: random.Random, number: int) -> list[object]:
    """Return one row; short contracts, many calls and high bills make leaving likelier."""
    tenure = draw.randint(1, 72)
    contract = draw.choice(CONTRACTS)
    monthly = round(draw.uniform(18, 110), 2)
    calls = min(12, int(draw.expovariate(0.6)))
    gigabytes = round(draw.gammavariate(2.0, 9.0), 1)
    score = -1.1 + 0.35 * calls + 0.018 * (monthly - 60) - 0.035 * tenure
    score += {"monthly": 0.9, "yearly": -0.4, "two-year": -1.2}[contract]
    left = int(draw.random() < 1 / (1 + math.exp(-score)))
    first_bill = "" if tenure <= 2 else monthly
    return [f"C{number:05d}", tenure, contract, first_bill, gigabytes, calls, left]


def main() -> None:
    """Write the table beside this script."""
    draw = random.Random(20240611)
    target = Path(__file__).resolve().parent / "data" / "customers.csv"
    target.parent.mkdir(exist_ok=True)
    with target.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(["customer", "tenure", "contract", "monthly", "gigabytes", "calls", "churned"])
        rows.writerows(customer(draw, number) for number in range(ROWS))


if __name__ == "__main__":
    main()
