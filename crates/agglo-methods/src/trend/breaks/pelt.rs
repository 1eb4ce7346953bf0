//! The dates that minimize SSR + β · breaks over any number of breaks, without trying every number.
//!
//! F(t) = min over s ≤ t − h of F(s) + SSR(s, t) + β; a place s from which F(s) + SSR(s, t) ≥ F(t) can
//! start no last segment that ends h or more after t, and is dropped then.
//!
//! Cost: O(T) when breaks are frequent, O(T²) when there are none.
//! Source: Killick, Fearnhead and Eckley (2012), Journal of the American Statistical Association
//! 107(500), 1590–1598.

use agglo_core::sum;

use super::design::{Candidate, Design, Line, Shape, segments};

/// Cumulated sums about the means: the SSR of any segment in O(1).
struct Sums {
    shape: Shape,
    /// By number of observations before: Σx, Σy, Σx², Σxy, Σy².
    rows: Vec<[f64; 5]>,
}

impl Sums {
    fn of(x: &[f64], y: &[f64], shape: Shape) -> Sums {
        let n = x.len() as f64;
        let (mx, my) = (sum(x.iter().copied()) / n, sum(y.iter().copied()) / n);
        let mut row = [0.0; 5];
        let mut rows = vec![row];
        for (x, y) in x.iter().zip(y) {
            let (x, y) = (x - mx, y - my);
            for (total, term) in row.iter_mut().zip([x, y, x * x, x * y, y * y]) {
                *total += term;
            }
            rows.push(row);
        }
        Sums { shape, rows }
    }

    fn ssr(&self, a: usize, b: usize) -> f64 {
        let n = (b - a) as f64;
        let [x, y, xx, xy, yy] = std::array::from_fn(|k| self.rows[b][k] - self.rows[a][k]);
        let (sxx, sxy, syy) = (xx - x * x / n, xy - x * y / n, yy - y * y / n);
        let explained = if self.shape == Shape::Trend && sxx > 0.0 { sxy * sxy / sxx } else { 0.0 };
        (syy - explained).max(0.0)
    }
}

impl Design<'_> {
    /// The fit to `y` with the least SSR + `penalty` · breaks, whatever their number; segments are of
    /// the shortest length or longer.
    ///
    /// # Panics
    /// For a kink, which is one line, and for a series shorter than a segment.
    pub fn penalized(&self, y: &[f64], penalty: f64) -> Candidate {
        assert_ne!(self.shape, Shape::Kink, "a kink has no segments of its own");
        let (n, h) = (y.len(), self.shortest);
        assert!(n >= h, "a segment at least");
        let sums = Sums::of(self.x, y, self.shape);
        let mut best = vec![f64::INFINITY; n + 1];
        let mut start = vec![0; n + 1];
        best[0] = -penalty;
        // Places that may start the last segment, with the time from which they no longer may.
        let mut starts: Vec<(usize, usize)> = vec![(0, usize::MAX)];
        for t in h..=n {
            starts.retain(|(_, until)| t < *until);
            let reachable = || starts.iter().map(|(s, _)| *s).filter(|s| t - s >= h);
            for s in reachable() {
                let value = best[s] + sums.ssr(s, t) + penalty;
                if value < best[t] {
                    (best[t], start[t]) = (value, s);
                }
            }
            for (s, until) in &mut starts {
                if t - *s >= h && best[*s] + sums.ssr(*s, t) >= best[t] {
                    *until = (*until).min(t + h);
                }
            }
            starts.push((t, usize::MAX));
        }
        let mut breaks = Vec::new();
        let mut end = n;
        while start[end] > 0 {
            end = start[end];
            breaks.push(end);
        }
        breaks.reverse();
        let ssr = |(a, b): (usize, usize)| Line::fit(&self.x[a..b], &y[a..b], self.shape).ssr;
        Candidate { ssr: sum(segments(&breaks, n).map(ssr)), breaks }
    }

    /// The penalty (q + 1) ln T σ², σ² the residual variance of the most breaks among `candidates`.
    pub(super) fn penalty(&self, candidates: &[Candidate]) -> f64 {
        let n = self.x.len() as f64;
        let per_break = self.n_coefficients(1) - self.n_coefficients(0) + 1;
        let variance = candidates.last().map_or(0.0, |most| {
            let left = n - self.n_coefficients(most.breaks.len()) as f64;
            most.ssr / left.max(1.0)
        });
        per_break as f64 * n.ln() * variance
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use agglo_core::Seed;
    use rand::RngExt;

    /// The program over every number of breaks with the same penalty.
    fn by_number(design: &Design<'_>, y: &[f64], penalty: f64) -> Candidate {
        let design = Design { max_breaks: y.len() / design.shortest, ..design.clone() };
        let cost = |c: &Candidate| c.ssr + penalty * c.breaks.len() as f64;
        design.candidates(y).into_iter().min_by(|a, b| cost(a).total_cmp(&cost(b))).unwrap()
    }

    #[test]
    fn pruning_loses_nothing_whatever_the_series_and_the_penalty() {
        for case in 0..60u32 {
            let mut rng = Seed(7).stream("pelt", case, 0);
            let n = rng.random_range(8..70);
            let mut level = 0.0;
            let y: Vec<f64> = (0..n)
                .map(|_| {
                    if rng.random::<f64>() < 0.1 {
                        level = 10.0 * rng.random::<f64>();
                    }
                    level + rng.random::<f64>()
                })
                .collect();
            let x: Vec<f64> = (0..n).map(f64::from).collect();
            for shape in [Shape::Level, Shape::Trend] {
                for (shortest, penalty) in [(3, 0.3), (4, 2.0), (2, 9.0)] {
                    let design = Design { x: &x, shape, shortest, max_breaks: 3 };
                    let (found, expected) =
                        (design.penalized(&y, penalty), by_number(&design, &y, penalty));
                    let cost = |c: &Candidate| c.ssr + penalty * c.breaks.len() as f64;
                    assert!(
                        (cost(&found) - cost(&expected)).abs() < 1e-9,
                        "{case} {shape:?} {found:?} {expected:?}"
                    );
                }
            }
        }
    }

    // ruptures 1.1.10: Pelt(model="l2", min_size=3, jump=1).fit(y).predict(pen=…). With a penalty of
    // 0.1 it answers 4, 8, 11, 14, 18, 22, whose cost is 7.6858: it prunes as if segments had no
    // shortest length. The least cost is 7.5745.
    #[test]
    fn the_breaks_are_those_of_ruptures() {
        let y = [
            1.2, 0.7, 1.9, 1.1, 2.5, 1.6, 2.2, 3.1, 1.4, 2.8, 2.0, 3.6, 2.1, 4.0, 2.9, 2.2, 3.3,
            4.1, 0.2, 0.4, 0.1, 0.6, 5.1, 5.0, 5.4, 4.9,
        ];
        let x: Vec<f64> = (0..26).map(f64::from).collect();
        let design = Design { x: &x, shape: Shape::Level, shortest: 3, max_breaks: 0 };
        for (penalty, breaks) in [
            (0.1, vec![4, 9, 13, 18, 22]),
            (0.5, vec![4, 11, 18, 22]),
            (3.0, vec![11, 18, 22]),
            (10.0, vec![18, 22]),
        ] {
            assert_eq!(design.penalized(&y, penalty).breaks, breaks, "{penalty}");
        }
    }

    #[test]
    fn a_long_series_with_many_breaks_is_cut_at_all_of_them() {
        let y: Vec<f64> =
            (0..20_000).map(|t| f64::from(t / 20 % 2) + f64::from(t % 3) / 50.0).collect();
        let x: Vec<f64> = (0..20_000).map(f64::from).collect();
        let design = Design { x: &x, shape: Shape::Level, shortest: 3, max_breaks: 0 };
        let found = design.penalized(&y, 0.5);
        assert_eq!(found.breaks, (1..1000).map(|k| 20 * k).collect::<Vec<_>>());
    }
}
