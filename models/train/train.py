"""Train one model: from scratch, from shipped weights, or on from what its folder holds."""

import argparse
import json
import os
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

import checkpoints
import initial
import loop
import machine
import registry
from data import load


def load_weights(objective, run: Path, init: str | None, where: str) -> dict:
    """Weights to start from where the folder has no checkpoint: its `weights.pt`, or those of `init`; gives the facts of their run."""
    if (run / "checkpoint.pt").exists():
        return {}
    if (run / "weights.pt").exists():
        weights, facts = checkpoints.unpack(run)
        objective.network.load_state_dict(weights)
        print(f"starts from {run / 'weights.pt'}, step {facts['step']}")
    elif init:
        lacking, facts = initial.start(objective.network, init), {"step": 0, "seconds": 0.0, "machine": f"{where}, from {Path(init).name}"}
        print(f"starts from {init}" + (f" without {', '.join(lacking)}" if lacking else ""))
    else:
        return {}
    objective.go_on()
    return {name: facts[name] for name in ("step", "seconds", "machine", "sizes") if name in facts}


def train(
    model: registry.Model, runs: Path, limits: loop.Limits, data: str | None, *, device: str, seed: int = 1, init: str | None = None,
    graphs: bool = True, compiled: bool = False, images=None, log_every: int = 100,
) -> Path:
    """Train `model` within `limits` and leave `checkpoint.pt` and `weights.pt` in its folder below `runs`, which it gives.

    `images` are a training set and its labels that lie on the device already.
    """
    run = runs / model.id
    if (run / "weights.pt").exists():
        model = model.resized(checkpoints.unpack(run)[1])
    torch.manual_seed(seed)
    objective = model.objective()
    before = load_weights(objective, run, init, machine.words(device))
    loop.fit(
        objective, *(images or load("train", data, model.dataset)), model.optimization, limits, run, machine=machine.words(device),
        before=before, seed=seed, device=device, graphs=graphs, compiled=compiled, log_every=log_every, sizes=model.sizes,
    )
    checkpoints.pack(run)
    return run


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("model", choices=list(registry.models()))
    p.add_argument("--data", help="folder with the IDX .gz files, or with a subfolder per data set; without it they are fetched")
    p.add_argument("--runs", type=Path, default=Path("runs"), help="folder with a subfolder per model; what is there goes on")
    p.add_argument("--minutes", type=float, default=float("inf"), help="length of the run, which the learning rate follows")
    p.add_argument("--steps", type=float, default=float("inf"), help="length of the run in steps, if that comes first")
    p.add_argument("--init", help="weights to start afresh from: a run's folder, or ../mnist-hvae, or ../mnist-ddpm.onnx")
    p.add_argument("--sizes", type=json.loads, default={}, help='of the network of a new run, such as \'{"fine_attention": false}\'')
    p.add_argument("--batch", type=int)
    p.add_argument("--rate", type=float, help="peak learning rate")
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--no-graphs", action="store_true", help="on CUDA: no graph of a step")
    p.add_argument("--compile", action="store_true", help="compile the objective first: a minute's wait, then faster steps")
    args = p.parse_args()
    torch.set_num_threads(args.threads)
    model = registry.models()[args.model]
    changes = {name: value for name, value in (("batch", args.batch), ("rate", args.rate)) if value}
    model = replace(model, optimization=replace(model.optimization, **changes), sizes=model.sizes | args.sizes)
    train(
        model, args.runs, loop.Limits(args.minutes, args.steps), args.data, device=args.device, seed=args.seed, init=args.init,
        graphs=not args.no_graphs, compiled=args.compile,
    )


if __name__ == "__main__":
    main()
