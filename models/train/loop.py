"""The training loop: wall-clock schedule, one step as a CUDA graph, exponential averaging, checkpoints that resume."""

import math
import os
import time
from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads starve whatever else the machine does

import torch
from torch import nn

import checkpoints

WARM_UP = 0.03  # share of a run over which the learning rate rises
WINDOW = 20  # the average reaches back over about 1 / WINDOW of the run
CHECK_EVERY = 20  # steps between looks at the clock, at which the device is waited for
FACTS = "step", "seconds", "run_steps", "run_seconds", "machine", "sizes"  # of a run; `run_` counts since it was last finished


@dataclass(frozen=True)
class Optimization:
    batch: int
    rate: float  # peak learning rate, before its cosine to zero
    betas: tuple[float, float] = (0.9, 0.99)
    decay: float = 1e-4
    clip: float = 1.0  # norm of the gradient; a step whose gradient is not finite is not taken


@dataclass
class Limits:
    """When a run ends: whichever comes first. The learning rate follows the share that is done."""

    minutes: float = math.inf
    steps: float = math.inf

    def done(self, seconds: float, steps: int) -> float:
        return min(1.0, max(seconds / (60 * self.minutes), steps / self.steps))


class Average:
    """Exponential moving average of the parameters over the last part of the run, however long it is."""

    def __init__(self, network: nn.Module):
        self.network = deepcopy(network).eval().requires_grad_(False)
        self.own = list(self.network.parameters())

    @torch.no_grad()
    def update(self, network: nn.Module, step: int) -> None:
        torch._foreach_lerp_(self.own, list(network.parameters()), WINDOW / (WINDOW + step))


class Step:
    """One optimization step on a batch of indices; on CUDA it is captured once and replayed.

    `objective(levels, labels, progress)` gives the loss and a dict of figures; nothing in it may wait for the device or copy a
    number to it, as a graph cannot hold that (capturable.py). All that changes from step to step (indices, learning rate, share of
    the run that is done) lies in tensors on the device.
    """

    def __init__(self, objective, optimizer, optimization: Optimization, images, labels):
        self.objective, self.optimizer, self.optimization = objective, optimizer, optimization
        self.images, self.labels, device = images, labels, images.device
        self.index = torch.randint(len(images), (optimization.batch,), device=device)
        self.progress = torch.zeros((), device=device)
        self.sums: dict[str, torch.Tensor] = {}
        self.graph = None

    def once(self) -> None:
        loss, figures = self.objective(self.images[self.index], self.labels[self.index], self.progress)
        loss.backward()
        norm = nn.utils.clip_grad_norm_(self.objective.network.parameters(), self.optimization.clip)
        skipped = (~norm.isfinite()).float()
        self.optimizer.found_inf = skipped
        self.optimizer.step()
        for name, value in {**figures, "norm": norm, "skipped": skipped}.items():
            self.sums.setdefault(name, torch.zeros((), device=self.images.device)).add_(value.detach().float())

    def __call__(self) -> None:
        if self.graph is None:
            self.optimizer.zero_grad(set_to_none=True)
            self.once()
        else:
            self.graph.replay()

    def capture(self) -> None:
        """Three plain steps on a side stream, as PyTorch asks for, then the graph; the learning rate is still 0."""
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self()
        torch.cuda.current_stream().wait_stream(side)
        self.optimizer.zero_grad(set_to_none=True)
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            self.once()
        self.graph = graph
        self.figures(1)  # those of the steps above

    def figures(self, steps: int) -> dict[str, float]:
        found = {name: float(total) / steps for name, total in self.sums.items()}
        for total in self.sums.values():
            total.zero_()
        return found


def order(epoch: int, count: int, seed: int, device) -> torch.Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed * 1_000_003 + epoch)).to(device)


def resume(path: Path, objective, average: Average, optimizer) -> dict:
    """Load a checkpoint. A run that was interrupted goes on; one that was finished starts another from its average."""
    state = torch.load(path, map_location=next(objective.parameters()).device, weights_only=True)
    average.network.load_state_dict(state["average"])
    objective.load_state_dict(state["objective"])
    if state["progress"] >= 1:
        objective.network.load_state_dict(state["average"])
        objective.go_on()
        state |= {"run_steps": 0, "run_seconds": 0.0}
    else:
        optimizer.load_state_dict(state["optimizer"])
    print(f"resumed at step {state['step']}, {state['seconds'] / 60:.1f} minutes", flush=True)
    return {name: state[name] for name in FACTS}


def fit(
    objective: nn.Module, images, labels, optimization: Optimization, limits: Limits, out: Path, *, machine: str,
    before: dict | None = None, seed: int = 1, device: str = "cpu", graphs: bool = True, compiled: bool = False,
    snapshot: float = 60.0, log_every: int = 100, sizes: dict | None = None,
) -> None:
    """Train `objective.network` and leave a checkpoint in `out`, from where a later call goes on.

    `images` [N,1,28,28] uint8 and `labels` [N] move to the device and stay there. `before` are the `FACTS` of a run whose weights
    the network has already, `sizes` what it is made with again. Training on CUDA is one graph a step unless `graphs` is off.
    """
    out.mkdir(parents=True, exist_ok=True)
    objective.to(device, memory_format=torch.channels_last)
    images, labels, on_cuda = images.to(device), labels.to(device), device != "cpu"
    average, rate = Average(objective.network), torch.zeros((), device=device)
    optimizer = torch.optim.AdamW(
        objective.network.parameters(), lr=rate, betas=optimization.betas, weight_decay=optimization.decay, fused=True,
        capturable=on_cuda,
    )
    facts = {"step": 0, "seconds": 0.0, "run_steps": 0, "run_seconds": 0.0, "machine": machine, "sizes": sizes or {}} | (before or {})
    path = out / "checkpoint.pt"
    if path.exists():
        facts |= resume(path, objective, average, optimizer)
        for group in optimizer.param_groups:
            group |= {"lr": rate, "capturable": on_cuda}
    if machine not in facts["machine"]:
        facts["machine"] += f", then {machine}"
    torch.manual_seed(seed + facts["step"])
    entered = time.monotonic()
    if compiled:
        objective.compile(dynamic=False)
    step = Step(objective, optimizer, optimization, images, labels)
    if on_cuda and graphs:
        step.capture()
    prepared = time.monotonic() - entered
    limits = replace(limits, minutes=limits.minutes - prepared / 60)
    print(f"prepared in {prepared:.1f} s", flush=True)
    per_epoch, batch = len(images) // optimization.batch, optimization.batch
    steps, first, began = facts["run_steps"], facts["step"] - facts["run_steps"], time.monotonic() - facts["run_seconds"]
    earlier, epoch, permutation, logged, saved = facts["seconds"] - facts["run_seconds"], -1, None, 0, time.monotonic()

    def checkpoint(progress: float) -> None:
        seconds = time.monotonic() - began
        now = facts | {"step": first + steps, "seconds": earlier + seconds, "run_steps": steps, "run_seconds": seconds}
        checkpoints.save(path, {
            "objective": objective.state_dict(), "average": average.network.state_dict(),
            "optimizer": optimizer.state_dict(), "progress": progress, "seed": seed, **now,
        })

    done = limits.done(time.monotonic() - began, steps)
    while done < 1:
        if (first + steps) // per_epoch != epoch:
            epoch = (first + steps) // per_epoch
            permutation = order(epoch, len(images), seed, device)
        position = (first + steps) % per_epoch * batch
        step.index.copy_(permutation[position : position + batch])
        step.progress.fill_(done)
        rate.fill_(optimization.rate * min(1.0, (done + 1e-3) / WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * done)))
        step()
        average.update(objective.network, steps)
        steps += 1
        logged += 1
        if not on_cuda or steps % CHECK_EVERY == 0:
            if on_cuda:
                torch.cuda.synchronize()
            done = limits.done(time.monotonic() - began, steps)
        else:
            done = max(done, min(1.0, steps / limits.steps))
        if steps % log_every == 0 or done >= 1:
            text = "  ".join(f"{name} {value:.4f}" for name, value in step.figures(logged).items())
            each = (time.monotonic() - began) / steps
            print(f"{first + steps:6d}  {100 * done:5.1f} %  {text}  {each:.4f} s/step", flush=True)
            logged = 0
        if done < 1 and time.monotonic() - saved > snapshot:
            checkpoint(done)
            saved = time.monotonic()
    checkpoint(1.0)
