//! The connected parts of what may be ink, and which of them make up a digit.

use super::ground::Sides;

/// A rectangle of a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Region {
    /// Column of the left edge.
    pub x: usize,
    /// Row of the upper edge.
    pub y: usize,
    /// Columns.
    pub width: usize,
    /// Rows.
    pub height: usize,
}

impl Region {
    fn around(self, other: Self) -> Self {
        let (x, y) = (self.x.min(other.x), self.y.min(other.y));
        let right = (self.x + self.width).max(other.x + other.width);
        let bottom = (self.y + self.height).max(other.y + other.height);
        Self { x, y, width: right - x, height: bottom - y }
    }

    /// The longer side.
    #[must_use]
    pub fn longest(self) -> usize {
        self.width.max(self.height)
    }

    /// Columns and rows between two regions; 0 where they overlap.
    fn gap(self, other: Self) -> [usize; 2] {
        let between = |a: usize, a_length: usize, b: usize, b_length: usize| {
            b.saturating_sub(a + a_length).max(a.saturating_sub(b + b_length))
        };
        [
            between(self.x, self.width, other.x, other.width),
            between(self.y, self.height, other.y, other.height),
        ]
    }
}

/// Ink that hangs together, or that stands so close together that it was written as one.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub region: Region,
    /// Its pixels.
    pub pixels: Vec<usize>,
    /// How many pieces it is in.
    pub pieces: usize,
    /// The width of its strokes: four times the mean distance of its pixels from its outline.
    pub stroke: f64,
    /// The width of its broadest place.
    pub broadest: f64,
    /// Pixels along each edge of the picture: left, right, top, bottom.
    edges: [usize; 4],
}

impl Part {
    fn touches_edge(&self) -> bool {
        self.edges.iter().any(|&n| n > 0)
    }

    /// How many holes are in it, by its Euler number, which 2x2 pixels tell (Gray 1971).
    pub(super) fn holes(&self, Sides { width, .. }: Sides) -> usize {
        let Region { x, y, width: columns, height: rows } = self.region;
        let stride = columns + 2;
        let mut ink = vec![false; stride * (rows + 2)];
        for &at in &self.pixels {
            ink[(at / width - y + 1) * stride + at % width - x + 1] = true;
        }
        let mut four_times = 0_isize;
        for row in 0..=rows {
            for column in 0..=columns {
                let at = row * stride + column;
                let quad = [ink[at], ink[at + 1], ink[at + stride], ink[at + stride + 1]];
                four_times += match quad.iter().filter(|&&ink| ink).count() {
                    1 => 1,
                    2 if quad[0] == quad[3] => -2,
                    3 => -1,
                    _ => 0,
                };
            }
        }
        self.pieces.saturating_add_signed(-four_times / 4)
    }

    /// Whether it lies along most of the picture's edges, as light that falls off does.
    pub(super) fn lines_edges(&self, sides: Sides) -> bool {
        self.edges.iter().sum::<usize>() > sides.width + sides.height
    }

    /// Whether it spans a picture that was cropped to it, from top to bottom.
    fn spans(&self, sides: Sides) -> bool {
        let Region { width, height, .. } = self.region;
        let through = self.edges.iter().all(|&n| n > 0);
        5 * height >= 4 * sides.height && 4 * width >= sides.width && !through
    }

    fn join(&mut self, other: Self) {
        self.region = self.region.around(other.region);
        let [own, others] = [&*self, &other].map(|part| part.pixels.len() as f64);
        self.stroke = (own * self.stroke + others * other.stroke) / (own + others);
        self.broadest = self.broadest.max(other.broadest);
        self.pixels.extend(other.pixels);
        self.pieces += other.pieces;
        for (sum, n) in self.edges.iter_mut().zip(other.edges) {
            *sum += n;
        }
    }

    /// Whether it is a line around its region with its corners: the frame of a picture, a table's
    /// cell, the axes of a figure.
    fn is_frame(&self, width: usize) -> bool {
        let Region { x, y, width: columns, height: rows } = self.region;
        let band = (2.5 * self.stroke).ceil() as usize;
        if 6 * band > columns.min(rows) {
            return false;
        }
        let (mut within, mut sides) = (0, [vec![false; columns], vec![false; columns]]);
        let mut flanks = [vec![false; rows], vec![false; rows]];
        for &at in &self.pixels {
            let (column, row) = (at % width - x, at / width - y);
            let near = [row < band, row + band >= rows, column < band, column + band >= columns];
            if near[0] || near[1] {
                sides[usize::from(near[1])][column] = true;
            }
            if near[2] || near[3] {
                flanks[usize::from(near[3])][row] = true;
            }
            within += usize::from(!near.contains(&true));
        }
        let inked =
            |line: &Vec<bool>| 10 * line.iter().filter(|&&ink| ink).count() >= 9 * line.len();
        10 * within <= self.pixels.len() && sides.iter().chain(&flanks).all(inked)
    }
}

/// The region of all that is in a mask.
pub(super) fn bounds(mask: &[bool], Sides { width, .. }: Sides) -> Region {
    let pixel = |at: usize| Region { x: at % width, y: at / width, width: 1, height: 1 };
    let inked = mask.iter().enumerate().filter(|(_, ink)| **ink).map(|(at, _)| pixel(at));
    inked.reduce(Region::around).unwrap_or(Region { x: 0, y: 0, width: 0, height: 0 })
}

/// The 8-connected parts of a mask (Rosenfeld & Pfaltz 1966).
pub(super) fn parts(mask: &[bool], sides: Sides) -> Vec<Part> {
    let Sides { width, height } = sides;
    let depths = depths(mask, sides);
    let mut seen = vec![false; mask.len()];
    let mut found = Vec::new();
    for start in 0..mask.len() {
        if !mask[start] || seen[start] {
            continue;
        }
        let mut part = Part {
            region: Region { x: start % width, y: start / width, width: 1, height: 1 },
            pixels: Vec::new(),
            pieces: 1,
            stroke: 0.0,
            broadest: 0.0,
            edges: [0; 4],
        };
        let mut open = vec![start];
        seen[start] = true;
        while let Some(at) = open.pop() {
            let (x, y) = (at % width, at / width);
            part.region = part.region.around(Region { x, y, width: 1, height: 1 });
            part.pixels.push(at);
            let ends = [x == 0, x + 1 == width, y == 0, y + 1 == height];
            for (sum, end) in part.edges.iter_mut().zip(ends) {
                *sum += usize::from(end);
            }
            for row in y.saturating_sub(1)..(y + 2).min(height) {
                for column in x.saturating_sub(1)..(x + 2).min(width) {
                    let next = row * width + column;
                    if mask[next] && !seen[next] {
                        seen[next] = true;
                        open.push(next);
                    }
                }
            }
        }
        let count = part.pixels.len() as f64;
        let half = |&at: &usize| depths[at] - 0.5;
        part.stroke = 4.0 * part.pixels.iter().map(half).sum::<f64>() / count;
        part.broadest = 2.0 * part.pixels.iter().map(half).fold(0.0, f64::max);
        found.push(part);
    }
    found
}

/// How far each pixel of a mask is from one that is none of it, in pixels: a chamfer distance with
/// the steps 1 and 4/3 (Borgefors 1986). What lies beyond the picture is none of it.
fn depths(mask: &[bool], Sides { width, height }: Sides) -> Vec<f64> {
    let mut depths: Vec<f64> =
        mask.iter().map(|&ink| if ink { f64::INFINITY } else { 0.0 }).collect();
    let at = |depths: &[f64], x: Option<usize>, y: Option<usize>| match (x, y) {
        (Some(x), Some(y)) if x < width && y < height => depths[y * width + x],
        _ => 0.0,
    };
    for forward in [true, false] {
        for step in 0..mask.len() {
            let here = if forward { step } else { mask.len() - 1 - step };
            if !mask[here] {
                continue;
            }
            let (x, y) = (here % width, here / width);
            let back = |v: usize| if forward { v.checked_sub(1) } else { Some(v + 1) };
            let other = |v: usize| if forward { Some(v + 1) } else { v.checked_sub(1) };
            let straight = at(&depths, back(x), Some(y)).min(at(&depths, Some(x), back(y)));
            let diagonal = at(&depths, back(x), back(y)).min(at(&depths, other(x), back(y)));
            depths[here] = depths[here].min(straight + 1.0).min(diagonal + 4.0 / 3.0);
        }
    }
    depths
}

/// What may have been written in the picture, the largest first: without what goes around it or
/// through it, and with the parts that belong together as one.
pub(super) fn written(parts: Vec<Part>, sides: Sides) -> Vec<Part> {
    let shorter = sides.width.min(sides.height);
    let clear = |part: &Part| !part.touches_edge() && 12 * part.region.longest() >= shorter;
    // A digit may touch the edges that it was cropped to. Beside one that does not, and where it is
    // small, it is clutter: the corner of a table, the end of a shadow.
    let any_clear = parts.iter().any(|part| clear(part) && !part.is_frame(sides.width));
    let is_clutter = |part: &Part| {
        let small = 2 * part.region.longest() < shorter;
        part.touches_edge() && !part.spans(sides) && (any_clear || small)
    };
    let kept: Vec<Part> = parts.into_iter().filter(|part| !is_clutter(part)).collect();
    let (frames, mut kept): (Vec<Part>, Vec<Part>) =
        kept.into_iter().partition(|part| part.is_frame(sides.width));
    if kept.iter().all(|part| 12 * part.region.longest() < shorter) {
        kept.extend(frames);
    }
    kept.sort_by_key(|part| std::cmp::Reverse(part.pixels.len()));
    let largest = kept.first().map_or(0, |part| part.pixels.len());
    kept.retain(|part| 100 * part.pixels.len() >= largest);
    let mut groups: Vec<Part> = Vec::new();
    for part in kept {
        groups.push(part);
        while let Some((into, from)) = belonging(&groups) {
            let other = groups.swap_remove(from);
            groups[into].join(other);
        }
    }
    groups.sort_by_key(|part| std::cmp::Reverse(part.region.longest()));
    groups
}

/// Two groups, the lower index first, that belong together.
fn belonging(groups: &[Part]) -> Option<(usize, usize)> {
    let last = groups.len().checked_sub(1)?;
    (0..last).find(|&other| belong(&groups[other], &groups[last])).map(|other| (other, last))
}

/// Whether two parts were written as one: one lies in the other's region, they nearly touch, or one
/// is a bar over or under the other.
fn belong(a: &Part, b: &Part) -> bool {
    let [across, down] = a.region.gap(b.region);
    let stroke = a.stroke.max(b.stroke);
    let near = across.max(down) as f64 <= 0.75 * stroke;
    let narrower = a.region.width.min(b.region.width);
    let taller = a.region.height.max(b.region.height);
    let flatter = a.region.height.min(b.region.height);
    let shared = (a.region.x + a.region.width)
        .min(b.region.x + b.region.width)
        .saturating_sub(a.region.x.max(b.region.x));
    let stacked = 2 * shared >= narrower && 4 * down <= taller && 2 * flatter <= taller;
    near || stacked
}
