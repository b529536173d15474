"""Train, score and export several models in turn within a budget of time; each finished one is in the output folder at once.

What the folder of runs holds goes on. A model that fails is left out, and the others go on.
"""

import argparse
import os
import subprocess
import sys
import time
import traceback
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import torch

import archive
import finish
import initial
import loop
import registry
from data import DATASETS, load
from train import train

OVERHEAD = 5.0  # seconds that scores and export of a model take on a processor, until one is known
LEAST = 2.0  # seconds of training below which none is begun
HERE = Path(__file__).resolve().parent


class Series:
    def __init__(self, args, models: list[registry.Model]):
        self.args, self.models, self.began = args, models, time.monotonic()
        self.finishing: list[tuple[str, subprocess.Popen]] = []
        # a GPU scores one model while it trains the next, a processor has nothing to spare for that
        self.overhead, self.beside = (0.0, True) if args.device == "cuda" else (OVERHEAD, False)
        self.images, self.failed = {}, []

    def left(self) -> float:
        return self.args.budget - (time.monotonic() - self.began)

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self.began:6.1f} s] {text}", flush=True)

    def share(self, at: int) -> float:
        """Seconds of training for model `at` if all that follow are to have their share of what is left."""
        rest = (self.args.shares or [model.share for model in self.models])[at:]
        return (self.left() - self.overhead * len(rest) - self.args.reserve) * rest[0] / sum(rest)

    def data(self, dataset: str):
        if dataset not in self.images:
            self.images[dataset] = tuple(t.to(self.args.device) for t in load("train", self.args.data, dataset))
        return self.images[dataset]

    def train(self, model: registry.Model, seconds: float) -> Path:
        def once(graphs: bool, compiled: bool) -> Path:
            limits = loop.Limits(minutes=max(LEAST, seconds - (time.monotonic() - began)) / 60, steps=self.args.steps)
            return train(
                model, self.args.runs, limits, self.args.data, device=self.args.device, init=self.init(model), graphs=graphs,
                compiled=compiled, images=self.data(model.dataset), log_every=self.args.log_every,
            )

        on_cuda, began = self.args.device == "cuda", time.monotonic()
        ways = [(on_cuda, True)] * self.args.compile + [(on_cuda, False)] + [(False, False)] * on_cuda
        for way in ways[:-1]:
            try:
                return once(*way)
            except torch.cuda.OutOfMemoryError:
                raise
            except RuntimeError as error:
                self.say(f"{model.id}: not {'compiled' if way[1] else 'as a CUDA graph'} ({str(error).splitlines()[0]})")
        return once(*ways[-1])

    def init(self, model: registry.Model) -> str | None:
        """What a model that has no run yet starts from: the shipped weights, or the run of the same network on binarized images or on
        another data set."""
        if self.args.tiny or (self.args.runs / model.id / "weights.pt").exists():
            return None
        shipped, runs = str(HERE.parent / model.id), [model.id.removesuffix("-8bit")]
        runs += [model.id.replace(model.dataset, other, 1) for other in DATASETS if other != model.dataset]
        sources = [shipped + ".onnx" * (model.kind == "ddpm"), *(str(self.args.runs / run) for run in runs)]
        return next((source for source in sources if initial.fits(model.network(), source)), None)

    def finish(self, model: registry.Model) -> None:
        """Score and export what ships, in a process of its own."""
        log = (self.args.runs / model.id / "finish.log").open("w")
        command = [sys.executable, finish.__file__, model.id, *finish.options(self.args)]
        self.finishing.append((model.id, subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)))

    def collect(self, wait: bool = False) -> None:
        """Pack the runs that are finished."""
        running = []
        for name, process in self.finishing:
            if wait:
                try:
                    process.wait(timeout=max(5.0, self.left()))
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            if process.poll() is None:
                running.append((name, process))
                continue
            text = (self.args.runs / name / "finish.log").read_text()
            if process.returncode:
                self.failed.append(name)
            self.say(f"{name}: {'not finished' if process.returncode else 'finished'}\n{text.rstrip()}")
        if len(running) < len(self.finishing) or wait:
            self.finishing = running
            paths = archive.pack(self.args.runs, self.args.out)
            self.say("packed " + ", ".join(f"{p.name} {p.stat().st_size / 1e6:.1f} MB" for p in paths))

    def run(self) -> list[str]:
        for at, model in enumerate(self.models):
            seconds, start = self.share(at), time.monotonic()
            if seconds < LEAST and not self.args.no_training:
                self.say(f"{model.id}: left out, {self.left():.0f} seconds are left")
                continue
            try:
                if not self.args.no_training:
                    self.say(f"{model.id}: {seconds:.0f} seconds")
                    self.train(model, seconds)
                    archive.pack(self.args.runs, self.args.out)
                self.finish(model)
            except Exception:
                self.failed.append(model.id)
                self.say(f"{model.id}: failed\n{traceback.format_exc()}")
            self.collect(wait=not self.beside)
            if not self.beside and not self.args.no_training and model.id not in self.failed:
                self.overhead = max(1.0, time.monotonic() - start - seconds)
            if self.args.device == "cuda":
                torch.cuda.empty_cache()
        self.collect(wait=True)
        return self.failed


def arguments() -> argparse.Namespace:
    every = registry.models()
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--models", nargs="+", choices=list(every), default=list(every), help="in the order of training")
    p.add_argument("--shares", type=float, nargs="+", help="of the budget, one of each model, in place of those of registry.py")
    p.add_argument("--budget", type=float, default=540.0, help="seconds for everything")
    p.add_argument("--steps", type=float, default=float("inf"), help="of each model, where that comes before its share of the budget")
    p.add_argument("--reserve", type=float, default=15.0, help="seconds of it to keep for scores and export of the last")
    p.add_argument("--out", type=Path, default=Path("out"), help="folder for the archives of finished models")
    p.add_argument("--no-training", action="store_true", help="score and export what the folder of runs holds")
    p.add_argument("--log-every", type=int, default=200)
    p.add_argument("--compile", action="store_true", help="compile each objective first: a minute's wait each, then faster steps")
    finish.add_options(p)
    return p.parse_args()


def main() -> None:
    args, every = arguments(), registry.models()
    finish.prepare(args.threads)
    args.out.mkdir(parents=True, exist_ok=True)
    if args.shares and len(args.shares) != len(args.models):
        sys.exit("--shares: one number for each of --models")
    chosen = [every[name] for name in args.models]
    failed = Series(args, [registry.tiny(m) for m in chosen] if args.tiny else chosen).run()
    sys.exit(f"failed: {', '.join(failed)}" if failed else 0)


if __name__ == "__main__":
    main()
