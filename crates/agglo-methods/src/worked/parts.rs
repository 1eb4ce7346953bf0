//! Numbers whose parts stand in the same row of the answer.

use super::{Asked, Worked, show};

/// γ, the standard score and what chance expects, from G, H and the variance.
pub(super) fn ellison_glaeser(asked: &Asked<'_>) -> Option<Worked> {
    let part = |column: &str| asked.beside(column);
    let mut worked = Worked::default();
    match asked.column {
        "gamma" => {
            let (g, h, expected) = (part("raw_g")?, part("herfindahl")?, part("expected_g")?);
            let room = expected / h;
            worked.say(format!("G = Σ (s − x)² = {}, H = Σ z² = {}", show(g), show(h)));
            worked.say(format!("1 − X = E(G)/H = {}/{} = {}", show(expected), show(h), show(room)));
            worked.say(format!(
                "γ = ({} − {}·{})/({}·(1 − {}))",
                show(g),
                show(room),
                show(h),
                show(room),
                show(h)
            ));
            worked.ending((g - room * h) / (room * (1.0 - h)))
        }
        "z" => {
            let (g, expected) = (part("raw_g")?, part("expected_g")?);
            let variance = part("variance_g")?;
            worked.say(format!("z = ({} − {})/√{}", show(g), show(expected), show(variance)));
            worked.ending((g - expected) / variance.sqrt())
        }
        _ => None,
    }
}
