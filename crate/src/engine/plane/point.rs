//! The exact log-likelihood of one point, its bound, and the gap between them.

use super::options::schedule_of;
use super::report::{
    PlaneErrors, PlaneForm, PlaneGap, PlanePointResult, PlaneSweep, PlaneSweepPoint, PlaneTerms,
};
use super::{PlaneDiffusion, SharedDenoiser};
use crate::math::inference::Point;
use crate::math::inference::quadrature::{Node, normal_nodes};
use crate::math::inference::variational::Mixture;
use crate::math::numeric::sigmoid;
use crate::math::plane::Denoiser;
use crate::math::plane::bound::{PlaneBound, draw_bound, square_error};
use crate::math::plane::flow::log_likelihood;
use crate::math::plane::gap::Gap;
use crate::math::schedule::{NoiseSchedule, ScheduleKind};

/// Spacing and radius of the quadrature's nodes: the bound of the presets is right to 1e-4 nats.
const NODES: (f64, f64) = (0.35, 6.0);
/// Number of whole chains that are drawn.
const DRAWS: usize = 64;
/// Log SNRs at which errors are reported.
const ERRORS: usize = 120;
/// T of the chains whose gap is compared.
const SWEEP: [usize; 12] = [2, 3, 5, 10, 20, 30, 50, 100, 200, 300, 500, 1000];
/// Range of log SNR and number of steps of the ODE.
const FLOW: (f64, f64, usize) = (-28.0, 20.0, 200);
/// The longest chain; shorter ones use a subset of its steps.
const BASE_STEPS: usize = PlaneDiffusion::MAX_STEPS;

/// E|x_0 - x̂_0|² of the model and of the exact score.
type Errors = [f64; 2];

/// The likelihoods and bounds of one point under a model. What takes long is computed in slices:
/// see [`PlanePoint::step`].
#[derive(Debug)]
pub struct PlanePoint {
    x0: Point,
    data: Mixture,
    model: SharedDenoiser,
    exact_model: bool,
    schedule: NoiseSchedule,
    seed: u64,
    nodes: Vec<Node>,
    /// The longest chain of each kind, and its errors at t - 1 as far as they are known.
    bases: Vec<(NoiseSchedule, Vec<Option<Errors>>)>,
    /// Work that is left, the next item at the end.
    plan: Vec<Work>,
    total: usize,
    draws: [Vec<f64>; 2],
    errors: Vec<Errors>,
    result: PlanePointResult,
}

#[derive(Clone, Copy, Debug)]
enum Work {
    Flow,
    /// Errors of a step of a base chain, by kind and timestep.
    Step(usize, usize),
    /// The bound of the point's own chain, once its errors are known.
    Bound,
    Draw(u64),
    /// Errors at a place of the log SNR.
    Error(usize),
    /// The bound of a chain of a kind and a length.
    Chain(usize, usize),
}

impl PlanePoint {
    pub(super) fn new(diffusion: &PlaneDiffusion, x0: Point) -> Self {
        let base = |kind| {
            let schedule = schedule_of(kind, BASE_STEPS).expect("a chain of the presets");
            (schedule, vec![None; BASE_STEPS])
        };
        let schedule = diffusion.schedule.clone();
        let exact_model = diffusion.density.as_ref() == Some(&diffusion.data);
        let mut point = Self {
            x0,
            result: PlanePointResult {
                x0,
                log_p: diffusion.data.log_density(x0),
                model_log_p: diffusion.density.as_ref().map(|density| density.log_density(x0)),
                flow_log_p: None,
                bound: None,
                exact_elbo: None,
                gap: None,
                draws: 0,
                denoising: None,
                consistency: None,
                errors: None,
                sweep: Vec::new(),
                done: false,
                progress: 0.0,
            },
            data: diffusion.data.clone(),
            model: diffusion.model.clone(),
            exact_model,
            seed: diffusion.seed,
            nodes: normal_nodes(NODES.0, NODES.1),
            bases: ScheduleKind::ALL.map(base).into(),
            plan: Vec::new(),
            total: 0,
            draws: [Vec::new(), Vec::new()],
            errors: Vec::new(),
            schedule,
        };
        point.plan = point.plan();
        point.total = point.plan.len();
        point
    }

    /// The work in its order: the point's own chain first.
    fn plan(&self) -> Vec<Work> {
        let own = self.kind(self.schedule.kind());
        let mut plan = vec![Work::Flow];
        plan.extend(self.steps_of(own, &self.schedule));
        plan.push(Work::Bound);
        plan.extend((0..DRAWS as u64).map(Work::Draw));
        plan.extend((0..ERRORS).map(Work::Error));
        for steps in SWEEP {
            for kind in 0..self.bases.len() {
                let schedule = self.chain(kind, steps);
                plan.extend(self.steps_of(kind, &schedule));
                plan.push(Work::Chain(kind, steps));
            }
        }
        plan.reverse();
        plan
    }

    fn kind(&self, kind: ScheduleKind) -> usize {
        ScheduleKind::ALL.iter().position(|&k| k == kind).expect("a kind of the presets")
    }

    fn chain(&self, kind: usize, steps: usize) -> NoiseSchedule {
        schedule_of(ScheduleKind::ALL[kind], steps).expect("a chain of the presets")
    }

    /// The step of the base chain that equals a step of a shorter chain.
    fn base_step(&self, kind: usize, schedule: &NoiseSchedule, t: usize) -> usize {
        let (log_snr, base) = (schedule.log_snr(t), &self.bases[kind].0);
        let (mut low, mut high) = (1, base.steps());
        while low < high {
            let middle = usize::midpoint(low, high);
            if base.log_snr(middle) <= log_snr { high = middle } else { low = middle + 1 }
        }
        low
    }

    fn steps_of(&self, kind: usize, schedule: &NoiseSchedule) -> Vec<Work> {
        (1..=schedule.steps())
            .map(|t| Work::Step(kind, self.base_step(kind, schedule, t)))
            .collect()
    }

    fn errors_at(&self, log_snr: f64) -> Errors {
        let (alpha, sigma) = (sigmoid(log_snr).sqrt(), sigmoid(-log_snr).sqrt());
        let error = |model: &dyn Denoiser| {
            square_error(&*model.at(log_snr), self.x0, alpha, sigma, &self.nodes)
        };
        let of_model = error(&*self.model);
        [of_model, if self.exact_model { of_model } else { error(&self.data) }]
    }

    /// The bounds of the model and of the exact score on a chain whose errors are known.
    fn bounds(&self, kind: usize, schedule: &NoiseSchedule) -> [PlaneBound; 2] {
        let known = |t| {
            let step = self.base_step(kind, schedule, t);
            self.bases[kind].1[step - 1].unwrap_or([f64::NAN; 2])
        };
        [0, 1].map(|which| PlaneBound::from_errors(self.x0, schedule, |t| known(t)[which]))
    }

    /// Log SNR of the error report `i`.
    fn place(&self, i: usize) -> f64 {
        let (low, high) = self.ends();
        low + (high - low) * i as f64 / (ERRORS - 1) as f64
    }

    fn ends(&self) -> (f64, f64) {
        (self.schedule.log_snr(self.schedule.steps()), self.schedule.log_snr(1))
    }

    /// Whether all results are computed.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.plan.is_empty()
    }

    /// Does the next item of work, which takes about a millisecond for the presets.
    pub fn step(&mut self) {
        while let Some(work) = self.plan.pop() {
            if let Work::Step(kind, t) = work
                && self.bases[kind].1[t - 1].is_some()
            {
                continue;
            }
            self.perform(work);
            break;
        }
        self.result.done = self.is_done();
        self.result.progress = 1.0 - self.plan.len() as f64 / self.total as f64;
    }

    fn perform(&mut self, work: Work) {
        match work {
            Work::Flow => {
                let (low, high, steps) = FLOW;
                let log_p = log_likelihood(&*self.model, self.x0, low, high, steps);
                self.result.flow_log_p = Some(log_p);
            }
            Work::Step(kind, t) => {
                let errors = self.errors_at(self.bases[kind].0.log_snr(t));
                self.bases[kind].1[t - 1] = Some(errors);
            }
            Work::Bound => {
                let [model, exact] = self.bounds(self.kind(self.schedule.kind()), &self.schedule);
                let gap = Gap::of(&self.data, self.x0, &exact, &self.schedule, &self.nodes);
                self.result.gap = Some(PlaneGap::new(gap, exact.elbo() - model.elbo()));
                self.result.exact_elbo = Some(exact.elbo());
                self.result.bound = Some(PlaneTerms::from(model));
            }
            Work::Draw(index) => {
                let draw = draw_bound(&*self.model, self.x0, &self.schedule, self.seed, index);
                self.draws[0].push(draw.denoising_form);
                self.draws[1].push(draw.consistency_form);
                self.result.draws = self.draws[0].len();
                self.result.denoising = Some(PlaneForm::of(&self.draws[0]));
                self.result.consistency = Some(PlaneForm::of(&self.draws[1]));
            }
            Work::Error(i) => {
                self.errors.push(self.errors_at(self.place(i)));
                if self.errors.len() == ERRORS {
                    self.result.errors = Some(self.error_columns());
                }
            }
            Work::Chain(kind, steps) => {
                let schedule = self.chain(kind, steps);
                let elbo = self.bounds(kind, &schedule)[0].elbo();
                let point = PlaneSweepPoint { steps, elbo, gap: self.result.log_p - elbo };
                let sweep = &mut self.result.sweep;
                let schedule = ScheduleKind::ALL[kind];
                match sweep.iter_mut().find(|line| line.schedule == schedule) {
                    Some(line) => line.points.push(point),
                    None => sweep.push(PlaneSweep { schedule, points: vec![point] }),
                }
            }
        }
    }

    fn error_columns(&self) -> PlaneErrors {
        let mut columns = PlaneErrors::default();
        let (low, high) = self.ends();
        let spacing = (high - low) / (ERRORS - 1) as f64;
        let mut before = None;
        for (i, [model, exact]) in self.errors.iter().enumerate() {
            let log_snr = self.place(i);
            let weight = 0.5 * libm::exp(log_snr);
            let difference = weight * (model - exact);
            let last = columns.excess.last().copied().unwrap_or(0.0);
            let strip = before.map_or(0.0, |before: f64| 0.5 * spacing * (before + difference));
            columns.log_snr.push(log_snr);
            columns.model.push(weight * model);
            columns.exact.push(weight * exact);
            columns.excess.push(last + strip);
            before = Some(difference);
        }
        columns
    }

    /// The results so far.
    #[must_use]
    pub fn result(&self) -> &PlanePointResult {
        &self.result
    }
}
