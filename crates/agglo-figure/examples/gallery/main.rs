//! Draws one figure of each kind, in both languages and two widths, into a folder.
//!
//! `cargo run -p agglo-figure --example gallery -- FOLDER`; the numbers are invented.

mod figures;

use std::path::PathBuf;

use agglo_core::Lang;
use agglo_figure::{Theme, png, svg};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("name a folder to draw into")?);
    let only = std::env::args().nth(2);
    std::fs::create_dir_all(&folder)?;
    for (name, figure) in figures::all() {
        if only.as_ref().is_some_and(|only| only != name) {
            continue;
        }
        for lang in Lang::ALL {
            for width in [720.0, 360.0] {
                let text = svg(&figure, lang, &Theme::new(width));
                let stem = format!("{name}-{}-{width}", lang.tag());
                std::fs::write(folder.join(format!("{stem}.png")), png(&text, 1.5)?)?;
                std::fs::write(folder.join(format!("{stem}.svg")), text)?;
            }
        }
    }
    Ok(())
}
