"""Score, judge and export one run: what ships of it."""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

import checkpoints
import judge
import registry
import samples
from scores import Effort, scores

STEPS, TRIAL_STEPS = [1000, 50], [20, 5]  # of the chains whose samples are judged
TRIAL_EFFORT = Effort(images=20, draws=2, weighted_images=2, intervals=4)
OPTIONS = "data", "runs", "images", "weighted_images", "intervals", "device", "threads", "columns", "judge_epochs"
HERE = Path(__file__).resolve().parent


def judged(model: registry.Model, network, run: Path, args) -> list[dict]:
    """Write grids of samples; of a diffusion model, what share of each a classifier recognizes."""
    found, steps = [], TRIAL_STEPS if args.tiny else STEPS
    for name, levels in samples.grids(network, model.kind, args.device, steps, args.columns).items():
        samples.write(levels, run / f"{model.id}-{name}.png")
        if model.kind == "ddpm":
            labels = torch.arange(10, device=levels.device).repeat_interleave(args.columns)
            critic = judge.trained(model.dataset, args.data, args.runs / "judge", args.device, epochs=args.judge_epochs)
            found.append({"grid": name, **critic.verdict(levels, labels)})
            print(found[-1], flush=True)
    return found


def finish(model: registry.Model, args) -> None:
    run = args.runs / model.id
    model = model.resized(checkpoints.unpack(run)[1])
    network = model.network()
    checkpoints.shipped(network, run)
    effort = TRIAL_EFFORT if args.tiny else Effort(args.images, weighted_images=args.weighted_images, intervals=args.intervals)
    facts = scores(model, network, args.data, effort, args.device)
    for s in facts["scores"]:
        print(f"{s['metric']} {s['value']:.4f} ± {s['standardError']:.4f} {s['unit']}", flush=True)
    facts["samples"] = judged(model, network, run, args)
    (run / "scores.json").write_text(json.dumps(facts, indent=2) + "\n")
    command = [sys.executable, str(HERE / "export.py"), model.id, "--runs", str(args.runs), "--threads", str(args.threads)]
    command += ["--data", str(args.data)] if args.data else []
    command += ["--tiny"] if args.tiny else []
    subprocess.run(command, check=True, env=os.environ | {"CUDA_VISIBLE_DEVICES": ""})


def add_options(p: argparse.ArgumentParser) -> None:
    p.add_argument("--data", help="folder with a subfolder of IDX .gz files per data set; without it they are fetched")
    p.add_argument("--runs", type=Path, default=Path("runs"), help="folder with a subfolder per model; what is there goes on")
    p.add_argument("--images", type=int, default=10000, help="test images to score")
    p.add_argument("--weighted-images", type=int, default=1000, help="test images whose log p(x) is estimated by importance weights")
    p.add_argument("--intervals", type=int, default=64, help="of log SNR per test image of a diffusion model, an evaluation in each")
    p.add_argument("--device", choices=["cpu", "cuda"], default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--columns", type=int, default=50, help="samples of each class that are judged")
    p.add_argument("--judge-epochs", type=int, default=4)
    p.add_argument("--tiny", action="store_true", help="tiny networks, and little to score: a trial of everything")


def options(args) -> list[str]:
    """The arguments that give `args` again, of those that `add_options` adds."""
    given = [(name, getattr(args, name)) for name in OPTIONS]
    found = [text for name, value in given if value is not None for text in ("--" + name.replace("_", "-"), str(value))]
    return found + ["--tiny"] * args.tiny


def prepare(threads: int) -> None:
    torch.set_num_threads(threads)
    # full f32 where f32 is asked for: TF32 has no more bits than bf16 can lose of a level
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    torch.backends.cudnn.benchmark = True


def main() -> None:
    every = registry.models()
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("model", choices=list(every))
    add_options(p)
    args = p.parse_args()
    prepare(args.threads)
    finish(registry.tiny(every[args.model]) if args.tiny else every[args.model], args)


if __name__ == "__main__":
    main()
