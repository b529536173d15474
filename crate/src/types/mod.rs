//! The TypeScript declarations of the types that cross the border: the `*.d.ts` beside this file.
//! They are derived from the Rust types, with their documentation; after a change of these,
//! `UPDATE_TYPES=1 cargo test --lib declarations` writes them anew.

mod print;

use std::path::Path;

use ts_rs::TS;

use self::print::{Declaration, Fields};
use crate::ErrorKind;
use crate::engine::*;
use crate::evaluation::strangers::{Detector, Place, Strangers};
use crate::evaluation::{EvaluatedModel, MeanScore};
use crate::image::ExampleDrawing;
use crate::math::elbo::Estimate;
use crate::math::inference::contour::Viewport;
use crate::math::inference::logistic_regression::Observation;
use crate::math::inference::target::TargetKind;
use crate::math::inference::variational::Family;
use crate::math::likelihood::Task;
use crate::math::parameterization::Prediction;
use crate::math::proposal::ProposalKind;
use crate::math::quantiles::Histogram;
use crate::math::schedule::ScheduleKind;
use crate::model::manifest::*;
use crate::model::phrase::{Code, Phrase};
use crate::model::propose::{Choice, Flat, FlatImage, Guess, Proposal, ProposalOptions};
use crate::model::{DiagonalGaussian, Dim, GraphInfo, GraphPort, OperatorTime};
use crate::wire;

/// A type that the crate returns, or one without fields.
fn out<T: TS>() -> Declaration {
    Declaration::new::<T>(&Fields::All)
}

/// A type that the crate takes, in which all may be absent but this.
fn taken<T: TS>(required: &[&str]) -> Declaration {
    Declaration::new::<T>(&Fields::Only(required))
}

/// An entry of a manifest of one kind, with the likelihoods that this kind can have.
fn entry<T: TS>(kind: &str, required: &[&str], likelihoods: (&str, &[Likelihood])) -> Declaration {
    let required = [&["kind", "likelihood"], required].concat();
    let (doc, likelihoods) = likelihoods;
    let names = likelihoods.iter().map(|one| serde_json::to_string(one).expect("a unit variant"));
    let union = names.collect::<Vec<_>>().join(" | ");
    let own = [("", "kind", &*format!("{kind:?}")), (doc, "likelihood", &union)];
    taken::<T>(&required).extending("ModelEntryBase", &own)
}

/// What `load` takes beside an entry.
fn files_of(entry: &str, name: &str) -> Declaration {
    let of = format!("{{ [Role in keyof {entry}[\"files\"]]: Uint8Array }}");
    Declaration::alias(&format!("The bytes of the files of a {entry}, by role."), name, of)
}

fn adapters() -> Vec<Declaration> {
    vec![
        out::<Layout>(),
        out::<Numbers>(),
        taken::<ImageInput>(&[]),
        taken::<PosteriorOutput>(&[]),
        taken::<ClassInput>(&[]),
        taken::<PixelOutput>(&[]),
        taken::<EncoderAdapter>(&[]),
        taken::<DecoderAdapter>(&[]),
        out::<BetaSchedule>(),
        taken::<TimeInput>(&[]),
        taken::<NetworkAdapter>(&[]),
    ]
}

fn diffusion() -> Vec<Declaration> {
    vec![
        taken::<SamplerOptions>(&[]),
        out::<Prediction>(),
        out::<Frame>(),
        out::<SharedFrame>(),
        out::<ScheduleTable>(),
        taken::<DiffusionElboOptions>(&[]),
        out::<DiffusionElboResult>(),
        out::<ConsistencyForm>(),
        taken::<ClassPosteriorOptions>(&[]),
        out::<ClassPosteriorResult>(),
        taken::<DiffuseOptions>(&["t"]),
        out::<Diffused>(),
    ]
}

fn evaluation() -> Vec<Declaration> {
    vec![
        out::<MeanScore>(),
        out::<EvaluatedModel>(),
        out::<Detector>(),
        out::<Strangers>(),
        taken::<wire::Evidence>(&["elbo"]),
        out::<Place>(),
    ]
}

fn foreign() -> Vec<Declaration> {
    vec![
        out::<Dim>(),
        out::<GraphPort>(),
        out::<GraphInfo>(),
        out::<OperatorTime>(),
        Declaration::alias(
            "New values of an entry by field, \"decoder.output.value\" and the like; null takes a \
             field away. See changeEntry.",
            "EntryChanges",
            "Record<string, unknown>".into(),
        ),
        out::<Choice>(),
        out::<Guess>(),
        out::<Proposal>(),
        out::<Flat>(),
        taken::<FlatImage>(&["image"]),
        taken::<ProposalOptions>(&[]),
        taken::<CheckOptions>(&[]),
        out::<Warning>(),
        out::<ModelCheck>(),
    ]
}

fn inference() -> Vec<Declaration> {
    vec![
        out::<TargetKind>(),
        out::<Family>(),
        out::<Density>(),
        out::<Observation>(),
        taken::<Component>(&["mean", "std"]),
        taken::<InferenceOptions>(&[]),
        out::<InferenceState>(),
        out::<InferenceTrace>(),
        out::<ForwardFit>(),
        out::<Viewport>(),
        taken::<wire::InferencePlane>(&["size", "q", "background", "target", "accent", "ink"]),
    ]
}

fn latents() -> Vec<Declaration> {
    vec![
        out::<DiagonalGaussian>(),
        out::<DensityReading>(),
        out::<Estimate>(),
        taken::<VaeElboOptions>(&[]),
        taken::<LatentPlaneOptions>(&[]),
        out::<ClassRegion>(),
        out::<ScoredVae>(),
        out::<ProposalKind>(),
        taken::<LatentBoundOptions>(&[]),
        out::<LatentBoundResult>(),
        out::<ImportanceEstimate>(),
        out::<ParetoDiagnostic>(),
        taken::<wire::GenerateOptions>(&["seeds"]),
        taken::<ReconstructOptions>(&[]),
    ]
}

fn models() -> Vec<Declaration> {
    let names = [
        ErrorKind::Shape,
        ErrorKind::Value,
        ErrorKind::Manifest,
        ErrorKind::Checksum,
        ErrorKind::Model,
        ErrorKind::Canvas,
    ];
    vec![
        Declaration::alias(
            "Every function throws a real Error whose `name` tells what is wrong: ShapeError (a \
             wrong length), ValueError (NaN, out of range, an unknown option, class or schedule), \
             ManifestError, ChecksumError (bytes that differ from the manifest's size or SHA-256), \
             ModelError (a truncated or foreign ONNX file), CanvasError. Its `cause` is the error \
             that it came of, where there is one. For code it has, as far as they apply, `what`, \
             `found` and `expected` (ShapeError, ValueError), `file`, `found` and `expected` \
             (ChecksumError), `file` and `node` (ModelError), `model` (ManifestError), `problem` \
             and `remedy`. A RuntimeError means that the instance has panicked and must be \
             replaced.",
            "ErrorName",
            names.map(|kind| format!("{:?}", kind.name())).join(" | "),
        ),
        out::<ScheduleKind>(),
        out::<Interpolation>(),
        out::<FileEntry>(),
        out::<Score>(),
        out::<Common>(),
        entry::<VaeContract>(
            "vae",
            &["files", "latents"],
            (
                "Binary pixels; cross-entropy with grey levels, which is not a likelihood; a \
                 density of pixels; 8-bit levels under a logistic or a mixture of logistics.",
                VaeContract::LIKELIHOODS,
            ),
        ),
        out::<LatentLayer>(),
        entry::<HvaeContract>(
            "hvae",
            &["files", "layers", "features"],
            ("", HvaeContract::LIKELIHOODS),
        ),
        entry::<DdpmContract>(
            "ddpm",
            &["files", "parameterization", "classes"],
            ("", DdpmContract::LIKELIHOODS),
        ),
        files_of("VaeEntry", "VaeFiles"),
        files_of("HvaeEntry", "HvaeFiles"),
        files_of("DdpmEntry", "DdpmFiles"),
        out::<ModelEntry>(),
        out::<Task>(),
        out::<Manifest>(),
    ]
}

fn phrases() -> Vec<Declaration> {
    vec![out::<Code>(), out::<Phrase>()]
}

fn pictures() -> Vec<Declaration> {
    vec![
        taken::<wire::RenderDigitOptions>(&[]),
        out::<ExampleDrawing>(),
        out::<ImageShape>(),
        taken::<wire::Layout>(&["height", "width"]),
        taken::<wire::DigitFromPixelsOptions>(&[]),
        out::<wire::Region>(),
        out::<wire::DigitReading>(),
        out::<wire::DigitStanding>(),
    ]
}

fn plane() -> Vec<Declaration> {
    vec![
        out::<PlanePreset>(),
        out::<PlaneParticles>(),
        out::<PlaneField>(),
        taken::<PlaneComponent>(&["mean", "std"]),
        taken::<PlaneDiffusionOptions>(&[]),
        taken::<PlaneNetworkOptions>(&[]),
        out::<PlaneTrainingTrace>(),
        out::<PlaneKernel>(),
        out::<PlaneKernels>(),
        out::<PlanePath>(),
        out::<PlaneTerms>(),
        out::<PlaneGap>(),
        out::<PlaneForm>(),
        out::<PlaneErrors>(),
        out::<PlaneSweep>(),
        out::<PlanePointResult>(),
        out::<PlaneScores>(),
        taken::<wire::DiffusionPlane>(&["size", "t", "background", "density", "accent", "ink"]),
    ]
}

fn sets() -> Vec<Declaration> {
    vec![
        out::<wire::DataFile>(),
        out::<wire::Roc>(),
        out::<Histogram>(),
        out::<wire::PrincipalComponents>(),
    ]
}

#[test]
fn the_declarations_are_those_of_the_rust_types() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("crate/src/types");
    let files = [
        ("models", models()),
        ("adapters", adapters()),
        ("phrases", phrases()),
        ("foreign", foreign()),
        ("latents", latents()),
        ("diffusion", diffusion()),
        ("inference", inference()),
        ("plane", plane()),
        ("pictures", pictures()),
        ("evaluation", evaluation()),
        ("sets", sets()),
    ];
    for (name, declarations) in files {
        let text: Vec<String> = declarations.iter().map(Declaration::text).collect();
        let (text, path) = (text.join("\n"), folder.join(name).with_extension("d.ts"));
        if std::env::var_os("UPDATE_TYPES").is_some() {
            std::fs::write(&path, text).unwrap();
        } else {
            let kept = std::fs::read_to_string(&path).unwrap();
            assert!(
                kept == text,
                "{name}.d.ts is not what the Rust types say: {}",
                "see the top of this file"
            );
        }
    }
}
