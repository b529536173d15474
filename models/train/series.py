"""Train, score and export several models in turn within a budget of time; each finished one is in the output folder at once.

What the folder of runs holds goes on. A model that fails is left out, and the others go on.
"""

import argparse
import json
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

import archive
import checkpoints
import initial
import judge
import loop
import registry
import samples
from data import load
from scores import Effort, scores
from train import train

STEPS, TRIAL_STEPS = [1000, 50], [20, 5]  # of the chains whose samples are judged
OVERHEAD = {"cuda": 15.0, "cpu": 5.0}  # seconds that scores and export of a model take, until one is known
LEAST = 2.0  # seconds of training below which none is begun
HERE = Path(__file__).resolve().parent


class Series:
    def __init__(self, args, models: list[registry.Model]):
        self.args, self.models, self.began = args, models, time.monotonic()
        self.exports: list[tuple[str, subprocess.Popen]] = []
        self.overhead, self.images, self.failed = OVERHEAD[args.device], {}, []
        tiny = Effort(images=20, draws=2, weighted_images=2, intervals=4)
        self.effort = tiny if args.tiny else Effort(args.images, weighted_images=args.weighted_images, intervals=args.intervals)

    def left(self) -> float:
        return self.args.budget - (time.monotonic() - self.began)

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:6.1f} s] {text}", flush=True)

    def share(self, at: int) -> float:
        """Seconds of training for model `at` if all that follow are to have their share of what is left."""
        rest = self.models[at:]
        return (self.left() - self.overhead * len(rest) - self.args.reserve) * rest[0].share / sum(m.share for m in rest)

    def data(self, dataset: str):
        if dataset not in self.images:
            self.images[dataset] = tuple(t.to(self.args.device) for t in load("train", self.args.data, dataset))
        return self.images[dataset]

    def train(self, model: registry.Model, seconds: float) -> Path:
        def once(graphs: bool) -> Path:
            limits = loop.Limits(minutes=seconds / 60, steps=self.args.steps)
            return train(
                model, self.args.runs, limits, self.args.data, device=self.args.device, init=self.init(model), graphs=graphs,
                compiled=self.args.compile, images=self.data(model.dataset), log_every=self.args.log_every,
            )

        try:
            return once(graphs=self.args.device == "cuda")
        except torch.cuda.OutOfMemoryError:
            raise
        except RuntimeError as error:
            if self.args.device != "cuda":
                raise
            self.say(f"{model.id}: no CUDA graph ({str(error).splitlines()[0]}); plain steps")
            return once(graphs=False)

    def init(self, model: registry.Model) -> str | None:
        """What a model that has no run yet starts from: the shipped weights, or the run of the same network on binarized images."""
        if self.args.tiny or (self.args.runs / model.id / "weights.pt").exists():
            return None
        shipped, binarized = str(HERE.parent / model.id), str(self.args.runs / model.id.removesuffix("-8bit"))
        sources = [shipped + ".onnx" * (model.kind == "ddpm"), binarized]
        return next((source for source in sources if initial.fits(model.network(), source)), None)

    def judged(self, model: registry.Model, network, run: Path) -> list[dict]:
        """Write grids of samples; of a diffusion model, what share of each a classifier recognizes."""
        found, steps = [], TRIAL_STEPS if self.args.tiny else STEPS
        for name, levels in samples.grids(network, model.kind, self.args.device, steps, self.args.columns).items():
            samples.write(levels, run / f"{model.id}-{name}.png")
            if model.kind == "ddpm":
                labels = torch.arange(10, device=levels.device).repeat_interleave(self.args.columns)
                found.append({"grid": name, **self.judge(model.dataset).verdict(levels, labels)})
                self.say(f"{model.id}: {found[-1]}")
        return found

    def judge(self, dataset: str) -> judge.Trained:
        return judge.trained(dataset, self.args.data, self.args.runs / "judge", self.args.device, epochs=self.args.judge_epochs)

    def finish(self, model: registry.Model, run: Path) -> None:
        """Score what ships, and export it beside the training of the next."""
        model = model.resized(checkpoints.unpack(run)[1])
        network = model.network()
        checkpoints.shipped(network, run)
        facts = scores(model, network, self.args.data, self.effort, self.args.device)
        for s in facts["scores"]:
            self.say(f"{model.id}: {s['metric']} {s['value']:.4f} ± {s['standardError']:.4f} {s['unit']}")
        facts["samples"] = self.judged(model, network, run)
        (run / "scores.json").write_text(json.dumps(facts, indent=2) + "\n")
        command = [sys.executable, str(HERE / "export.py"), model.id, "--runs", str(self.args.runs), "--threads", str(self.args.threads)]
        command += ["--data", str(self.args.data)] if self.args.data else []
        command += ["--tiny"] if self.args.tiny else []
        log = (run / "export.log").open("w")
        environment = os.environ | {"CUDA_VISIBLE_DEVICES": ""}
        self.exports.append((model.id, subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT, env=environment)))

    def collect(self, wait: bool = False) -> None:
        """Pack the runs whose export has ended."""
        running = []
        for name, process in self.exports:
            if wait:
                try:
                    process.wait(timeout=max(5.0, self.left()))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            if process.poll() is None:
                running.append((name, process))
                continue
            text = (self.args.runs / name / "export.log").read_text()
            if process.returncode:
                self.failed.append(name)
            self.say(f"{name}: export {'failed' if process.returncode else 'done'}\n{text.rstrip()}")
        if len(running) < len(self.exports) or wait:
            self.exports = running
            paths = archive.pack(self.args.runs, self.args.out)
            self.say("packed " + ", ".join(f"{p.name} {p.stat().st_size / 1e6:.1f} MB" for p in paths))

    def run(self) -> list[str]:
        for at, model in enumerate(self.models):
            seconds, start = self.share(at), time.monotonic()
            if seconds < LEAST and not self.args.no_training:
                self.say(f"{model.id}: left out, {self.left():.0f} seconds are left")
                continue
            try:
                run = self.args.runs / model.id
                if not self.args.no_training:
                    self.say(f"{model.id}: {seconds:.0f} seconds")
                    self.train(model, seconds)
                    archive.pack(self.args.runs, self.args.out)
                self.finish(model, run)
            except Exception:
                self.failed.append(model.id)
                self.say(f"{model.id}: failed\n{traceback.format_exc()}")
            if not self.args.no_training and model.id not in self.failed:
                self.overhead = max(1.0, time.monotonic() - start - seconds)
            if self.args.device == "cuda":
                torch.cuda.empty_cache()
            self.collect()
        self.collect(wait=True)
        return self.failed


def arguments() -> argparse.Namespace:
    every = registry.models()
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--models", nargs="+", choices=list(every), default=list(every), help="in the order of training")
    p.add_argument("--budget", type=float, default=540.0, help="seconds for everything")
    p.add_argument("--steps", type=float, default=float("inf"), help="of each model, where that comes before its share of the budget")
    p.add_argument("--reserve", type=float, default=15.0, help="seconds of it to keep for the last export")
    p.add_argument("--data", help="folder with a subfolder of IDX .gz files per data set; without it they are fetched")
    p.add_argument("--runs", type=Path, default=Path("runs"), help="folder with a subfolder per model; what is there goes on")
    p.add_argument("--out", type=Path, default=Path("out"), help="folder for the archives of finished models")
    p.add_argument("--no-training", action="store_true", help="score and export what the folder of runs holds")
    p.add_argument("--images", type=int, default=10000, help="test images to score")
    p.add_argument("--weighted-images", type=int, default=1000, help="test images whose log p(x) is estimated by importance weights")
    p.add_argument("--intervals", type=int, default=64, help="of log SNR per test image of a diffusion model, an evaluation in each")
    p.add_argument("--device", choices=["cpu", "cuda"], default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--threads", type=int, default=1)
    p.add_argument("--columns", type=int, default=50, help="samples of each class that are judged")
    p.add_argument("--judge-epochs", type=int, default=4)
    p.add_argument("--log-every", type=int, default=200)
    p.add_argument("--compile", action="store_true", help="compile networks first: a minute's wait each, then faster steps")
    p.add_argument("--tiny", action="store_true", help="tiny networks, and little to score: a trial of everything")
    return p.parse_args()


def main() -> None:
    args, every = arguments(), registry.models()
    torch.set_num_threads(args.threads)
    # full f32 where f32 is asked for: TF32 has no more bits than bf16 can lose of a level
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    args.out.mkdir(parents=True, exist_ok=True)
    chosen = [every[name] for name in args.models]
    failed = Series(args, [registry.tiny(m) for m in chosen] if args.tiny else chosen).run()
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
