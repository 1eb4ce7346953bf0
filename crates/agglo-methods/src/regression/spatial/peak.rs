//! The highest point of a curve between two ends.

/// The place where `curve` is highest in (`low`, `high`); a place without a value counts as lowest.
///
/// A scan of the span finds the hill, Brent's method its top, to about 1e-9 of the span: a flat top
/// is not known better than that from its height.
/// Source: Brent (1973), Algorithms for Minimization without Derivatives, chapter 5.
pub(super) fn peak(low: f64, high: f64, curve: &dyn Fn(f64) -> Option<f64>) -> Option<f64> {
    const CELLS: usize = 24;
    let depth = |x: f64| curve(x).filter(|v| v.is_finite()).map_or(f64::INFINITY, |v| -v);
    let place = |cell: usize| low + (high - low) * (cell as f64 + 0.5) / CELLS as f64;
    let best = (0..CELLS).min_by(|&a, &b| depth(place(a)).total_cmp(&depth(place(b))))?;
    if depth(place(best)) == f64::INFINITY {
        return None;
    }
    let step = (high - low) / CELLS as f64;
    let found = brent(
        (place(best) - step).max(low),
        (place(best) + step).min(high),
        (high - low) * 1e-9,
        &depth,
    );
    Some(found)
}

fn brent(mut a: f64, mut b: f64, tolerance: f64, f: &dyn Fn(f64) -> f64) -> f64 {
    let golden = f64::midpoint(3.0, -(5.0_f64.sqrt()));
    let mut x = a + golden * (b - a);
    let (mut w, mut v) = (x, x);
    let mut fx = f(x);
    let (mut fw, mut fv) = (fx, fx);
    let (mut step, mut before) = (0.0_f64, 0.0_f64);
    for _ in 0..200 {
        let middle = f64::midpoint(a, b);
        if (x - middle).abs() <= 2.0 * tolerance - (b - a) / 2.0 {
            break;
        }
        let mut is_golden = true;
        if before.abs() > tolerance {
            let r = (x - w) * (fx - fv);
            let q = (x - v) * (fx - fw);
            let p = (x - v) * q - (x - w) * r;
            let q = 2.0 * (q - r);
            let (p, q) = if q > 0.0 { (-p, q) } else { (p, -q) };
            if p.abs() < (q * before / 2.0).abs() && p > q * (a - x) && p < q * (b - x) {
                before = step;
                step = p / q;
                is_golden = false;
            }
        }
        if is_golden {
            before = if x < middle { b - x } else { a - x };
            step = golden * before;
        }
        let u = x + if step.abs() >= tolerance { step } else { tolerance.copysign(step) };
        let fu = f(u);
        if fu <= fx {
            if u < x {
                b = x;
            } else {
                a = x;
            }
            (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
        } else {
            if u < x {
                a = u;
            } else {
                b = u;
            }
            if fu <= fw || w == x {
                (v, fv, w, fw) = (w, fw, u, fu);
            } else if fu <= fv || v == x || v == w {
                (v, fv) = (u, fu);
            }
        }
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_top_of_a_hill_with_two_humps_is_the_higher_one() {
        let curve = |x: f64| {
            Some((-(x - 0.7).powi(2) * 50.0).exp() + 0.8 * (-(x + 0.6).powi(2) * 50.0).exp())
        };
        assert!((peak(-1.0, 1.0, &curve).unwrap() - 0.7).abs() < 1e-7);
        assert_eq!(peak(-1.0, 1.0, &|_| None), None);
    }
}
