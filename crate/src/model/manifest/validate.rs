//! What the types of an entry cannot say.

use std::collections::BTreeSet;

use super::{
    ClassForm, ClassInput, Contract, DdpmContract, DecoderAdapter, EncoderAdapter, HvaeContract,
    ImageInput, Layout, Likelihood, ModelEntry, NullClass, PixelOutput, PixelValue, Spread, Std,
    TimeForm, TimeInput, VaeContract,
};
use crate::error::{Error, Result};
use crate::math::parameterization::Parameterization;

/// Longest side of an image, in pixels.
const MAX_SIDE: usize = 1024;
/// Most latents of a model.
const MAX_LATENTS: usize = 65_536;
/// Most classes of a model.
const MAX_CLASSES: usize = 10_000;

/// A fault as the sentence that follows "model NAME: ".
type Check = std::result::Result<(), String>;

fn require(holds: bool, otherwise: impl FnOnce() -> String) -> Check {
    if holds { Ok(()) } else { Err(otherwise()) }
}

impl ModelEntry {
    /// Checks what the types cannot say.
    ///
    /// # Errors
    /// [`ErrorKind::Manifest`](crate::ErrorKind::Manifest), naming the model and the field at
    /// fault.
    pub fn validate(&self) -> Result<()> {
        if self.id.is_empty() {
            return Err(Error::manifest("a model has an empty id: give each a name of its own"));
        }
        self.check().map_err(|what| Error::entry(&self.id, what))
    }

    fn check(&self) -> Check {
        let image = self.image;
        require(
            matches!(image.channels, 1 | 3)
                && (1..=MAX_SIDE).contains(&image.height)
                && (1..=MAX_SIDE).contains(&image.width),
            || {
                format!(
                    "image is {image:?}, it must have 1 or 3 channels and 1 to {MAX_SIDE} rows and \
                        columns"
                )
            },
        )?;
        for (role, file) in self.files() {
            if let Some(what) = file.problem() {
                return Err(format!("files.{role}.{what}"));
            }
        }
        let likelihoods = match &self.contract {
            Contract::Vae(_) => VaeContract::LIKELIHOODS,
            Contract::Hvae(_) => HvaeContract::LIKELIHOODS,
            Contract::Ddpm(_) => DdpmContract::LIKELIHOODS,
        };
        require(likelihoods.contains(&self.likelihood), || {
            format!(
                "likelihood is {:?}, this kind of model has one of {likelihoods:?}",
                self.likelihood
            )
        })?;
        match &self.contract {
            Contract::Vae(vae) => self.check_vae(vae),
            Contract::Hvae(hvae) => {
                check_hvae(hvae)?;
                self.check_output(&hvae.decoder.output)
            }
            Contract::Ddpm(ddpm) => self.check_ddpm(ddpm),
        }
    }

    fn check_vae(&self, vae: &VaeContract) -> Check {
        let VaeContract { files, latents, classes, encoder, decoder } = vae;
        let count = latents.count;
        require((1..=MAX_LATENTS).contains(&count), || {
            format!("latents.count is {count}, it must be 1 to {MAX_LATENTS}")
        })?;
        require(files.density.is_none() || count == 2, || {
            format!("files.density is for two latents, latents.count is {count}")
        })?;
        let kl = &latents.kl_per_latent;
        require(kl.is_empty() || kl.len() == count, || {
            format!("latents.klPerLatent has {} values for latents.count = {count}", kl.len())
        })?;
        require(kl.iter().all(|v| v.is_finite()), || {
            "latents.klPerLatent must be finite numbers".into()
        })?;
        let mut order = latents.order.clone();
        order.sort_unstable();
        require(order.into_iter().eq(0..count), || {
            "latents.order must name every latent once".into()
        })?;
        check_class_names(classes)?;
        self.check_image_input("encoder.image", &encoder.image)?;
        check_encoder(encoder)?;
        self.check_decoder(decoder, count)?;
        for (what, condition) in [("encoder", &encoder.condition), ("decoder", &decoder.condition)]
        {
            check_condition(&format!("{what}.condition"), condition.as_ref(), classes.len())?;
        }
        let conditioned = encoder.condition.is_some() || decoder.condition.is_some();
        require(conditioned || classes.is_empty(), || {
            "classes are named but neither encoder.condition nor decoder.condition takes one".into()
        })
    }

    fn check_decoder(&self, decoder: &DecoderAdapter, latents: usize) -> Check {
        check_batch("decoder", decoder.batch)?;
        check_shape("decoder.latent.shape", decoder.latent.shape.as_deref(), latents)?;
        self.check_output(&decoder.output)
    }

    fn check_output(&self, output: &PixelOutput) -> Check {
        let mixture = self.likelihood == Likelihood::LogisticMixture;
        if mixture {
            require(output.components.is_some_and(|n| (1..=100).contains(&n)), || {
                "decoder.output.components must be 1 to 100 for a mixture".into()
            })?;
            require(output.shape.is_none(), || {
                "decoder.output.shape is not used for a mixture: leave it out".into()
            })?;
        } else {
            require(output.components.is_none(), || {
                "decoder.output.components is for likelihood \"logistic-mixture\"".into()
            })?;
            check_shape("decoder.output.shape", output.shape.as_deref(), self.image.dimensions())?;
        }
        if let Some([low, high]) = output.range {
            require(low.is_finite() && high.is_finite() && low < high, || {
                format!("decoder.output.range is [{low}, {high}], it must rise")
            })?;
        }
        let binary = matches!(self.likelihood, Likelihood::Bernoulli | Likelihood::GreyBernoulli);
        require(binary || output.value != Some(PixelValue::Logits), || {
            "decoder.output.value \"logits\" is for binary pixels".into()
        })?;
        let gaussian = self.likelihood == Likelihood::Gaussian;
        let logistic = self.likelihood == Likelihood::DiscretizedLogistic;
        require(output.spread.is_none() || gaussian || logistic, || {
            "decoder.output.spread is for the likelihoods gaussian and discretized-logistic".into()
        })?;
        require(output.std.is_none() || gaussian, || {
            "decoder.output.std is for the likelihood gaussian".into()
        })?;
        if let Some(Std::Given(std)) = output.std {
            require(std > 0.0 && std.is_finite(), || {
                format!("decoder.output.std is {std}, it must be positive, or \"fitted\"")
            })?;
        }
        require(!gaussian || output.spread.is_some() != output.std.is_some(), || {
            "a Gaussian needs either decoder.output.std, a number or \"fitted\", or \
                decoder.output.spread"
                .into()
        })
    }

    fn check_image_input(&self, what: &str, image: &ImageInput) -> Check {
        check_shape(&format!("{what}.shape"), image.shape.as_deref(), self.image.dimensions())?;
        for (name, values) in [("scale", &image.scale), ("shift", &image.shift)] {
            require(matches!(values.len(), 0 | 1) || values.len() == self.image.channels, || {
                format!(
                    "{what}.{name} has {} values, give one, or one for each channel",
                    values.len()
                )
            })?;
            require(values.iter().all(|v| v.is_finite()), || {
                format!("{what}.{name} must be finite numbers")
            })?;
        }
        require(image.scale.iter().all(|&v| v != 0.0), || format!("{what}.scale must not be 0"))
    }

    fn check_ddpm(&self, ddpm: &DdpmContract) -> Check {
        let DdpmContract { parameterization, log_snr, classes, network, .. } = ddpm;
        if let Some(range) = log_snr {
            range.validate().map_err(|_| {
                "logSnr.min must be less than logSnr.max, and both lie within -100 to 100"
                    .to_string()
            })?;
        }
        check_class_names(classes)?;
        check_batch("network", network.batch)?;
        self.check_image_input("network.image", &network.image)?;
        require(network.image.scale.is_empty() && network.image.shift.is_empty(), || {
            "network.image has a scale or a shift: say network.dataRange instead".into()
        })?;
        let [low, high] = network.data_range;
        require(low.is_finite() && high.is_finite() && low < high && high - low <= 1e4, || {
            format!("network.dataRange is [{low}, {high}], it must rise")
        })?;
        require(network.time.form != TimeForm::LogSnr || log_snr.is_some(), || {
            "logSnr is missing: a network that is told the log SNR has a range of it".into()
        })?;
        check_time(&network.time)?;
        check_parameterization(*parameterization, &network.time, network.data_range)?;
        let channels = if network.output.learned_variance { 2 } else { 1 };
        check_shape(
            "network.output.shape",
            network.output.shape.as_deref(),
            channels * self.image.dimensions(),
        )?;
        require(
            !network.output.learned_variance
                || network.output.layout == Layout::Nchw && network.output.shape.is_none(),
            || "network.output.learnedVariance is for the layout nchw without a shape".into(),
        )?;
        check_condition("network.condition", network.condition.as_ref(), classes.len())?;
        require(network.condition.is_some() || classes.is_empty(), || {
            "classes are named but network.condition is missing".into()
        })
    }
}

fn check_encoder(encoder: &EncoderAdapter) -> Check {
    check_batch("encoder", encoder.batch)?;
    let posterior = &encoder.posterior;
    let Some(split) = &posterior.split else { return Ok(()) };
    require(posterior.spread != Spread::None, || {
        "encoder.posterior.split is for a mean and a spread, and spread is \"none\"".into()
    })?;
    require(posterior.mean_name.is_none() && posterior.spread_name.is_none(), || {
        "encoder.posterior has both split and names of its own for the halves".into()
    })?;
    require(!split.name.is_empty(), || "encoder.posterior.split.name is empty".into())
}

fn check_hvae(hvae: &HvaeContract) -> Check {
    let HvaeContract { layers, features, .. } = hvae;
    require(
        !layers.is_empty() && layers.iter().all(|l| (1..=MAX_LATENTS).contains(&l.latents())),
        || "layers must name at least one layer, each with a shape of positive sizes".into(),
    )?;
    let names: BTreeSet<_> = layers.iter().map(|l| &l.name).collect();
    require(names.len() == layers.len(), || "layers must have different names".into())?;
    require(
        !features.is_empty() && features.iter().all(|shape| shape.iter().product::<usize>() > 0),
        || "features must give the shape of each output of the encoder".into(),
    )
}

fn check_time(time: &TimeInput) -> Check {
    let chain = matches!(time.form, TimeForm::Timestep | TimeForm::Fraction);
    require(chain == time.schedule.is_some(), || {
        "network.time.schedule is the training's chain, for the forms timestep and fraction, which \
            need it"
            .into()
    })?;
    require(chain || time.first.is_none(), || {
        "network.time.first is for the forms timestep and fraction".into()
    })?;
    require(time.first() <= 1, || "network.time.first must be 0 or 1".into())?;
    require(!time.reversed || time.form == TimeForm::Flow, || {
        "network.time.reversed is for the form flow".into()
    })?;
    if let Some(sigma) = time.sigma_data {
        require(time.form == TimeForm::Sigma && sigma > 0.0 && sigma.is_finite(), || {
            "network.time.sigmaData must be positive, and is for the form sigma".into()
        })?;
    }
    if let Some(schedule) = &time.schedule {
        schedule.table().map_err(|e| format!("network.time.schedule: {e}"))?;
    }
    Ok(())
}

fn check_parameterization(
    parameterization: Parameterization,
    time: &TimeInput,
    data_range: [f64; 2],
) -> Check {
    let name = format!("{parameterization:?}").to_lowercase();
    let vp = !matches!(time.form, TimeForm::Sigma | TimeForm::Flow);
    let possible = match parameterization {
        Parameterization::Epsilon | Parameterization::X0 => true,
        Parameterization::V => vp,
        Parameterization::Lattice => time.form == TimeForm::LogSnr && data_range == [-1.0, 1.0],
        Parameterization::Velocity => time.form == TimeForm::Flow,
        Parameterization::Edm => time.form == TimeForm::Sigma && time.sigma_data.is_some(),
    };
    require(possible, || {
        format!(
            "parameterization {name:?} does not go with network.time.form: v with log SNR or \
                timesteps, lattice with log SNR, velocity with flow, edm with sigma and sigmaData"
        )
    })
}

fn check_condition(what: &str, condition: Option<&ClassInput>, classes: usize) -> Check {
    let Some(condition) = condition else { return Ok(()) };
    require(classes > 0, || format!("classes must name at least one class, as {what} is there"))?;
    let length = match condition.form {
        ClassForm::Index => 1,
        ClassForm::OneHot if condition.null == NullClass::ExtraIndex => classes + 1,
        ClassForm::OneHot => classes,
    };
    check_shape(&format!("{what}.shape"), condition.shape.as_deref(), length)?;
    match (&condition.null, condition.form) {
        (NullClass::Zeros, ClassForm::Index) => {
            Err(format!("{what}.null is \"zeros\", which is for a one-hot vector"))
        }
        (NullClass::Index(_), ClassForm::OneHot) => Err(format!(
            "{what}.null is an index, a one-hot vector takes \"zeros\" or \"extra-index\""
        )),
        (NullClass::Mask { absent, present, .. }, _) if absent == present => {
            Err(format!("{what}.null.mask must have two different values"))
        }
        _ => Ok(()),
    }
}

fn check_class_names(classes: &[String]) -> Check {
    require(classes.len() <= MAX_CLASSES, || {
        format!("classes names {} classes, at most {MAX_CLASSES} are taken", classes.len())
    })
}

fn check_batch(what: &str, batch: usize) -> Check {
    require((1..=1024).contains(&batch), || {
        format!("{what}.batch is {batch}, it must be 1 to 1024")
    })
}

/// A shape without the batch has as many elements as what it holds.
fn check_shape(what: &str, shape: Option<&[usize]>, elements: usize) -> Check {
    let Some(shape) = shape else { return Ok(()) };
    let product = shape.iter().try_fold(1_usize, |product, &n| product.checked_mul(n));
    require(product == Some(elements), || {
        format!("{what} is {shape:?}, it must have {elements} elements")
    })
}
