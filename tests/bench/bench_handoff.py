"""What handing a value over costs, as ratios to `np.save` and `np.load` of as many bytes in the same process.

    python tests/bench/bench_handoff.py [--mb 100] [--rounds 7]

CPU time, subjects interleaved, the least of all rounds; `touched` adds one pass over all numbers on both sides, because
a mapped file is read only where it is used. `floor` is what plain Python needs to look at every string of the frame
once and to make those anew that are not among few, without any check: where strings are Python objects (no pyarrow),
nothing can be faster, and the bar is that much higher. Peak memory is that of a fresh process, relative to the value's
size. Exit 1 when a bar of 1.5 (time, hashing apart) or 1.2 (peak memory) is missed.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from jupyter_mlcode.artifacts import mlcode_handoff

TIME_BAR, MEMORY_BAR = 1.5, 1.2
KINDS = ("array", "frame of numbers", "mixed frame")


class NoHash:
    """Stands in for sha256 where hashing is to be left out."""

    def update(self, content: Any) -> None:
        pass

    def hexdigest(self) -> str:
        return ""


def make(kind: str, mb: float) -> Any:
    rng = np.random.default_rng(0)
    if kind == "array":
        return rng.normal(size=(int(mb * 1e6 / 80), 10))
    if kind == "frame of numbers":
        return pd.DataFrame({f"f{i}": rng.normal(size=int(mb * 1e6 / 80)) for i in range(10)})
    rows = int(mb * 1e6 / 192)  # 8 numbers, and two strings that take 64 bytes each in memory
    columns: dict[str, Any] = {f"f{i}": rng.normal(size=rows) for i in range(5)}
    columns |= {f"i{i}": rng.integers(0, 10_000, rows) for i in range(2)}
    columns["t"] = pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(rows), unit="s")
    columns["cat"] = np.array(["alpha", "beta", "gamma", "delta"])[rng.integers(0, 4, rows)]
    columns["key"] = np.char.add("user_", rng.integers(0, 50_000, rows).astype("U6"))
    return pd.DataFrame(columns)


def size(value: Any) -> int:
    return int(
        value.nbytes if isinstance(value, np.ndarray) else value.memory_usage(deep=True, index=False).sum()
    )


def touch(value: Any) -> None:
    numbers = value if isinstance(value, np.ndarray) else value.select_dtypes("number")
    if isinstance(numbers, np.ndarray):
        numbers.sum()
    else:
        for name in numbers:
            numbers[name].to_numpy().sum()


def write(value: Any, folder: Path) -> None:
    about = {"format": 1, "stage": "a", "key": "x", "kind": "value"}
    mlcode_handoff._write(folder / "x.pkl", value, about)


def read(folder: Path) -> Any:
    return mlcode_handoff.read_artifact(folder / "x.pkl")


def floor(value: Any) -> None:
    """Join the strings of each column; split it and put them into an array where they are many."""
    for name in (
        value.select_dtypes(exclude=["number", "datetime"]) if isinstance(value, pd.DataFrame) else ()
    ):
        items = getattr(value[name].array, "_ndarray", None)
        if items is not None:
            text = "\x1f".join(items.tolist()).encode()
            if len(set(items[:1000])) > 64:
                made = (1, items.shape, items.dtype, False, text.decode().split("\x1f"))
                np.empty(0, object).__setstate__(made)


def cpu(act: Callable[[], Any]) -> tuple[float, Any]:
    gc.collect()
    start = time.process_time()
    result = act()
    return (time.process_time() - start) * 1e3, result


def measure(kind: str, mb: float, rounds: int, folder: Path) -> dict[str, float]:
    """Milliseconds, the least of all rounds: what other work on the machine adds is not ours."""
    value, sha256 = make(kind, mb), mlcode_handoff.hashlib.sha256
    plain = np.random.default_rng(0).normal(size=size(value) // 8)
    taken: dict[str, list[float]] = defaultdict(list)
    for _ in range(rounds):
        taken["np.save"].append(cpu(lambda: np.save(folder / "plain.npy", plain))[0])
        spent, loaded = cpu(lambda: np.load(folder / "plain.npy"))
        taken["np.load"].append(spent)
        taken["np.load touched"].append(spent + cpu(lambda loaded=loaded: touch(loaded))[0])
        mlcode_handoff.hashlib.sha256 = NoHash  # type: ignore[assignment]
        taken["write"].append(cpu(lambda: write(value, folder))[0])
        mlcode_handoff.hashlib.sha256 = sha256
        taken["write hashed"].append(cpu(lambda: write(value, folder))[0])
        spent, loaded = cpu(lambda: read(folder))
        taken["read"].append(spent)
        taken["read touched"].append(spent + cpu(lambda loaded=loaded: touch(loaded))[0])
        del loaded
        taken["floor"].append(cpu(lambda: floor(value))[0])
    return {name: min(values) for name, values in taken.items()}


def peak(act: str, kind: str, mb: float, folder: Path) -> float:
    """Peak memory of writing or reading in a fresh process, in sizes of the value."""
    line = [
        sys.executable,
        __file__,
        "--child",
        act,
        "--kind",
        kind,
        "--mb",
        str(mb),
        "--folder",
        str(folder),
    ]
    return float(subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True).stdout)


def child(act: str, kind: str, mb: float, folder: Path) -> None:
    """Print the peak; the kernel's high-water mark is reset once the value is there."""
    pd.DataFrame({"a": ["x"]}).memory_usage(deep=True)
    value = make(kind, mb) if act == "write" else None
    gc.collect()
    bytes_of_value = size(value) if act == "write" else 0
    Path("/proc/self/clear_refs").write_text("5")
    before = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE") - bytes_of_value
    if act == "write":
        write(value, folder)
    else:
        value = read(folder)
        touch(value)
    # not ru_maxrss: a child inherits the one of the process that started it
    top = int(re.search(r"VmHWM:\s*(\d+)", Path("/proc/self/status").read_text())[1]) * 1024  # type: ignore[index]
    print((top - before) / size(value))


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--mb", type=float, default=100)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--child")
    parser.add_argument("--kind")
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.kind, options.mb, options.folder)
        return 0
    missed = False
    print(
        "| value | np.save+load ms | write | read | write+read | touched | floor | + sha256 | peak write | peak read |"
    )
    print("|---|" + "---:|" * 9)
    with tempfile.TemporaryDirectory() as name:
        for kind in KINDS:
            took = measure(kind, options.mb, options.rounds, Path(name))
            peaks = [peak(act, kind, options.mb, Path(name)) for act in ("write", "read")]
            whole = took["np.save"] + took["np.load"]
            ratio = (took["write"] + took["read"]) / whole
            touched = (took["write"] + took["read touched"]) / (took["np.save"] + took["np.load touched"])
            hashing = (took["write hashed"] - took["write"]) / whole
            least = took["floor"] / whole if took["floor"] > 1 else 0.0
            ratios = (
                took["write"] / took["np.save"],
                took["read"] / took["np.load"],
                ratio,
                touched,
                least,
                hashing,
            )
            cells = " | ".join(f"{number:.2f}" for number in (*ratios, *peaks))
            print(f"| {kind} | {whole:.0f} | {cells} |", flush=True)
            missed |= max(ratio, touched) > TIME_BAR + TIME_BAR * least or max(peaks) > MEMORY_BAR
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
