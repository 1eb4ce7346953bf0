//! Least squares by segments: the best dates for each number of breaks, exactly.

use agglo_core::sum;

/// What a segment looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A mean per segment.
    Level,
    /// A line of its own per segment.
    Trend,
    /// One continuous line that bends once.
    Kink,
}

/// The best fit with a given number of breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// Sum of squared residuals.
    pub ssr: f64,
    /// For each break, how many observations lie before it; for a kink, up to and with it.
    pub breaks: Vec<usize>,
}

/// The question: times, shape, shortest segment, most breaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Design<'a> {
    /// Time of each observation, ascending.
    pub x: &'a [f64],
    /// Shape of a segment.
    pub shape: Shape,
    /// Least number of observations in a segment.
    pub shortest: usize,
    /// Most breaks looked for.
    pub max_breaks: usize,
}

impl Design<'_> {
    /// Coefficients with `n_breaks` breaks, dates not counted.
    pub fn n_coefficients(&self, n_breaks: usize) -> usize {
        match self.shape {
            Shape::Level => n_breaks + 1,
            Shape::Trend => 2 * (n_breaks + 1),
            Shape::Kink => n_breaks + 2,
        }
    }

    /// The best fit to `y` for 0, 1, … breaks, as many as the length allows.
    pub fn candidates(&self, y: &[f64]) -> Vec<Candidate> {
        match self.shape {
            Shape::Kink => self.kinks(y),
            Shape::Level | Shape::Trend => self.partitions(y),
        }
    }

    /// The fitted values of `y` with these breaks.
    pub fn fitted(&self, y: &[f64], breaks: &[usize]) -> Vec<f64> {
        if let (Shape::Kink, [place]) = (self.shape, breaks) {
            return Bend::fit(self.x, y, self.x[place - 1]).fitted(self.x);
        }
        segments(breaks, y.len())
            .flat_map(|(a, b)| {
                let line = Line::fit(&self.x[a..b], &y[a..b], self.shape);
                self.x[a..b].iter().map(move |&x| line.at(x))
            })
            .collect()
    }

    /// F statistic of the fit with more breaks against the one with fewer; infinite when the
    /// former is exact, `None` when even the latter is.
    pub fn f_statistic(&self, fewer: &Candidate, more: &Candidate, scale: f64) -> Option<f64> {
        let (k0, k1) =
            (self.n_coefficients(fewer.breaks.len()), self.n_coefficients(more.breaks.len()));
        let residual_df = self.x.len().checked_sub(k1).filter(|df| *df > 0)?;
        if fewer.ssr <= scale {
            return None;
        }
        if more.ssr <= scale {
            return Some(f64::INFINITY);
        }
        let gain = (fewer.ssr - more.ssr) / (k1 - k0) as f64;
        Some(gain / (more.ssr / residual_df as f64))
    }

    /// Bayesian information criterion, T ln(SSR/T) + ln T · parameters, dates counted.
    pub fn bic(&self, candidate: &Candidate) -> f64 {
        let (n, parameters) = (self.x.len() as f64, self.n_parameters(candidate));
        n * (candidate.ssr / n).ln() + n.ln() * parameters
    }

    /// Criterion of Liu, Wu and Zidek, T ln(SSR/(T − p)) + 0.299 p (ln T)^2.1.
    pub fn lwz(&self, candidate: &Candidate) -> f64 {
        let (n, parameters) = (self.x.len() as f64, self.n_parameters(candidate));
        n * (candidate.ssr / (n - parameters)).ln() + 0.299 * parameters * n.ln().powf(2.1)
    }

    fn n_parameters(&self, candidate: &Candidate) -> f64 {
        let n_breaks = candidate.breaks.len();
        (self.n_coefficients(n_breaks) + n_breaks) as f64
    }

    /// Dynamic program over the last break: F(m, b) = min over a of F(m − 1, a) + SSR(a, b).
    fn partitions(&self, y: &[f64]) -> Vec<Candidate> {
        let (n, h) = (y.len(), self.shortest);
        let ssr = self.segment_ssr(y);
        let at = |a: usize, b: usize| ssr[a * (n + 1) + b];
        let mut best: Vec<Vec<(f64, usize)>> = vec![(0..=n).map(|b| (at(0, b), 0)).collect()];
        for m in 1..=self.max_breaks {
            if (m + 1) * h > n {
                break;
            }
            let shorter = &best[m - 1];
            let extended = |b: usize| {
                let totals = (m * h..=b - h).map(|a| (shorter[a].0 + at(a, b), a));
                totals.min_by(|left, right| left.0.total_cmp(&right.0))
            };
            let row = (0..=n)
                .map(|b| if b < (m + 1) * h { None } else { extended(b) })
                .map(|found| found.unwrap_or((f64::INFINITY, 0)))
                .collect();
            best.push(row);
        }
        (0..best.len())
            .map(|m| {
                let mut breaks = vec![0; m];
                let mut end = n;
                for level in (1..=m).rev() {
                    end = best[level][end].1;
                    breaks[level - 1] = end;
                }
                Candidate { ssr: best[m][n].0, breaks }
            })
            .collect()
    }

    /// SSR of every segment [a, b) by recursive residuals: one observation more costs O(1).
    fn segment_ssr(&self, y: &[f64]) -> Vec<f64> {
        let n = y.len();
        let mut table = vec![0.0; n * (n + 1)];
        for a in 0..n {
            let mut running = Line::default();
            for b in a..n {
                running.push(self.x[b], y[b], self.shape);
                table[a * (n + 1) + b + 1] = running.ssr;
            }
        }
        table
    }

    fn kinks(&self, y: &[f64]) -> Vec<Candidate> {
        let line = Line::fit(self.x, y, Shape::Trend);
        let mut candidates = vec![Candidate { ssr: line.ssr, breaks: vec![] }];
        let (n, h) = (y.len(), self.shortest);
        if self.max_breaks > 0 && 2 * h <= n {
            let bends = (h..=n - h).map(|place| Candidate {
                ssr: Bend::fit(self.x, y, self.x[place - 1]).ssr,
                breaks: vec![place],
            });
            candidates.extend(bends.min_by(|a, b| a.ssr.total_cmp(&b.ssr)));
        }
        candidates
    }
}

/// The half-open ranges between breaks.
pub(super) fn segments(breaks: &[usize], n: usize) -> impl Iterator<Item = (usize, usize)> {
    let starts: Vec<usize> = std::iter::once(0).chain(breaks.iter().copied()).collect();
    let ends: Vec<usize> = breaks.iter().copied().chain(std::iter::once(n)).collect();
    starts.into_iter().zip(ends)
}

/// Least squares through one segment, updated observation by observation.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Line {
    pub(super) n: f64,
    pub(super) mean_x: f64,
    pub(super) mean_y: f64,
    pub(super) sxx: f64,
    sxy: f64,
    pub(super) ssr: f64,
}

impl Line {
    pub(super) fn fit(x: &[f64], y: &[f64], shape: Shape) -> Line {
        let mut line = Line::default();
        for (&x, &y) in x.iter().zip(y) {
            line.push(x, y, shape);
        }
        line
    }

    fn push(&mut self, x: f64, y: f64, shape: Shape) {
        let n = self.n;
        let (dx, dy) = (x - self.mean_x, y - self.mean_y);
        if shape == Shape::Level {
            self.ssr += dy * dy * n / (n + 1.0);
        } else if n >= 2.0 {
            let error = dy - self.slope() * dx;
            self.ssr += error * error / (1.0 + 1.0 / n + dx * dx / self.sxx);
        }
        self.n = n + 1.0;
        self.mean_x += dx / self.n;
        self.mean_y += dy / self.n;
        if shape != Shape::Level {
            self.sxx += dx * (x - self.mean_x);
            self.sxy += dx * (y - self.mean_y);
        }
    }

    pub(super) fn slope(&self) -> f64 {
        if self.sxx > 0.0 { self.sxy / self.sxx } else { 0.0 }
    }

    pub(super) fn at(&self, x: f64) -> f64 {
        self.mean_y + self.slope() * (x - self.mean_x)
    }
}

/// A continuous line with one bend at `bend`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bend {
    at: f64,
    height: f64,
    /// Slope before and after.
    pub(super) slopes: [f64; 2],
    /// Variance of each slope per unit of residual variance.
    pub(super) spread: [f64; 2],
    pub(super) ssr: f64,
}

impl Bend {
    /// y = c + b₁ min(x − τ, 0) + b₂ max(x − τ, 0).
    pub(super) fn fit(x: &[f64], y: &[f64], bend: f64) -> Bend {
        let n = x.len() as f64;
        let before: Vec<f64> = x.iter().map(|x| (x - bend).min(0.0)).collect();
        let after: Vec<f64> = x.iter().map(|x| (x - bend).max(0.0)).collect();
        let mean = |values: &[f64]| sum(values.iter().copied()) / n;
        let (mu, mh, my) = (mean(&before), mean(&after), mean(y));
        let cross = |a: &[f64], ma: f64, b: &[f64], mb: f64| {
            sum(a.iter().zip(b).map(|(a, b)| (a - ma) * (b - mb)))
        };
        let (suu, shh) = (cross(&before, mu, &before, mu), cross(&after, mh, &after, mh));
        let suh = cross(&before, mu, &after, mh);
        let (suy, shy) = (cross(&before, mu, y, my), cross(&after, mh, y, my));
        let det = suu * shh - suh * suh;
        let slopes = [(shh * suy - suh * shy) / det, (suu * shy - suh * suy) / det];
        let height = my - slopes[0] * mu - slopes[1] * mh;
        let bent = Bend { at: bend, height, slopes, spread: [shh / det, suu / det], ssr: 0.0 };
        let ssr = sum(y.iter().zip(bent.fitted(x)).map(|(y, fit)| (y - fit).powi(2)));
        Bend { ssr, ..bent }
    }

    pub(super) fn value(&self, x: f64) -> f64 {
        let [before, after] = self.slopes;
        self.height + before * (x - self.at).min(0.0) + after * (x - self.at).max(0.0)
    }

    fn fitted(&self, x: &[f64]) -> Vec<f64> {
        x.iter().map(|&x| self.value(x)).collect()
    }
}
