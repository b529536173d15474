"""How far two runs of examples/evaluate are apart on the same images and noise: the mean difference of the bound in nats, with its standard error.

    python compare.py BEFORE.jsonl AFTER.jsonl
"""

import argparse
import json
from pathlib import Path

import numpy as np


def bounds(path: Path) -> dict[tuple[str, str, int], float]:
    """The bound of each image under each model, by model, set and number of the image."""
    found = {}
    for line in path.read_text().splitlines()[1:]:
        record = json.loads(line)
        key = record["model"], record.get("set", ""), record["image"]
        found |= {key: t["value"] for t in record["terms"] if t["metric"] == "elbo" and "k" not in t}
    return found


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("before", type=Path)
    p.add_argument("after", type=Path)
    args = p.parse_args()
    before, after = bounds(args.before), bounds(args.after)
    if before.keys() != after.keys():
        raise SystemExit("the runs are of other images")
    groups: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for key, value in before.items():
        groups.setdefault(key[:2], []).append((value, after[key]))
    print("| model | set | bound before | difference | images |\n|---|---|---|---|---|")
    for (model, of), pairs in sorted(groups.items()):
        a, b = np.array(pairs).T
        print(f"| {model} | {of} | {a.mean():.2f} | {(b - a).mean():+.4f} ± {(b - a).std(ddof=1) / len(a) ** 0.5:.4f} | {len(a)} |")


if __name__ == "__main__":
    main()
