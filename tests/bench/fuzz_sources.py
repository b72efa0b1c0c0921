"""Fuzzing of cell sources: mutants of probes and idioms are planned, edited and exported; none may crash or hang.

    python -m tests.bench.fuzz_sources --minutes 30 [--start SEED]

Minutes are CPU time of this process. Prints every mutant with a complaint, with its seed; exit 1 when there
was one. Found cases become tests in tests/property/test_mutations.py.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
import traceback
import warnings

from tests.property.mutations import complaints, mutant, read_material

SECONDS = 20


def late(*_: object) -> None:
    """End a plan that takes too long."""
    raise TimeoutError(f"no answer after {SECONDS} s")


def judge(seed: int, material: object) -> list[str]:
    """Return what is wrong with the mutant of a seed; a crash is a complaint with its last lines."""
    signal.alarm(SECONDS)
    try:
        return complaints(*mutant(material, seed))  # type: ignore[arg-type]
    except Exception:
        return ["".join(traceback.format_exc().splitlines(keepends=True)[-5:])]
    finally:
        signal.alarm(0)


def main() -> int:
    """Fuzz until the CPU time is used."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--start", type=int, default=0)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    signal.signal(signal.SIGALRM, late)
    material, seed, bad, slowest = read_material(), options.start, 0, (0.0, 0)
    while time.process_time() < options.minutes * 60:
        begun = time.process_time()
        found = judge(seed, material)
        slowest = max(slowest, (time.process_time() - begun, seed))
        if found:
            bad += 1
            print(f"seed {seed}: {found[0]}", flush=True)
        seed += 1
    done = f"{seed - options.start} mutants, {bad} with a complaint"
    print(f"{done}; slowest {slowest[0]:.1f} s CPU (seed {slowest[1]})")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
