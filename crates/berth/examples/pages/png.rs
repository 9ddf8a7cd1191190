//! Makes pictures of pages smaller: a palette in place of three bytes for each pixel, and the best
//! compression.
//!
//! A page has few colours, most of them in the edges of letters. What is not in the palette becomes the
//! nearest that is.

use std::collections::HashMap;
use std::io::{Read as _, Write as _};

use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

const SIGNATURE: &[u8; 8] = b"\x89PNG\r\n\x1a\n";
/// How many colours are kept.
const COLOURS: usize = 96;
/// How many of them only because they are frequent.
const FREQUENT: usize = 32;

type Colour = [u8; 3];

/// What of a picture is read: 8 bits for each of red, green and blue, as browsers write it.
struct Picture {
    width: usize,
    height: usize,
    pixels: Vec<Colour>,
}

/// The same picture in fewer bytes.
///
/// # Panics
///
/// When it is not one that a browser takes.
pub(crate) fn smaller(png: &[u8]) -> Vec<u8> {
    let picture = Picture::read(png);
    let palette = palette(&picture.pixels);
    let mut places = Places::new(&palette);
    let mut rows = Vec::with_capacity(picture.pixels.len() + picture.height);
    for row in picture.pixels.chunks(picture.width) {
        rows.push(0);
        rows.extend(row.iter().map(|&colour| places.of(colour)));
    }
    written(&picture, &palette, &rows)
}

/// The most frequent colours, and then those that are missed most: frequent, or like no other.
fn palette(pixels: &[Colour]) -> Vec<Colour> {
    let mut counts: HashMap<Colour, u32> = HashMap::new();
    // Most of a page is one colour for long stretches.
    for stretch in pixels.chunk_by(|one, next| one == next) {
        *counts.entry(stretch[0]).or_default() += u32::try_from(stretch.len()).unwrap();
    }
    let mut counts: Vec<(Colour, u32)> = counts.into_iter().collect();
    counts.sort_by(|(one, few), (other, many)| many.cmp(few).then(one.cmp(other)));
    let frequent = counts.len().min(FREQUENT);
    let mut palette: Vec<Colour> = counts.drain(..frequent).map(|(colour, _)| colour).collect();
    let missed = |colour: Colour, palette: &[Colour]| {
        palette.iter().map(|one| distance(*one, colour)).min().unwrap_or(u32::MAX)
    };
    let mut rest: Vec<(Colour, u32, u32)> =
        counts.into_iter().map(|(colour, many)| (colour, many, missed(colour, &palette))).collect();
    while palette.len() < COLOURS {
        let weight =
            |&(_, many, far): &(Colour, u32, u32)| u64::from(many.isqrt()) * u64::from(far);
        let Some(&(next, ..)) = rest.iter().max_by_key(|one| weight(one)) else { break };
        palette.push(next);
        rest.retain(|(colour, ..)| *colour != next);
        for (colour, _, far) in &mut rest {
            *far = (*far).min(distance(*colour, next));
        }
    }
    palette
}

fn distance(one: Colour, other: Colour) -> u32 {
    let pairs = one.iter().zip(other);
    pairs.map(|(one, other)| u32::from(one.abs_diff(other)).pow(2)).sum()
}

/// Where in the palette each colour is.
struct Places<'a> {
    palette: &'a [Colour],
    known: HashMap<Colour, u8>,
    last: (Colour, u8),
}

impl<'a> Places<'a> {
    fn new(palette: &'a [Colour]) -> Self {
        let known: HashMap<Colour, u8> = palette.iter().copied().zip(0..=u8::MAX).collect();
        let first = palette.first().copied().unwrap_or_default();
        Self { palette, known, last: (first, 0) }
    }

    fn of(&mut self, colour: Colour) -> u8 {
        if self.last.0 == colour {
            return self.last.1;
        }
        let palette = self.palette;
        let place = *self.known.entry(colour).or_insert_with(|| nearest(palette, colour));
        self.last = (colour, place);
        place
    }
}

fn nearest(palette: &[Colour], colour: Colour) -> u8 {
    let nearest =
        palette.iter().zip(0..=u8::MAX).min_by_key(|(other, _)| distance(**other, colour));
    nearest.map_or(0, |(_, place)| place)
}

fn written(picture: &Picture, palette: &[Colour], rows: &[u8]) -> Vec<u8> {
    let mut out = SIGNATURE.to_vec();
    let mut head = Vec::new();
    for side in [picture.width, picture.height] {
        head.extend(u32::try_from(side).unwrap().to_be_bytes());
    }
    // 8 bits, a palette, and the only ways to compress and filter that there are.
    head.extend([8, 3, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &head);
    chunk(&mut out, *b"PLTE", palette.as_flattened());
    let mut packed = ZlibEncoder::new(Vec::new(), Compression::best());
    packed.write_all(rows).unwrap();
    chunk(&mut out, *b"IDAT", &packed.finish().unwrap());
    chunk(&mut out, *b"IEND", &[]);
    out
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend(u32::try_from(data.len()).unwrap().to_be_bytes());
    let mut crc = Crc::new();
    for part in [&kind[..], data] {
        crc.update(part);
        out.extend(part);
    }
    out.extend(crc.sum().to_be_bytes());
}

impl Picture {
    fn read(png: &[u8]) -> Self {
        let mut rest = png.strip_prefix(SIGNATURE).expect("a picture in PNG");
        let (mut size, mut packed) = ((0, 0), Vec::new());
        while let Some((length, after)) = rest.split_first_chunk::<4>() {
            let length = usize::try_from(u32::from_be_bytes(*length)).unwrap();
            let (kind, data) = (&after[..4], &after[4..4 + length]);
            match kind {
                b"IHDR" => size = head(data),
                b"IDAT" => packed.extend(data),
                _ => {}
            }
            // Behind the data is a sum to check them by.
            rest = &after[8 + length..];
        }
        let (width, height) = size;
        let mut rows = Vec::new();
        ZlibDecoder::new(&packed[..]).read_to_end(&mut rows).unwrap();
        Self { width, height, pixels: pixels(&rows, width) }
    }
}

/// Width and height.
fn head(data: &[u8]) -> (usize, usize) {
    assert_eq!(data[8..], [8, 2, 0, 0, 0], "8 bits of red, green and blue, not interlaced");
    let side = |at: usize| u32::from_be_bytes(data[at..at + 4].try_into().unwrap());
    (side(0).try_into().unwrap(), side(4).try_into().unwrap())
}

/// Takes the filters of rows off.
fn pixels(rows: &[u8], width: usize) -> Vec<Colour> {
    let mut above = vec![0; width * 3];
    let mut pixels = Vec::with_capacity(rows.len() / 3);
    for row in rows.chunks(width * 3 + 1) {
        let (filter, mut row) = (row[0], row[1..].to_vec());
        for at in 0..row.len() {
            let left = if at < 3 { 0 } else { row[at - 3] };
            let corner = if at < 3 { 0 } else { above[at - 3] };
            row[at] = row[at].wrapping_add(match filter {
                0 => 0,
                1 => left,
                2 => above[at],
                3 => left.midpoint(above[at]),
                _ => paeth(left, above[at], corner),
            });
        }
        pixels.extend(row.as_chunks::<3>().0);
        above = row;
    }
    pixels
}

/// The neighbour that is nearest to what the three of them lead to.
fn paeth(left: u8, above: u8, corner: u8) -> u8 {
    let guess = i16::from(left) + i16::from(above) - i16::from(corner);
    let off = |one: u8| (guess - i16::from(one)).abs();
    if off(left) <= off(above) && off(left) <= off(corner) {
        left
    } else if off(above) <= off(corner) {
        above
    } else {
        corner
    }
}
