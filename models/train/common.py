"""What the training programs share: arguments, the loop, exponential averaging, checkpoints that resume."""

import argparse
import json
import math
import os
import time
from copy import deepcopy
from functools import lru_cache
from pathlib import Path

os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # spinning threads starve whatever else the machine does

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

HALF_FROM = 256  # entries: smaller tensors ship as f32


def parser(doc: str, steps: int, out: str) -> argparse.ArgumentParser:
    p = argparse.ArgumentParser(description=doc, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("--data", help="folder with the MNIST .gz files; without it they are fetched")
    p.add_argument("--out", default=out, help="folder for checkpoints and evaluations; a run found there is resumed")
    p.add_argument("--steps", type=int, default=steps)
    p.add_argument("--batch", type=int, default=128)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--threads", type=int, default=os.cpu_count())
    p.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    p.add_argument("--compile", action="store_true", help="compile the network first: a minute's wait, then faster steps")
    p.add_argument("--snapshot", type=int, default=1000, help="steps between checkpoints")
    p.add_argument("--evaluate", action="store_true", help="evaluate the checkpoint in --out, train nothing")
    p.add_argument("--unrounded", action="store_true", help="evaluate weights that are not rounded to f16")
    p.add_argument("--images", type=int, default=10000, help="test images to evaluate")
    return p


def autocast(device: str) -> torch.autocast:
    """bf16 where the machine computes in it: a processor without it would imitate it, many times slower than f32."""
    return torch.autocast(device, dtype=torch.bfloat16, enabled=device != "cpu" or torch.ops.mkldnn._is_mkldnn_bf16_supported())


@lru_cache(maxsize=1)
def epoch_order(epoch: int, count: int, seed: int) -> torch.Tensor:
    return torch.randperm(count, generator=torch.Generator().manual_seed(seed * 1_000_003 + epoch))


def batch_indices(step: int, batch: int, count: int, seed: int) -> torch.Tensor:
    """The indices of batch `step`, a fresh permutation every epoch; addressed by step, so a resumed run sees the same."""
    epoch, position = divmod(step, count // batch)
    return epoch_order(epoch, count, seed)[position * batch : (position + 1) * batch]


class Average:
    """Exponential moving average of parameters and buffers; early on the window grows with the step."""

    def __init__(self, model: torch.nn.Module, decay: float):
        self.model, self.decay = deepcopy(model).requires_grad_(False), decay

    @torch.no_grad()
    def update(self, model: torch.nn.Module, step: int) -> None:
        weight = 1 - min(self.decay, (1 + step) / (10 + step))
        pairs = [(a, b) for a, b in zip(self.model.state_dict().values(), model.state_dict().values())]
        floats = [(a, b) for a, b in pairs if a.is_floating_point()]
        torch._foreach_lerp_([a for a, _ in floats], [b for _, b in floats], weight)
        for a, b in pairs:
            if not a.is_floating_point():
                a.copy_(b)


def save(path: Path, state: dict) -> None:
    """Write beside and rename, so that an interrupted run never leaves half a checkpoint."""
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def fit(model, loss_of, images, labels, args, *, lr, warmup, betas, decay, ema, clip) -> torch.nn.Module:
    """Train with AdamW (cosine to zero after a linear warm-up) and return the averaged model.

    `loss_of(model, x, y, step)` takes a batch of uint8 images and labels and returns the loss and a dict of figures to log.
    """
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(args.threads)
    model.to(args.device, memory_format=torch.channels_last)
    average = Average(model, ema)
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, betas=betas, weight_decay=decay, fused=True)
    if args.compile:
        model.compile()
    start, seconds, checkpoint = 0, 0.0, out / "checkpoint.pt"
    if checkpoint.exists():
        state = torch.load(checkpoint, map_location=args.device, weights_only=True)
        model.load_state_dict(state["model"])
        average.model.load_state_dict(state["average"])
        optimizer.load_state_dict(state["optimizer"])
        torch.set_rng_state(state["rng"].cpu())
        if state.get("cuda_rng"):
            torch.cuda.set_rng_state_all([r.cpu() for r in state["cuda_rng"]])
        start, seconds = state["step"], state["seconds"]
        print(f"resumed at step {start}", flush=True)
    else:
        torch.manual_seed(args.seed)
    # the clock that counts as training time starts again at every resumption
    began, logged, sums = time.monotonic(), start, {}
    for step in range(start, args.steps):
        index = batch_indices(step, args.batch, len(images), args.seed)
        x, y = images[index].to(args.device), labels[index].to(args.device)
        rate = lr * min(1, (step + 1) / warmup) * (0.5 + 0.5 * math.cos(math.pi * step / args.steps))
        for group in optimizer.param_groups:
            group["lr"] = rate
        loss, figures = loss_of(model, x, y, step)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        norm = torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        average.update(model, step)
        for name, value in {**figures, "norm": norm}.items():
            sums[name] = sums.get(name, 0.0) + value.detach().float()
        done = step + 1
        if done % 100 == 0 or done == args.steps:
            text = "  ".join(f"{name} {float(total) / (done - logged):.4f}" for name, total in sums.items())
            elapsed = time.monotonic() - began
            print(f"{done:6d}  {text}  lr {rate:.2e}  {elapsed / (done - start):.3f} s/step", flush=True)
            logged, sums = done, {}
        if done % args.snapshot == 0 or done == args.steps:
            state = {"model": model.state_dict(), "average": average.model.state_dict(), "optimizer": optimizer.state_dict()}
            state |= {"rng": torch.get_rng_state(), "cuda_rng": torch.cuda.get_rng_state_all() if args.device != "cpu" else []}
            save(checkpoint, state | {"step": done, "seconds": seconds + time.monotonic() - began, "seed": args.seed})
    return average.model


def fold(module: nn.Module) -> None:
    """Replace every (convolution, batch norm) pair by one convolution."""
    for name, child in module.named_children():
        if isinstance(child, nn.Sequential) and [type(c) for c in child] == [nn.Conv2d, nn.BatchNorm2d]:
            setattr(module, name, fuse_conv_bn_eval(child[0], child[1]))
        else:
            fold(child)


@torch.no_grad()
def load_shipped(model: nn.Module, out: str, half: bool = True) -> dict:
    """Make `model` what ships of the run in `out`; returns the run's step, minutes and seed.

    That is the averaged weights with batch norms folded and, if `half`, kernels and matrices rounded to f16; biases stay f32.
    """
    state = torch.load(Path(out) / "checkpoint.pt", map_location="cpu", weights_only=True)
    model.load_state_dict(state["average"])
    model.eval().requires_grad_(False)
    fold(model)
    for p in model.parameters():
        if half and p.ndim >= 2 and p.numel() >= HALF_FROM:
            p.copy_(p.half().float())
    return {"step": state["step"], "minutes": round(state["seconds"] / 60, 1), "seed": state["seed"]}


def score(values: torch.Tensor, dataset: str, task: str, metric: str, unit: str, samples: int) -> dict:
    """A manifest score: mean of per-image values [N] with its standard error over images."""
    values = values.double()
    return {
        "dataset": dataset, "task": task, "metric": metric, "unit": unit, "value": round(values.mean().item(), 4),
        "standardError": round(values.std().item() / math.sqrt(len(values)), 4), "images": len(values), "samples": samples,
    }


def write_json(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")
