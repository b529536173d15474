"""Write tests/fixtures/models.json: what the shipped ONNX files give in onnxruntime, the lattice in float64, and a bound.

Inputs are strokes and noise from a seeded generator, rounded so that their decimals are read
back as the same f32. Run it whenever the shipped weights change; the file names the digests it was made with.
"""

import hashlib
import json
import math
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import torch

import diffusion

ROOT = Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "tests" / "fixtures"))
from noise import uniform  # noqa: E402

CASES = [(-6.0, 0), (-2.5, 10), (0.0, 7), (2.0, 3), (6.0, 10), (10.5, 9), (13.3, 4)]  # log SNR, class
STEPS = 10  # of the cosine chain whose bound is told: every 111th timestep of 1000
FORWARD_NOISE = 6  # the purpose of the noise of q(x_t | x_0)
LATTICE = [-12.0, -6.0, 0.0, 5.0, 10.0, 10.2, 11.5, 13.3]


def strokes(rng: np.random.Generator) -> np.ndarray:
    """An image [28,28] of 8-bit levels: three soft line segments."""
    rows, columns = np.mgrid[0:28, 0:28]
    ink = np.zeros((28, 28))
    for _ in range(3):
        (r0, c0), (r1, c1) = rng.uniform(5, 23, (2, 2))
        length = max((r1 - r0) ** 2 + (c1 - c0) ** 2, 1e-9)
        t = np.clip(((rows - r0) * (r1 - r0) + (columns - c0) * (c1 - c0)) / length, 0, 1)
        distance = np.hypot(rows - r0 - t * (r1 - r0), columns - c0 - t * (c1 - c0))
        ink = np.maximum(ink, np.clip(2.0 - distance, 0, 1))
    return np.round(255 * ink)


def decimals(values, digits: int = 8) -> list:
    """Nested lists of numbers with `digits` significant digits."""
    if np.ndim(values):
        return [decimals(v, digits) for v in values]
    return float(f"{float(values):.{digits}g}")


def session(name: str) -> onnxruntime.InferenceSession:
    settings = onnxruntime.SessionOptions()
    # further optimizations may round what a matrix of 8 bits is multiplied with to 8 bits as well
    settings.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(ROOT / "models" / name, settings, providers=["CPUExecutionProvider"])


def log_snr_of_cosine() -> np.ndarray:
    """Nichol & Dhariwal 2021, eq. 17, with their limit of beta; log SNR at t = 1..STEPS."""
    f = np.cos((np.arange(1001) / 1000 + 0.008) / 1.008 * math.pi / 2) ** 2
    alpha_bar = np.cumprod(1 - np.minimum(1 - f[1:] / f[:-1], 0.999))
    kept = alpha_bar[np.arange(STEPS) * 999 // (STEPS - 1)]
    return np.log(kept) - np.log1p(-kept)


def standard_normal(seed: int, index: list[int], n: int) -> np.ndarray:
    u = np.array(uniform(seed, FORWARD_NOISE, index, n)).reshape(-1, 2)
    radius, angle = np.sqrt(-2 * np.log(1 - u[:, 0])), 2 * math.pi * u[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1).ravel()


def reconstruction_cost(levels: np.ndarray, mean: np.ndarray, std: float) -> float:
    """-log of the Gaussian's mass in the bin of each level (Ho et al. 2020, eq. 13), from the tail that it lies in."""
    x = levels / 127.5 - 1
    lower = torch.tensor(np.where(levels == 0, -np.inf, (x - 1 / 255 - mean) / std))
    upper = torch.tensor(np.where(levels == 255, np.inf, (x + 1 / 255 - mean) / std))
    flip = lower > 0
    a, b = torch.where(flip, -upper, lower), torch.where(flip, -lower, upper)
    log_a, log_b = torch.special.log_ndtr(a), torch.special.log_ndtr(b)
    return float(-(log_b + torch.log1p(-torch.exp(log_a - log_b))).sum())


def bound(network: onnxruntime.InferenceSession, levels: np.ndarray, label: int, seed: int) -> dict:
    """The terms of the bound of one image in nats, with the noise of the first pass, from the Gaussians of Ho et al. 2020."""
    x0, log_snr = levels / 127.5 - 1, log_snr_of_cosine()
    alpha_bar, variance = 1 / (1 + np.exp(-log_snr)), 1 / (1 + np.exp(log_snr))
    prior = 0.5 * (alpha_bar[-1] * x0**2 + variance[-1] - 1 - np.log(variance[-1])).sum()
    terms = []
    for t in range(1, STEPS + 1):
        at = t - 1
        x_t = np.sqrt(alpha_bar[at]) * x0 + np.sqrt(variance[at]) * standard_normal(seed, [0, t], x0.size)
        seen = np.clip(log_snr[at], diffusion.LOG_SNR_MIN, diffusion.LOG_SNR_MAX)
        feed = {"x_t": x_t.astype(np.float32).reshape(1, 1, 28, 28), "log_snr": np.array([seen], np.float32), "class": np.array([label])}
        (output,) = network.run(["output"], feed)
        state, f = (torch.tensor(v, dtype=torch.float64).view(1, 1, 28, 28) for v in (x_t, output))
        predicted = diffusion.lattice(state, torch.tensor([log_snr[at]], dtype=torch.float64), f)[0].numpy().ravel()
        if t == 1:
            terms.append(reconstruction_cost(levels, predicted, math.sqrt(variance[0])))
            continue
        # the means of q(x_{t-1} | x_t, x_0) and p(x_{t-1} | x_t) differ by what they make of the clean image
        beta = 1 - alpha_bar[at] / alpha_bar[at - 1]
        weight = np.sqrt(alpha_bar[at - 1]) * beta / variance[at]
        posterior_variance = beta * variance[at - 1] / variance[at]
        terms.append(float((weight * (x0 - predicted)) ** 2 @ np.ones(x0.size) / (2 * posterior_variance)))
    return {"levels": levels.astype(int).tolist(), "class": label, "seed": seed, "steps": STEPS, "prior": float(prior), "terms": terms}


def main() -> None:
    rng = np.random.default_rng(20)
    images = np.stack([strokes(rng), strokes(rng), np.round(rng.uniform(0, 255, (28, 28)))])
    x = (images[:, None] / 255).astype(np.float32)
    mean, log_var = session("mnist-vae-encoder.onnx").run(["mean", "log_var"], {"x": x})
    z = np.round(rng.standard_normal((3, mean.shape[1])), 4)
    z[0] = 0
    (logits,) = session("mnist-vae-decoder.onnx").run(["logits"], {"z": z.astype(np.float32)})

    network = session("mnist-ddpm.onnx")
    evaluations = []
    for log_snr, label in CASES:
        alpha, sigma = (1 / (1 + np.exp(-s * log_snr)) ** 0.5 for s in (1, -1))
        x_t = np.round(alpha * (strokes(rng) / 127.5 - 1) + sigma * rng.standard_normal((28, 28)), 4)
        feed = {"x_t": x_t[None, None].astype(np.float32), "log_snr": np.array([log_snr], np.float32), "class": np.array([label])}
        (output,) = network.run(["output"], feed)
        evaluations.append({"logSnr": log_snr, "class": label, "x_t": decimals(x_t.ravel()), "output": decimals(output.ravel())})

    lattice = []
    for log_snr in LATTICE:
        alpha, sigma = (1 / (1 + np.exp(-s * log_snr)) ** 0.5 for s in (1, -1))
        level = np.array([0, 0, 0, 255, 255, 254, 1, 2, 3, 4, 77, 128, 129, 200, 252, 253])
        x_t = decimals(alpha * (level / 127.5 - 1) + sigma * rng.standard_normal(16), 15)
        f = (np.round(rng.standard_normal(16) * 1024) / 1024).tolist()  # exact in f32
        as_image = [torch.tensor(v, dtype=torch.float64).view(1, 1, 4, 4) for v in (x_t, f)]
        x0, epsilon, _ = diffusion.lattice(as_image[0], torch.tensor([log_snr], dtype=torch.float64), as_image[1])
        lattice.append({"logSnr": log_snr, "x_t": x_t, "f": f, "x0": x0.flatten().tolist(), "epsilon": epsilon.flatten().tolist()})

    files = [ROOT / "models" / f"mnist-{name}.onnx" for name in ("ddpm", "vae-decoder", "vae-encoder")]
    fixture = {
        "files": {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in files},
        "encoder": {"levels": images.reshape(3, -1).astype(int).tolist(), "mean": decimals(mean), "logVar": decimals(log_var)},
        "decoder": {"z": z.tolist(), "logits": decimals(logits.reshape(3, -1))},
        "network": evaluations,
        "lattice": lattice,
        "bound": bound(network, strokes(rng).ravel(), 3, 11),
    }
    path = ROOT / "tests" / "fixtures" / "models.json"
    path.write_text(json.dumps(fixture, separators=(",", ":")) + "\n")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
