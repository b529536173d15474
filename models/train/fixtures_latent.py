"""Write tests/fixtures/latent.json: the terms of the bound that the shipped latent-variable models give for given noise.

The networks run in onnxruntime, the terms are float64 formulas of their own here. Of the Gaussians of a hierarchical model every
`STRIDE`th entry is kept. Inputs are rounded so that their decimals are read back as the same f32.
"""

import hashlib
import json

import numpy as np

from fixtures import ROOT, decimals, session, strokes

STRIDE = 16
NAMES = {"bernoulli": ["logits"], "discretized-logistic": ["mean", "log_scale"], "logistic-mixture": ["parameters"]}


def gates(model: dict) -> list[list[int]]:
    """Those of a hierarchical model: all layers from the posterior, and the lower half from the prior."""
    layers = len(model.get("layers", [0]))
    return [[1] * layers, [int(i < layers // 2) for i in range(layers)]][: 1 + ("layers" in model)]


def logistic(mean: np.ndarray, log_scale: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """log P(level) of a discretized logistic."""
    upper, lower = (((2 * levels + side) / 255 - 1 - mean) / np.exp(log_scale) for side in (1, -1))
    log_f, log_not = -np.logaddexp(0, -upper), -np.logaddexp(0, lower)  # log F(upper), log (1 - F(lower))
    inner = log_f + log_not + np.log(-np.expm1(lower - upper))
    return np.where(levels == 0, log_f, np.where(levels == 255, log_not, inner))


def pixel_means(likelihood: str, outputs: list[np.ndarray]) -> np.ndarray:
    """The mean of each pixel in [0, 1]."""
    first = outputs[0].astype(np.float64)
    if likelihood == "bernoulli":
        return 1 / (1 + np.exp(-first.ravel()))
    if likelihood == "discretized-logistic":
        return np.clip((first.ravel() + 1) / 2, 0, 1)
    logits, means, _ = first.reshape(3, -1, 784)
    weights = np.exp(logits - np.logaddexp.reduce(logits, 0))
    return np.clip(((weights * means).sum(0) + 1) / 2, 0, 1)


def log_likelihood(likelihood: str, outputs: list[np.ndarray], levels: np.ndarray) -> float:
    """log p(x|z) in nats of the levels [784]; for a Bernoulli likelihood they are 0 or 255."""
    if likelihood == "bernoulli":
        sign = np.where(levels > 0, 1, -1)
        return float(-np.logaddexp(0, -sign * outputs[0].astype(np.float64).ravel()).sum())
    if likelihood == "discretized-logistic":
        return float(logistic(*(o.astype(np.float64).ravel() for o in outputs), levels).sum())
    logits, means, log_scales = outputs[0].astype(np.float64).reshape(3, -1, 784)
    log_weights = logits - np.logaddexp.reduce(logits, 0)
    return float(np.logaddexp.reduce(log_weights + logistic(means, log_scales, levels), 0).sum())


def terms(q_mean, q_log_var, p_mean, p_log_var, eps, sizes: list[int]) -> tuple[list[float], float]:
    """KL(q || p) in nats of each part of z, and log p(z) - log q(z|x)."""
    q_mean, q_log_var, p_mean, p_log_var = (v.astype(np.float64).ravel() for v in (q_mean, q_log_var, p_mean, p_log_var))
    kl = 0.5 * ((q_mean - p_mean) ** 2 * np.exp(-p_log_var) + np.exp(q_log_var - p_log_var) - 1 - q_log_var + p_log_var)
    z = q_mean + np.exp(q_log_var / 2) * eps
    log_ratio = 0.5 * (eps**2 + q_log_var - (z - p_mean) ** 2 * np.exp(-p_log_var) - p_log_var)
    return [float(k.sum()) for k in np.split(kl, np.cumsum(sizes)[:-1])], float(log_ratio.sum())


def case(model: dict, levels: np.ndarray, gate: list[int], rng: np.random.Generator) -> dict:
    names = NAMES[model["likelihood"]]
    encoder, decoder = (session(model["files"][part]["path"]) for part in ("encoder", "decoder"))
    x = {"x": (levels / 255).astype(np.float32).reshape(1, 1, 28, 28)}
    if model["kind"] == "vae":
        sizes = [1] * model["latents"]["count"]
        eps = np.round(rng.standard_normal(len(sizes)), 2)
        q_mean, q_log_var = encoder.run(["mean", "log_var"], x)
        z = (q_mean + np.exp(q_log_var / 2) * eps).astype(np.float32)
        pixels = decoder.run(names, {"z": z})
        gaussians, gate, stride = [q_mean, q_log_var, np.zeros_like(z), np.zeros_like(z)], [1], 1
    else:
        sizes = [int(np.prod(layer["shape"])) for layer in model["layers"]]
        eps = np.round(rng.standard_normal(sum(sizes)), 2)
        features = [f"feature_{i}" for i in range(len(model["features"]))]
        feed = dict(zip(features, encoder.run(features, x)))
        feed |= {"eps": eps[None].astype(np.float32), "gate": np.array([gate], np.float32)}
        *pixels, q_mean, q_log_var, p_mean, p_log_var = decoder.run([*names, "q_mean", "q_log_var", "p_mean", "p_log_var"], feed)
        gaussians, stride = [q_mean, q_log_var, p_mean, p_log_var], STRIDE
    kl, log_ratio = terms(*gaussians, eps, sizes)
    log_px = log_likelihood(model["likelihood"], pixels, levels)
    kept = {name: decimals(v.ravel()[::stride], 7) for name, v in zip(("qMean", "qLogVar", "pMean", "pLogVar"), gaussians)}
    means = pixel_means(model["likelihood"], pixels)
    return {
        "model": model["id"], "levels": levels.astype(int).tolist(), "eps": eps.tolist(), "gate": gate, "stride": stride, **kept,
        "means": decimals(means, 6), "logLikelihood": log_px, "kl": kl, "logWeight": log_px + log_ratio,
    }


def main() -> None:
    rng = np.random.default_rng(30)
    cases, files = [], {}
    for model in json.loads((ROOT / "models" / "manifest.json").read_text())["models"]:
        if model["kind"] not in ("vae", "hvae"):
            continue
        files |= {f["path"]: f["sha256"] for f in model["files"].values()}
        for gate in gates(model):
            levels = strokes(rng).ravel()
            levels = np.where(levels > 127, 255, 0) if model["likelihood"] == "bernoulli" else levels
            cases.append(case(model, levels, gate, rng))
    for name, digest in files.items():
        if hashlib.sha256((ROOT / "models" / name).read_bytes()).hexdigest() != digest:
            raise SystemExit(f"{name} is not the file that the manifest names: run export.py")
    path = ROOT / "tests" / "fixtures" / "latent.json"
    path.write_text(json.dumps({"files": files, "cases": cases}, separators=(",", ":")) + "\n")
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
