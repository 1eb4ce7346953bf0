//! Well-known binary, with the extensions of PostGIS and ISO for Z and M.
//!
//! Every count is checked against the bytes that are left before anything is set aside for it.
//! Source: OGC 06-103r4, section 8.

use crate::json::not_empty;
use crate::raw::{MAX_NESTING, RawShape, Reject, Ring};

struct Bytes<'a> {
    rest: &'a [u8],
    little: bool,
}

impl<'a> Bytes<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], Reject> {
        let (head, rest) = self
            .rest
            .split_at_checked(n)
            .ok_or_else(|| Reject::damaged("its WKB ends too early"))?;
        self.rest = rest;
        Ok(head)
    }

    fn order(&mut self) -> Result<(), Reject> {
        self.little = match self.take(1)? {
            [0] => false,
            [1] => true,
            _ => return Err(Reject::damaged("its WKB names no byte order")),
        };
        Ok(())
    }

    fn u32(&mut self) -> Result<u32, Reject> {
        let bytes: [u8; 4] = self.take(4)?.try_into().unwrap_or_default();
        Ok(if self.little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    }

    /// A count of things of at least `size` bytes.
    fn count(&mut self, size: usize) -> Result<usize, Reject> {
        let n = self.u32()? as usize;
        if n.checked_mul(size).is_none_or(|bytes| bytes > self.rest.len()) {
            return Err(Reject::damaged(format!(
                "its WKB announces {n} parts and ends before them"
            )));
        }
        Ok(n)
    }

    fn point(&mut self, dimensions: usize) -> Result<[f64; 2], Reject> {
        let bytes = self.take(8 * dimensions)?;
        let read = |at: usize| {
            let bytes: [u8; 8] = bytes[at..at + 8].try_into().unwrap_or_default();
            if self.little { f64::from_le_bytes(bytes) } else { f64::from_be_bytes(bytes) }
        };
        Ok([read(0), read(8)])
    }

    fn ring(&mut self, dimensions: usize) -> Result<Ring, Reject> {
        let n = self.count(8 * dimensions)?;
        (0..n).map(|_| self.point(dimensions)).collect()
    }

    fn polygon(&mut self, dimensions: usize) -> Result<Vec<Ring>, Reject> {
        let n = self.count(4)?;
        (0..n).map(|_| self.ring(dimensions)).collect()
    }
}

/// The shape in `bytes`.
pub(crate) fn shape(bytes: &[u8]) -> Result<RawShape, Reject> {
    geometry(&mut Bytes { rest: bytes, little: true }, 0).map(not_empty)
}

fn geometry(bytes: &mut Bytes<'_>, depth: usize) -> Result<RawShape, Reject> {
    if depth > MAX_NESTING {
        return Err(Reject::damaged("collections are nested too deep"));
    }
    bytes.order()?;
    let kind = bytes.u32()?;
    let (high_z, high_m, has_srid) =
        (kind & 0x8000_0000 != 0, kind & 0x4000_0000 != 0, kind & 0x2000_0000 != 0);
    if has_srid {
        bytes.u32()?;
    }
    let kind = kind & 0x0fff_ffff;
    let (kind, iso) = (kind % 1000, kind / 1000);
    let dimensions = match iso {
        0 => 2 + usize::from(high_z) + usize::from(high_m),
        1 | 2 => 3,
        3 => 4,
        _ => return Err(Reject::damaged("its WKB has an unknown type")),
    };
    Ok(match kind {
        1 => {
            let point = bytes.point(dimensions)?;
            // An empty point is written as two NaN.
            if point.iter().all(|value| value.is_nan()) {
                RawShape::Empty
            } else {
                RawShape::Points(vec![point])
            }
        }
        3 => RawShape::Polygons(vec![bytes.polygon(dimensions)?]),
        2 | 5 => RawShape::Other("line"),
        4 | 6 | 7 => {
            let n = bytes.count(5)?;
            let mut all = RawShape::Empty;
            for _ in 0..n {
                let part = geometry(bytes, depth + 1)?;
                // What follows a line cannot be found without reading the line.
                if matches!(part, RawShape::Other(_)) {
                    return Ok(part);
                }
                all.absorb(part);
            }
            all
        }
        8..=14 => RawShape::Other("curve"),
        15..=17 => RawShape::Other("surface"),
        _ => return Err(Reject::damaged("its WKB has an unknown type")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn square(order: u8, kind: u32, extra: usize) -> Vec<u8> {
        let number = |n: u32| if order == 1 { n.to_le_bytes() } else { n.to_be_bytes() };
        let double = |n: f64| if order == 1 { n.to_le_bytes() } else { n.to_be_bytes() };
        let mut bytes = vec![order];
        bytes.extend(number(kind));
        bytes.extend(number(1));
        bytes.extend(number(4));
        for [x, y] in [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]] {
            bytes.extend(double(x));
            bytes.extend(double(y));
            for _ in 0..extra {
                bytes.extend(double(7.0));
            }
        }
        bytes
    }

    #[test]
    fn both_byte_orders_and_all_dimensions_give_the_same_shape() {
        let plain = shape(&square(1, 3, 0)).unwrap();
        assert_eq!(
            plain,
            RawShape::Polygons(vec![vec![vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]]]])
        );
        for (order, kind, extra) in [
            (0, 3, 0),
            (1, 1003, 1),
            (0, 2003, 1),
            (1, 3003, 2),
            (1, 0x8000_0003, 1),
            (0, 0xc000_0003, 2),
        ] {
            assert_eq!(shape(&square(order, kind, extra)).unwrap(), plain, "{kind:x}");
        }
    }

    #[test]
    fn huge_counts_and_deep_collections_are_refused_at_once() {
        let mut huge = square(1, 3, 0);
        huge[9..13].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(shape(&huge).unwrap_err().reason.contains("announces"));
        let nested: Vec<u8> =
            [1, 7, 0, 0, 0, 1, 0, 0, 0].into_iter().cycle().take(9 * 100_000).collect();
        assert!(shape(&nested).unwrap_err().reason.contains("deep"));
    }
}
