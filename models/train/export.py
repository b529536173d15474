"""Write the ONNX files, manifest.json and the tables of README.md from the checkpoints and their evaluations.

Kernels and matrices are f16-valued already (common.load_shipped) and stored so, each followed by a Cast.
"""

import argparse
import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

import common
import ddpm
import hvae
import likelihood
import vae
from data import load

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent
SIZES = {"vae-2d": {"latents": 2, "channels": 8}}  # of networks that have others than those of their script
DENSITY = {"range": 4.0, "bins": 48}  # the plane that is counted, and bins along each side
LIKELIHOOD = {  # by task: its name, the decoder's outputs, the data, what a title ends in
    "binarized": ("bernoulli", ["logits"], "MNIST, dynamically binarized", ""),
    "8-bit": ("discretized-logistic", ["mean", "log_scale"], "MNIST, 8-bit", ", 8-bit"),
}


def trained(model: nn.Module, out: str) -> tuple[nn.Module, dict]:
    """The averaged model of a run as it ships and what its evaluation says, or the bare facts without one."""
    facts = common.load_shipped(model, out)
    evaluation = Path(out) / "evaluation.json"
    if evaluation.exists():
        stored = json.loads(evaluation.read_text())
        if stored["step"] == facts["step"]:
            return model, stored
        print(f"{evaluation} is of step {stored['step']}, the checkpoint of step {facts['step']}: no scores")
    return model, facts


def store_as_half(model: onnx.ModelProto) -> None:
    """Turn large f32 initializers into f16 initializers with a Cast; exact, as their values are f16 already."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or len(tensor.dims) < 2 or np.prod(tensor.dims) < common.HALF_FROM:
            continue
        full = numpy_helper.to_array(tensor)
        half = full.astype(np.float16)
        if not np.array_equal(half.astype(np.float32), full):
            raise ValueError(f"{tensor.name} is not f16-valued")
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(half, name + ".f16"))
        casts.append(helper.make_node("Cast", [name + ".f16"], [name], name=name + ".cast", to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def export(model: nn.Module, inputs: dict, outputs: list[str], path: Path) -> float:
    """Write `path` and return the largest difference between PyTorch and onnxruntime, relative to values above 1, on another batch."""
    one = tuple(v[:2] for v in inputs.values())
    axes = {name: {0: "batch"} for name in [*inputs, *outputs]}
    torch.onnx.export(
        model, one, path, input_names=list(inputs), output_names=outputs, dynamic_axes=axes,
        opset_version=17, do_constant_folding=True, dynamo=False,
    )
    graph = onnx.load(path)
    store_as_half(graph)
    with torch.no_grad():
        expected = model(*inputs.values())
    expected = expected if isinstance(expected, tuple) else (expected,)
    for value, tensor in zip(graph.graph.output, expected):  # the exporter forgets what a reshape makes static
        for dim, size in zip(value.type.tensor_type.shape.dim[1:], tensor.shape[1:]):
            dim.dim_value = size
    onnx.checker.check_model(graph, full_check=True)
    onnx.save(graph, path)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    actual = session.run(outputs, {k: v.numpy() for k, v in inputs.items()})
    return max(float((np.abs(a - e.numpy()) / np.maximum(1, np.abs(e.numpy()))).max()) for a, e in zip(actual, expected))


def file_entry(path: Path) -> dict:
    raw = path.read_bytes()
    return {"path": path.name, "bytes": len(raw), "sha256": hashlib.sha256(raw).hexdigest()}


def commit() -> str:
    """The last commit that changed the scripts; refuses to name one that they differ from."""
    git = ["git", "-C", str(HERE)]
    if subprocess.run([*git, "status", "--porcelain", "."], capture_output=True, text=True, check=True).stdout:
        return "uncommitted"
    return subprocess.run([*git, "log", "-1", "--format=%h", "."], capture_output=True, text=True, check=True).stdout.strip()


def entry(name: str, script: str, facts: dict, args, files: dict, **fields) -> dict:
    provenance = {
        "script": f"models/train/{script}.py", "commit": commit(), "seed": facts["seed"],
        "minutes": facts["minutes"], "machine": args.machine,
    }
    image = {"channels": 1, "height": 28, "width": 28}
    return {"id": f"mnist-{name}", **fields, "files": files, "image": image, "provenance": provenance, "scores": facts.get("scores", [])}


def halves(name: str, args) -> dict[str, Path]:
    return {part: args.models / f"mnist-{name}-{part}.onnx" for part in ("encoder", "decoder")}


@torch.no_grad()
def density(model: vae.Vae, args) -> dict:
    """Where the training images of each class lie in the plane: counts of their posterior means, row by row from the top."""
    images, labels = load("train", args.data)
    observed = likelihood.observe(model.task, images, torch.Generator().manual_seed(0))
    means = torch.cat([model.encode(part)[0] for part in observed.split(1000)]).double().numpy()
    reach, bins = DENSITY["range"], DENSITY["bins"]
    edges, counts, outside = np.linspace(-reach, reach, bins + 1), [], []
    for label in range(10):
        z = means[labels.numpy() == label]
        found, _, _ = np.histogram2d(-z[:, 1], z[:, 0], bins=(edges, edges))
        counts.append(found.astype(int).ravel().tolist())
        outside.append(int(len(z) - found.sum()))
    return {
        "classes": [str(k) for k in range(10)], "x": [-reach, reach], "y": [-reach, reach], "columns": bins, "rows": bins,
        "outside": outside, "counts": counts,
    }


def export_vae(name: str, task: str, run: str, args, samples: torch.Generator) -> dict:
    model, facts = trained(vae.Vae(task, **SIZES.get(name, {})), run)
    name_of_likelihood, outputs, dataset, ending = LIKELIHOOD[task]
    paths, latents = halves(name, args), model.latents
    x, z = torch.rand(5, 1, 28, 28, generator=samples), torch.randn(5, latents, generator=samples)
    print(name, "encoder parity", export(model.encoder, {"x": x}, ["mean", "log_var"], paths["encoder"]))
    print(name, "decoder parity", export(model.decoder, {"z": z}, outputs, paths["decoder"]))
    kl = list(facts.get("kl", dict.fromkeys(range(latents), 0.0)).values())
    order = sorted(range(latents), key=lambda i: -kl[i])
    if latents == 2:
        paths["density"] = args.models / f"mnist-{name}-density.json"
        paths["density"].write_text(json.dumps(density(model, args), separators=(",", ":")) + "\n")
    return entry(
        name, "vae", facts, args, {part: file_entry(path) for part, path in paths.items()},
        title=f"Convolutional VAE, {latents} latents{ending}", kind="vae", dataRange=[0.0, 1.0], likelihood=name_of_likelihood,
        latents={"count": latents, "klPerLatent": kl, "order": order}, dataset=dataset,
    )


def export_hvae(name: str, task: str, run: str, args, samples: torch.Generator) -> dict:
    model, facts = trained(hvae.Hvae(task), run)
    likelihood, outputs, dataset, ending = LIKELIHOOD[task]
    paths = halves(name, args)
    x, eps = torch.rand(5, 1, 28, 28, generator=samples), torch.randn(5, model.latents, generator=samples)
    features = dict(zip(("feature_0", "feature_1", "feature_2"), model.encoder(x)))
    gate = (torch.arange(7) < torch.tensor([[7], [0], [1], [4], [7]])).float()
    outputs = [*outputs, "q_mean", "q_log_var", "p_mean", "p_log_var"]
    print(name, "encoder parity", export(model.encoder, {"x": x}, list(features), paths["encoder"]))
    print(name, "decoder parity", export(model.decoder, {**features, "eps": eps, "gate": gate}, outputs, paths["decoder"]))
    kl = facts.get("kl", {})
    return entry(
        name, "hvae", facts, args, {part: file_entry(path) for part, path in paths.items()},
        title="Hierarchical VAE, 7 stochastic layers" + ending, kind="hvae", dataRange=[0.0, 1.0], likelihood=likelihood,
        layers=[{"name": layer, "shape": list(shape), "kl": kl.get(layer, 0.0)} for layer, shape in hvae.LAYERS],
        features=[list(f.shape[1:]) for f in features.values()], dataset=dataset,
    )


def export_ddpm(name: str, task: str, run: str, args, samples: torch.Generator) -> dict:
    model, facts = trained(ddpm.UNet(), run)
    path = args.models / f"mnist-{name}.onnx"
    inputs = {
        "x_t": torch.randn(5, 1, 28, 28, generator=samples), "log_snr": torch.tensor([-6.0, -1.0, 2.0, 7.0, 13.3]),
        "class": torch.tensor([0, 3, 9, 10, 5]),
    }
    print(name, "network parity", export(model, inputs, ["output"], path))
    return entry(
        name, "ddpm", facts, args, {"network": file_entry(path)}, title="Class-conditional diffusion model", kind="ddpm",
        dataRange=[-1.0, 1.0], likelihood="discretized-gaussian", parameterization="lattice",
        logSnr={"min": ddpm.LOG_SNR_MIN, "max": ddpm.LOG_SNR_MAX}, classes=[str(k) for k in range(10)], dataset="MNIST, 8-bit",
    )


EXPORTS = {  # by name: how, and the task; in the order of the manifest
    "vae": (export_vae, "binarized"), "hvae": (export_hvae, "binarized"), "vae-8bit": (export_vae, "8-bit"),
    "hvae-8bit": (export_hvae, "8-bit"), "ddpm": (export_ddpm, "8-bit"), "vae-2d": (export_vae, "binarized"),
}


def tables(manifest: dict) -> str:
    """The part of README.md that lists files and scores, as Markdown."""
    files = ["| file | bytes | sha256 |", "|---|---|---|"]
    scores = ["| model | test set | task | metric | value | unit | images | samples per image |", "|---|---|---|---|---|---|---|---|"]
    runs = []
    for m in manifest["models"]:
        made = m["provenance"]
        script = f"{made['script']} at {made['commit']}, seed {made['seed']}"
        runs.append(f"- `{m['id']}`: {script}, {made['minutes']:.0f} minutes on {made['machine']}.")
        files += [f"| {f['path']} | {f['bytes']:,} | `{f['sha256'][:16]}…` |" for f in m["files"].values()]
        scores += [
            f"| {m['id']} | {s['dataset']} | {s['task']} | {s['metric']} | {s['value']} ± {s['standardError']} | {s['unit']} "
            f"| {s['images']:,} | {s['samples']} |" for s in m["scores"]
        ]
    return "\n".join(["", *runs, "", *files, "", *scores, ""])


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    for name in EXPORTS:
        p.add_argument(f"--{name}", dest=name, default=f"runs/{name}", help="folder of its run; without a checkpoint there, what ships stays")
    p.add_argument("--models", type=Path, default=MODELS, help="where the ONNX files and the manifest go")
    p.add_argument("--data", help="folder with the MNIST .gz files, for a model with two latents; without it they are fetched")
    p.add_argument("--machine", default="two CPU cores", help="what trained the models, in words")
    args = p.parse_args()
    torch.set_num_threads(1)
    old, models = args.models / "manifest.json", []
    shipped = {m["id"]: m for m in json.loads(old.read_text())["models"]} if old.exists() else {}
    for name, (write, task) in EXPORTS.items():
        run = getattr(args, name)
        if (Path(run) / "checkpoint.pt").exists():
            models.append(write(name, task, run, args, torch.Generator().manual_seed(0)))
        elif f"mnist-{name}" in shipped:
            models.append(shipped[f"mnist-{name}"])
    manifest = {"format": 1, "models": models}
    common.write_json(args.models / "manifest.json", manifest)
    readme, mark = args.models / "README.md", "<!-- written by export.py -->\n"
    if readme.exists():
        before, _, after = readme.read_text().split(mark)
        readme.write_text(mark.join([before, tables(manifest), after]))
    print("now write the fixtures anew: python fixtures.py")


if __name__ == "__main__":
    main()
