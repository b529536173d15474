"""Copy finished runs into models/: their ONNX files (some in 8 bits), their entries of manifest.json, and the tables of README.md.

What has no run here stays as it is. The crate's own evaluation and the fixtures of the tests must be made anew afterwards.
"""

import argparse
import json
import shutil
import subprocess
from pathlib import Path

import export
import quantize
import registry

HERE = Path(__file__).resolve().parent
MODELS = HERE.parent
MARK = "<!-- written by publish.py -->\n"


def commit(scripts: str) -> str:
    """The last commit that changed the training programs, or `uncommitted` where a run was made by others than those."""
    git = ["git", "-C", str(HERE)]
    changed = subprocess.run([*git, "status", "--porcelain", "--", "*.py"], capture_output=True, text=True, check=True).stdout
    if changed or scripts != export.scripts():
        return "uncommitted"
    return subprocess.run([*git, "log", "-1", "--format=%h", "--", "*.py"], capture_output=True, text=True, check=True).stdout.strip()


def read(run: Path) -> dict:
    entry = json.loads((run / "entry.json").read_text())
    entry["provenance"]["commit"] = commit(entry["provenance"]["commit"])
    for file in entry["files"].values():
        if export.file_entry(run / file["path"]) != file:
            raise SystemExit(f"{run / file['path']} is not the file that entry.json names: export the run again")
    return entry


def format2(entry: dict) -> dict:
    """An entry of format 1 in format 2, which has adapters, and conventions in place of the range of the data."""
    entry = {name: value for name, value in entry.items() if name != "dataRange"}
    return {**entry, "network": entry.get("network", {"condition": {}})} if entry["kind"] == "ddpm" else entry


def in_8_bits(entry: dict, models: Path) -> None:
    """Store the weights of a published model in 8 bits."""
    for part, file in entry["files"].items():
        path = models / file["path"]
        if path.suffix == ".onnx":
            quantize.rewrite(path, quantize.IN_8_BITS.get(entry["id"], ()))
            entry["files"][part] = export.file_entry(path)


def tables(models: list[dict]) -> str:
    """The part of README.md that lists runs, files and scores, as Markdown."""
    files = ["| file | bytes | sha256 |", "|---|---|---|"]
    scores = ["| model | test set | task | metric | value | unit | images | samples per image |", "|---|---|---|---|---|---|---|---|"]
    runs = []
    for m in models:
        made = m["provenance"]
        script = f"{made['script']} at {made['commit']}, seed {made['seed']}"
        runs.append(f"- `{m['id']}`: {script}, {made['minutes']:.1f} minutes on {made['machine']}.")
        files += [f"| {f['path']} | {f['bytes']:,} | `{f['sha256'][:16]}…` |" for f in m["files"].values()]
        scores += [
            f"| {m['id']} | {s['dataset']} | {s['task']} | {s['metric']} | {s['value']} ± {s['standardError']} | {s['unit']} "
            f"| {s['images']:,} | {s['samples']:,} |" for s in m["scores"]
        ]
    return "\n".join(["", *runs, "", *files, "", *scores, ""])


def main() -> None:
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    p.add_argument("ids", nargs="*", help="models to publish; all finished runs if none is named")
    p.add_argument("--quantize", nargs="+", default=[], metavar="ID", help="models that are published, to store in 8 bits")
    p.add_argument("--runs", type=Path, default=Path("runs"))
    p.add_argument("--models", type=Path, default=MODELS, help="where the ONNX files and the manifest go")
    args = p.parse_args()
    finished = [name for name in registry.models() if (args.runs / name / "entry.json").exists()]
    ids = args.ids or ([] if args.quantize else finished)
    if not ids and not args.quantize:
        raise SystemExit(f"{args.runs} has no finished run")
    entries = {name: read(args.runs / name) for name in ids}
    manifest = json.loads((args.models / "manifest.json").read_text())
    before = [m["id"] for m in manifest["models"]]
    manifest["models"] = [entries.get(m["id"], m) for m in manifest["models"]]
    manifest["models"] += [entry for name, entry in entries.items() if name not in before]
    if manifest["format"] == 2 or any("decoder" in m for m in manifest["models"]):  # format 1 has no adapters
        manifest = {"format": 2, "models": [format2(m) for m in manifest["models"]]}
    for name, entry in entries.items():
        for file in entry["files"].values():
            shutil.copyfile(args.runs / name / file["path"], args.models / file["path"])
    for entry in manifest["models"]:
        if entry["id"] in args.quantize or (entry["id"] in ids and entry["id"] in quantize.IN_8_BITS):
            in_8_bits(entry, args.models)
    (args.models / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")
    readme = args.models / "README.md"
    head, _, tail = readme.read_text().split(MARK)
    readme.write_text(MARK.join([head, tables(manifest["models"]), tail]))
    print(f"published {', '.join([*ids, *args.quantize])}; now evaluate them by the crate, and run fixtures.py and fixtures_latent.py")


if __name__ == "__main__":
    main()
